package cloudformation

import (
	"encoding/json"
	"fmt"
	"path"
	"slices"
	"strings"
)

// statement is one of a stack policy (https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/protect-stack-resources.html). Conditions on
// resource types are refused.
type statement struct {
	Effect    string
	Action    words
	Principal any
	Resource  words
	Condition any
}

// words is one word or a list of them.
type words []string

// UnmarshalJSON takes both spellings.
func (w *words) UnmarshalJSON(text []byte) error {
	var one string
	if json.Unmarshal(text, &one) == nil {
		*w = words{one}
		return nil
	}
	return json.Unmarshal(text, (*[]string)(w))
}

func readPolicy(body string) ([]statement, error) {
	var p struct{ Statement []statement }
	if err := json.Unmarshal([]byte(body), &p); err != nil {
		return nil, err
	}
	for _, st := range p.Statement {
		switch {
		case st.Effect != "Allow" && st.Effect != "Deny":
			return nil, fmt.Errorf("Effect %q is neither Allow nor Deny", st.Effect)
		case st.Principal != "*":
			return nil, fmt.Errorf("Principal is not *")
		case st.Condition != nil:
			return nil, fmt.Errorf("sandbox: conditions are not implemented")
		case len(st.Action) == 0 || len(st.Resource) == 0:
			return nil, fmt.Errorf("a statement needs Action and Resource")
		}
	}
	return p.Statement, nil
}

// denied says why the stack's policy forbids an action ("Update:Replace") on a resource; empty when it allows it. With a policy, everything is denied
// that no statement allows, and a statement that denies wins.
func (st *stack) denied(action, logical string) string {
	if st.policy == "" {
		return ""
	}
	statements, _ := readPolicy(st.policy) // it was read when it was set
	allowed := ""
	for i, each := range statements {
		if !each.speaksOf(action, logical) {
			continue
		}
		if each.Effect == "Deny" {
			return fmt.Sprintf("Action denied by stack policy: Statement [#%d] does not allow [%s] for resource [%s]", i+1, action, logical)
		}
		allowed = action
	}
	if allowed == "" {
		return fmt.Sprintf("Action not allowed by stack policy: no statement allows [%s] for resource [%s]", action, logical)
	}
	return ""
}

func (s statement) speaksOf(action, logical string) bool {
	like := func(of words, word string) bool {
		return slices.ContainsFunc(of, func(pattern string) bool {
			matches, _ := path.Match(strings.TrimPrefix(pattern, "LogicalResourceId/"), word)
			return pattern == "*" || matches
		})
	}
	return like(s.Action, action) && like(s.Resource, logical)
}
