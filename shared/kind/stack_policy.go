package kind

import (
	"encoding/json"
	"fmt"
	"path"
	"slices"
	"strings"
)

// StackPolicy says what an update of a stack may do to which resources, as CloudFormation spells it
// (https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/protect-stack-resources.html). The zero policy is that of a stack without one: it
// allows everything.
type StackPolicy struct {
	Statement []StackStatement `json:"Statement"`
}

// StackStatement is one of its statements.
type StackStatement struct {
	Effect      string          `json:"Effect"`           // Allow or Deny
	Action      Words           `json:"Action,omitempty"` // Update:Modify, Update:Replace, Update:Delete, Update:*
	NotAction   Words           `json:"NotAction,omitempty"`
	Principal   string          `json:"Principal"`          // *
	Resource    Words           `json:"Resource,omitempty"` // LogicalResourceId/Orders, or *
	NotResource Words           `json:"NotResource,omitempty"`
	Condition   json.RawMessage `json:"Condition,omitempty"` // on the type of resources: CloudFormation alone evaluates it
}

// Words is one word or a list of them.
type Words []string

// UnmarshalJSON takes both spellings.
func (w *Words) UnmarshalJSON(text []byte) error {
	var one string
	if json.Unmarshal(text, &one) == nil {
		*w = Words{one}
		return nil
	}
	return json.Unmarshal(text, (*[]string)(w))
}

// allowAll is what stands for no policy: one that was set can be changed, and not be taken away (the page above, "Updating protected resources").
const allowAll = `{"Statement":[{"Effect":"Allow","Action":"Update:*","Principal":"*","Resource":"*"}]}`

// ReadStackPolicy reads a policy; an empty text is that of a stack without one.
func ReadStackPolicy(text string) (p StackPolicy, err error) {
	if text != "" {
		err = json.Unmarshal([]byte(text), &p)
	}
	return p, err
}

// Text is the policy as CloudFormation takes it.
func (p StackPolicy) Text() string {
	if len(p.Statement) == 0 {
		return allowAll
	}
	text, _ := json.Marshal(p) // values of these types never fail
	return string(text)
}

// Same says whether two policies say the same in the same order.
func (p StackPolicy) Same(o StackPolicy) bool {
	plain := func(p StackPolicy) string {
		read, _ := ReadStackPolicy(p.Text()) // so that both are spelled the same way
		return read.Text()
	}
	return plain(p) == plain(o)
}

// Allows says whether the policy allows an action (Update:Replace) on a resource: some statement does, and none denies it. A statement with a
// condition is left to CloudFormation.
func (p StackPolicy) Allows(action, logical string) bool {
	allows, unknown := len(p.Statement) == 0, false
	for _, s := range p.Statement {
		if !s.about(action, logical) {
			continue
		}
		switch {
		case len(s.Condition) > 0:
			unknown = true
		case s.Effect == "Deny":
			return false
		default:
			allows = true
		}
	}
	return allows || unknown
}

func (s StackStatement) about(action, logical string) bool {
	like := func(of Words, word string) bool {
		return slices.ContainsFunc(of, func(pattern string) bool {
			matches, _ := path.Match(strings.TrimPrefix(pattern, "LogicalResourceId/"), word)
			return pattern == "*" || matches
		})
	}
	acts := like(s.Action, action) || len(s.NotAction) > 0 && !like(s.NotAction, action)
	return acts && (like(s.Resource, logical) || len(s.NotResource) > 0 && !like(s.NotResource, logical))
}

// mostPolicy is how long a policy may be, in bytes (https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_SetStackPolicy.html).
const mostPolicy = 16384

// problems are what CloudFormation would refuse, and what would forbid every update.
func (p StackPolicy) problems() (found []Problem) {
	wrong := func(when bool, field, what, remedy string) {
		if when {
			found = append(found, Problem{field, what, remedy})
		}
	}
	allows := false
	for i, s := range p.Statement {
		at := fmt.Sprintf("policy.Statement[%d]", i)
		wrong(s.Effect != "Allow" && s.Effect != "Deny", at+".Effect", fmt.Sprintf("%.40q is no effect", s.Effect), "write Allow or Deny")
		wrong(s.Principal != "*", at+".Principal", fmt.Sprintf("%.40q is not everybody", s.Principal), `write "*": a stack policy is for everybody`)
		wrong((len(s.Action) > 0) == (len(s.NotAction) > 0), at, "it wants either Action or NotAction", "write one of them")
		wrong((len(s.Resource) > 0) == (len(s.NotResource) > 0), at, "it wants either Resource or NotResource", "write one of them")
		for _, action := range slices.Concat(s.Action, s.NotAction) {
			wrong(!named(`^Update:(Modify|Replace|Delete|\*)$`, action), at+".Action", fmt.Sprintf("%.40q is no action of a stack policy", action), "write Update:Modify, Update:Replace, Update:Delete or Update:*")
		}
		for _, resource := range slices.Concat(s.Resource, s.NotResource) {
			wrong(!named(`^(\*|LogicalResourceId/[A-Za-z0-9*?]+)$`, resource), at+".Resource", fmt.Sprintf("%.60q is no resource of a template", resource), `write LogicalResourceId/ and its name in the template, or "*"`)
		}
		allows = allows || s.Effect == "Allow"
	}
	wrong(!allows, "policy", "it allows nothing, so no update would go through", `begin with {Effect: Allow, Action: "Update:*", Principal: "*", Resource: "*"}`)
	wrong(len(p.Text()) > mostPolicy, "policy", fmt.Sprintf("it is longer than %d bytes", mostPolicy), "write fewer statements, with patterns")
	return found
}
