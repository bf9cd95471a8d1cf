package sandboxtest

import (
	"sluice/test/sandbox/cfn"
)

// Inline writes what a role's managed policies allow into policies of its own, so that a test can change what this role
// may do and leave alone the others that share them.
func Inline(t *cfn.Template, role *cfn.Resource) {
	shared, _ := role.Properties["ManagedPolicyArns"].([]any)
	if len(shared) == 0 {
		return
	}
	own, _ := role.Properties["Policies"].([]any)
	copied := t.Clone()
	for _, arn := range shared {
		reference, _ := arn.(map[string]any)
		id, _ := reference["Ref"].(string)
		if policy := copied.Resources[id]; policy != nil {
			own = append(own, map[string]any{"PolicyName": id, "PolicyDocument": policy.Properties["PolicyDocument"]})
		}
	}
	role.Properties["Policies"] = own
	delete(role.Properties, "ManagedPolicyArns")
}
