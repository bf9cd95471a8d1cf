package cloudwatch

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
)

// A rule is a parsed AlarmRule: is it true, when alarms are in these states?
type rule func(stateOf func(alarm string) types.StateValue) bool

// ruleTokens splits an AlarmRule; what stands in parentheses after a state is an alarm's name, which may hold
// nearly anything, so it is taken together with the state.
var ruleTokens = regexp.MustCompile(`^\s*(?:(AND|OR|NOT|TRUE|FALSE)\b|(ALARM|OK|INSUFFICIENT_DATA)\s*\(\s*(?:"([^"]*)"|([^()"]+))\s*\)|([()]))`)

// parseRule reads an AlarmRule and lists the alarms it names, each once.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutCompositeAlarm.html
func parseRule(text string) (rule, []string, error) {
	p := &ruleParser{rest: text}
	r, err := p.either()
	if err == nil && strings.TrimSpace(p.rest) != "" {
		err = fmt.Errorf("unexpected %q", p.rest)
	}
	if err == nil && len(p.children) > 100 {
		err = fmt.Errorf("more than 100 alarms")
	}
	return r, p.children, err
}

type ruleParser struct {
	rest     string
	children []string
}

type ruleToken struct{ word, state, name string }

func (p *ruleParser) peek() (ruleToken, int) {
	m := ruleTokens.FindStringSubmatch(p.rest)
	if m == nil {
		return ruleToken{}, 0
	}
	return ruleToken{word: m[1] + m[5], state: m[2], name: strings.TrimSpace(m[3] + m[4])}, len(m[0])
}

func (p *ruleParser) take(word string) bool {
	t, n := p.peek()
	if t.word != word || n == 0 {
		return false
	}
	p.rest = p.rest[n:]
	return true
}

func (p *ruleParser) either() (rule, error) {
	left, err := p.both()
	for err == nil && p.take("OR") {
		var right rule
		if right, err = p.both(); err == nil {
			a := left
			left = func(s func(string) types.StateValue) bool { return a(s) || right(s) }
		}
	}
	return left, err
}

func (p *ruleParser) both() (rule, error) {
	left, err := p.single()
	for err == nil && p.take("AND") {
		var right rule
		if right, err = p.single(); err == nil {
			a := left
			left = func(s func(string) types.StateValue) bool { return a(s) && right(s) }
		}
	}
	return left, err
}

func (p *ruleParser) single() (rule, error) {
	t, n := p.peek()
	if n == 0 {
		return nil, fmt.Errorf("expected ALARM(...), OK(...), INSUFFICIENT_DATA(...), TRUE, FALSE, NOT or ( at %q; the sandbox implements no other function", p.rest)
	}
	p.rest = p.rest[n:]
	switch {
	case t.state != "":
		return p.inState(t)
	case t.word == "TRUE" || t.word == "FALSE":
		return func(func(string) types.StateValue) bool { return t.word == "TRUE" }, nil
	case t.word == "NOT":
		inner, err := p.single()
		return func(s func(string) types.StateValue) bool { return !inner(s) }, err
	case t.word == "(":
		inner, err := p.either()
		if err == nil && !p.take(")") {
			err = fmt.Errorf("missing ) at %q", p.rest)
		}
		return inner, err
	default:
		return nil, fmt.Errorf("unexpected %s", t.word)
	}
}

func (p *ruleParser) inState(t ruleToken) (rule, error) {
	name := alarmName(t.name)
	if name == "" {
		return nil, fmt.Errorf("an empty alarm name")
	}
	if !slices.Contains(p.children, name) {
		p.children = append(p.children, name)
	}
	return func(s func(string) types.StateValue) bool { return s(name) == types.StateValue(t.state) }, nil
}

// alarmName takes an alarm's name or ARN.
func alarmName(nameOrARN string) string {
	if strings.HasPrefix(nameOrARN, "arn:") {
		if _, name, found := strings.Cut(nameOrARN, ":alarm:"); found {
			return name
		}
	}
	return nameOrARN
}
