package sandbox

import (
	"fmt"
	"strings"

	"sluice/test/sandbox/cfn"
)

// What IAM takes; white space does not count (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html).
// The number of managed policies and the length of a trust policy are defaults that AWS raises on request.
const (
	mostInline   = 10240 // characters of all inline policies of a role together
	mostManaged  = 6144  // characters of a managed policy
	mostTrust    = 2048  // characters of a role's trust policy
	mostAttached = 10    // managed policies of a role
)

// quotas refuses a role as IAM does. The words are IAM's, as people quote them.
func quotas(name string, p roleProperties, inlined int) error {
	switch {
	case inlined > mostInline:
		return fmt.Errorf("role %s: Maximum policy size of %d bytes exceeded for role %[1]s", name, mostInline)
	case len(p.ManagedPolicyArns) > mostAttached:
		return fmt.Errorf("role %s: Cannot exceed quota for PoliciesPerRole: %d", name, mostAttached)
	case characters(p.AssumeRolePolicyDocument) > mostTrust:
		return fmt.Errorf("role %s: Cannot exceed quota for ACLSizePerRole: %d", name, mostTrust)
	}
	return nil
}

// characters is the length of a policy as IAM counts it.
func characters(document any) int {
	text, err := cfn.Document(document)
	if err != nil {
		return 0 // who reads the document says so
	}
	return len(strings.Join(strings.Fields(text), ""))
}
