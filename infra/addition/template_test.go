package addition_test

import (
	"encoding/json"
	"strings"
	"testing"
)

// statement is one of a policy, in a template.
type statement struct {
	Action, Resource any
	Condition        map[string]any
}

type document struct{ Statement []statement }

// properties are those that are looked at, of any type.
type properties struct {
	Name, Value       string
	EventPattern      any
	Targets           []struct{ Arn any }
	PolicyDocument    document
	Policies          []struct{ PolicyDocument document }
	ManagedPolicyArns []struct{ Ref string }
}

// reads adds what a template says.
func (e engine) reads(t *testing.T, text []byte) {
	t.Helper()
	var template struct {
		Resources map[string]struct {
			Type       string
			Properties json.RawMessage
		}
	}
	if err := json.Unmarshal(text, &template); err != nil {
		t.Fatal(err)
	}
	of := func(id string) (p properties) {
		_ = json.Unmarshal(template.Resources[id].Properties, &p) // other types have the same words for other things
		return p
	}
	for id, r := range template.Resources {
		p := of(id)
		switch r.Type {
		case "AWS::SSM::Parameter":
			e["reads "+p.Name] = p.Value
		case "AWS::Events::Rule":
			if p.EventPattern != nil {
				e.hears(t, owner(idOf(p.Targets[0].Arn)), p.EventPattern)
			}
		case "AWS::IAM::Role":
			for _, inline := range p.Policies {
				e.states(t, owner(id), inline.PolicyDocument)
			}
			for _, managed := range p.ManagedPolicyArns {
				e.states(t, owner(id), of(managed.Ref).PolicyDocument)
			}
		}
	}
}

func (e engine) states(t *testing.T, function string, d document) {
	for _, s := range d.Statement {
		var condition any
		if s.Condition != nil {
			condition = s.Condition
		}
		e.allows(t, function, spelled(s.Action), spelled(s.Resource), condition)
	}
}

// owner is the function that a logical id belongs to: PlanRole1A2B3C4D, PlanA1B2C3D4.
func owner(id string) string {
	name := strings.ToLower(id[:len(id)-8])
	return strings.TrimSuffix(name, "role")
}

func idOf(arn any) string {
	at := arn.(map[string]any)["Fn::GetAtt"].([]any)
	return at[0].(string)
}

// spelled are the texts of one or several resources, with P, R and A for partition, Region and account.
func spelled(v any) []string {
	if several, is := v.([]any); is {
		var all []string
		for _, one := range several {
			all = append(all, spelling(one))
		}
		return all
	}
	return []string{spelling(v)}
}

func spelling(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case map[string]any:
		if name, is := v["Ref"].(string); is {
			return map[string]string{"AWS::Partition": "P", "AWS::Region": "R", "AWS::AccountId": "A"}[name]
		}
		if at, is := v["Fn::GetAtt"].([]any); is {
			if id := at[0].(string); strings.HasPrefix(id, "Table") {
				return "arn:P:dynamodb:R:A:table/sluice-sandbox"
			}
			return at[0].(string)
		}
		join, _ := v["Fn::Join"].([]any)
		if len(join) == 0 {
			return ""
		}
		var text strings.Builder
		for _, part := range join[1].([]any) {
			text.WriteString(spelling(part))
		}
		return text.String()
	}
	return ""
}
