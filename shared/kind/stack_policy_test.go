package kind_test

import (
	"strings"
	"testing"

	"sluice/shared/kind"
)

const all = `{"Effect":"Allow","Action":"Update:*","Principal":"*","Resource":"*"}`

func TestStackPolicyAllowsWhatSomeStatementAllowsAndNoneDenies(t *testing.T) {
	for policy, allows := range map[string]bool{
		``:                            true, // a stack without one
		`{"Statement":[` + all + `]}`: true,
		`{"Statement":[` + all + `,{"Effect":"Deny","Action":["Update:Replace"],"Principal":"*","Resource":"LogicalResourceId/Ord*"}]}`:                                false,
		`{"Statement":[` + all + `,{"Effect":"Deny","Action":"Update:Delete","Principal":"*","Resource":"LogicalResourceId/Orders"}]}`:                                 true,
		`{"Statement":[` + all + `,{"Effect":"Deny","NotAction":"Update:Modify","Principal":"*","Resource":"*"}]}`:                                                     false,
		`{"Statement":[{"Effect":"Allow","Action":"Update:Modify","Principal":"*","Resource":"*"}]}`:                                                                   false,
		`{"Statement":[{"Effect":"Allow","Action":"Update:*","Principal":"*","NotResource":"LogicalResourceId/Orders"}]}`:                                              false,
		`{"Statement":[{"Effect":"Allow","Action":"Update:*","Principal":"*","Resource":"*","Condition":{"StringEquals":{"ResourceType":["AWS::DynamoDB::Table"]}}}]}`: true, // CloudFormation decides
	} {
		p, err := kind.ReadStackPolicy(policy)
		if got := p.Allows("Update:Replace", "Orders"); err != nil || got != allows {
			t.Errorf("%s allows it: %t, %v", policy, got, err)
		}
	}
}

func TestStackPolicyThatCloudFormationWouldRefuseIsNamedWithARemedy(t *testing.T) {
	for statement, field := range map[string]string{
		`{"Effect":"Permit","Action":"Update:*","Principal":"*","Resource":"*"}`:       "policy.Statement[1].Effect",
		`{"Effect":"Deny","Action":"Update:*","Principal":"grace","Resource":"*"}`:     "policy.Statement[1].Principal",
		`{"Effect":"Deny","Action":"cloudformation:*","Principal":"*","Resource":"*"}`: "policy.Statement[1].Action",
		`{"Effect":"Deny","Action":"Update:*","Principal":"*","Resource":"Orders"}`:    "policy.Statement[1].Resource",
		`{"Effect":"Deny","Principal":"*","Resource":"*"}`:                             "policy.Statement[1]",
	} {
		p, err := kind.ReadStackPolicy(`{"Statement":[` + all + `,` + statement + `]}`)
		s := kind.Stack{Stack: "shop", Templates: "s3://acme-templates/shop", Role: "arn:aws:iam::123456789012:role/shop", Policy: &p}
		if found := s.Problems(); err != nil || len(found) != 1 || found[0].Field != field || found[0].Remedy == "" {
			t.Errorf("%s: %+v, %v", statement, found, err)
		}
	}
	s := kind.Stack{Stack: "shop", Templates: "s3://acme-templates/shop", Role: "arn:aws:iam::123456789012:role/shop", Policy: &kind.StackPolicy{}}
	if found := s.Problems(); len(found) != 1 || !strings.Contains(found[0].Wrong, "allows nothing") {
		t.Errorf("an empty policy: %+v", found)
	}
}
