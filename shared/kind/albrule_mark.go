package kind

import (
	"fmt"
	"strconv"
	"strings"
)

// ALBMark says which requests meet the candidate before all others: those with a header. While they do, a rule of Sluice's stands at a priority that
// nobody else uses, above the rule that is shifted.
type ALBMark struct {
	Priority int       `json:"priority"`
	Header   ALBHeader `json:"header"`
}

// ALBHeader is a header by which requests are marked. A cookie is the header Cookie with values such as "*canary=1*".
type ALBHeader struct {
	Name   string   `json:"name"`
	Values []string `json:"values"` // one of them has to match; * stands for any characters, ? for one
}

// MarkTag is the tag of the rules that Sluice makes, with the value MarkValue: it may delete no others.
const (
	MarkTag   = "sluice:marks"
	MarkValue = "candidate"
)

var (
	_ Marking     = ALBRule{}
	_ Conditioned = ALBRule{}
)

// Marks implements Marking.
func (r ALBRule) Marks() string {
	if r.Marked == nil {
		return ""
	}
	return fmt.Sprintf("requests with the header %s: %s", r.Marked.Header.Name, strings.Join(r.Marked.Header.Values, " or "))
}

// Above is the ARN of the listener that has the rule.
func (r ALBRule) Above() string {
	if r.Listener != "" {
		return r.Listener
	}
	above := strings.Replace(r.Rule, ":listener-rule/", ":listener/", 1)
	return above[:max(0, strings.LastIndex(above, "/"))]
}

func (r ALBRule) problemsOfMark() (found []Problem) {
	if r.Marked == nil {
		return nil
	}
	wrong := func(when bool, field, what, remedy string) {
		if when {
			found = append(found, Problem{"marked." + field, what, remedy})
		}
	}
	m, wild := *r.Marked, 0
	wrong(m.Priority < 1 || m.Priority > 50000, "priority", fmt.Sprintf("%d is not a priority", m.Priority), "write a number from 1 to 50000 that no rule of the listener has, and that is smaller than that of the rule")
	wrong(r.Priority > 0 && m.Priority >= r.Priority, "priority", fmt.Sprintf("the rule of priority %d would be tried first", r.Priority), "write a smaller number")
	// https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_HttpHeaderConditionConfig.html
	wrong(!named(`^[A-Za-z0-9!#$%&'+.^_|~-]{1,40}$`, m.Header.Name) || strings.EqualFold(m.Header.Name, "host"), "header.name", fmt.Sprintf("%.60q is not a header by which a rule may choose", m.Header.Name), "write its name without wildcards, such as X-Canary, or Cookie; not Host")
	// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-condition-types.html
	wrong(len(m.Header.Values) < 1 || len(m.Header.Values) > 3, "header.values", strconv.Itoa(len(m.Header.Values))+" values are given", "write 1 to 3")
	for _, v := range m.Header.Values {
		wild += strings.Count(v, "*") + strings.Count(v, "?")
		wrong(!named(`^[\x20-\x7e]{1,128}$`, v), "header.values", fmt.Sprintf("%.60q is not what a rule compares with", v), "write 1 to 128 visible characters")
		wrong(named(`^[*?]+$`, v), "header.values", fmt.Sprintf("%.60q marks every request that has the header", v), "write what only marked requests have")
	}
	wrong(wild > 5, "header.values", strconv.Itoa(wild)+" wildcards are too many", "write at most 5 in all values")
	return found
}

// marking is what it takes to make the rule for marked requests. A rule that is made with tags takes two permissions
// (https://docs.aws.amazon.com/elasticloadbalancing/latest/userguide/tagging-resources-during-creation.html).
func (r ALBRule) marking(u Uses) []Need {
	if r.Marked == nil || !u.Marks {
		return nil
	}
	return []Need{
		{"MarkRequests", []string{"elasticloadbalancing:CreateRule"}, "elasticloadbalancing", resource(r.Above())},
		{"TagMarks", []string{"elasticloadbalancing:AddTags"}, "elasticloadbalancing", r.marks()},
	}
}

// unmarking is what it takes to take it away, also if a step of an earlier definition made it.
func (r ALBRule) unmarking() []Need {
	if r.Marked == nil {
		return nil
	}
	return []Need{{"UnmarkRequests", []string{"elasticloadbalancing:DeleteRule"}, "elasticloadbalancing", r.marks()}}
}

// marks are the rules of the listener: the id of a rule that is made is not known before.
func (r ALBRule) marks() string {
	return strings.Replace(resource(r.Above()), "listener/", "listener-rule/", 1) + "/*"
}

// When implements Conditioned: no rule may be made without the tag, and none may be deleted without it
// (https://docs.aws.amazon.com/service-authorization/latest/reference/list_awselasticloadbalancingv2.html).
func (r ALBRule) When(sid string) map[string]map[string]any {
	switch sid {
	case "MarkRequests":
		return map[string]map[string]any{"StringEquals": {"aws:RequestTag/" + MarkTag: MarkValue}}
	case "TagMarks":
		return map[string]map[string]any{"StringEquals": {"elasticloadbalancing:CreateAction": "CreateRule"}}
	case "UnmarkRequests":
		return map[string]map[string]any{"StringEquals": {"aws:ResourceTag/" + MarkTag: MarkValue}}
	}
	return r.whenLaunched(sid)
}
