package eventbridge

import (
	"context"
	"errors"
	"regexp"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	awseventbridge "github.com/aws/aws-sdk-go-v2/service/eventbridge"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge/types"

	"sluice/test/sandbox/eventbridge/pattern"
	"sluice/test/sandbox/eventbridge/schedule"
	"sluice/test/sandbox/wire"
)

// Quotas: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html
const (
	maxRules       = 300 // on a bus
	maxPatternSize = 2048
)

// A rule sends what matches its pattern, or a scheduled event, to its targets. Name, bus and ARN never change.
type rule struct {
	name, bus, arn string
	definition
	targets []*target // replaced, never changed, so that it can be read without the lock once taken
	cancel  func()    // of the schedule's next turn; nil while there is none
}

// A definition is what PutRule replaces.
type definition struct {
	description, roleARN, patternSource, expression string
	state                                           types.RuleState
	pattern                                         *pattern.Pattern
	schedule                                        schedule.Rate // 0: none
}

var ruleName = regexp.MustCompile(`^[.\-_A-Za-z0-9]{1,64}$`)

func (r *rule) enabled() bool { return r.state != types.RuleStateDisabled }

// ruleARN has the bus's name in it, except on the default bus.
func (s *Service) ruleARN(bus, name string) string {
	if bus != defaultBus {
		name = bus + "/" + name
	}
	return s.options.Home.ARN("events", "rule/"+name)
}

func (s *Service) ruleOf(busName, name *string) (*bus, *rule, error) {
	b, err := s.busOf(busName)
	if err != nil {
		return nil, nil, err
	}
	r := b.rules[aws.ToString(name)]
	if r == nil {
		return nil, nil, notFound("Rule %s does not exist on EventBus %s.", aws.ToString(name), b.name)
	}
	return b, r, nil
}

// PutRule makes a rule or replaces its definition; targets stay.
func (s *Service) PutRule(_ context.Context, in *awseventbridge.PutRuleInput) (*awseventbridge.PutRuleOutput, error) {
	name := aws.ToString(in.Name)
	if !ruleName.MatchString(name) {
		return nil, wire.Validation("Parameter Name is not valid. Reason: %q must match %s", name, ruleName)
	}
	d, err := define(in)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	b, err := s.busOf(in.EventBusName)
	if err != nil {
		return nil, err
	}
	if d.schedule != 0 && b.name != defaultBus {
		return nil, wire.Validation("ScheduleExpression is supported only on the default event bus.")
	}
	r := b.rules[name]
	if r == nil {
		if len(b.rules) >= maxRules {
			return nil, limitExceeded()
		}
		r = &rule{name: name, bus: b.name, arn: s.ruleARN(b.name, name)}
		b.rules[name] = r
	}
	r.definition = *d
	s.listen(b, r)
	return &awseventbridge.PutRuleOutput{RuleArn: &r.arn}, nil
}

func define(in *awseventbridge.PutRuleInput) (*definition, error) {
	d := &definition{
		description: aws.ToString(in.Description), roleARN: aws.ToString(in.RoleArn), state: in.State,
		patternSource: aws.ToString(in.EventPattern), expression: aws.ToString(in.ScheduleExpression),
	}
	if d.patternSource == "" && d.expression == "" {
		return nil, wire.Validation("Parameter(s) EventPattern or ScheduleExpression must be specified.")
	}
	var err error
	if d.patternSource != "" {
		if d.pattern, err = compile(d.patternSource); err != nil {
			return nil, err
		}
	}
	if d.expression != "" {
		var missing *wire.Error
		if d.schedule, err = schedule.Parse(d.expression); errors.As(err, &missing) {
			return nil, missing
		} else if err != nil {
			return nil, wire.Validation("Parameter ScheduleExpression is not valid. Reason: %v", err)
		}
	}
	if d.state == "" {
		d.state = types.RuleStateEnabled
	}
	if !slices.Contains(d.state.Values(), d.state) {
		return nil, wire.Validation("Parameter State is not valid: %s", d.state)
	}
	return d, nil
}

func compile(source string) (*pattern.Pattern, error) {
	if len(source) > maxPatternSize {
		return nil, limitExceeded()
	}
	p, err := pattern.Compile(source)
	if syntax := (*pattern.SyntaxError)(nil); errors.As(err, &syntax) {
		return nil, &types.InvalidEventPatternException{
			Message: aws.String("Event pattern is not valid. Reason: " + syntax.Error()),
		}
	}
	return p, err
}

// listen puts a changed rule to work, or to rest.
func (s *Service) listen(b *bus, r *rule) {
	b.listening = nil
	for _, other := range sorted(b.rules, nil) {
		if other.enabled() && other.pattern != nil {
			b.listening = append(b.listening, other)
		}
	}
	if r.cancel != nil {
		r.cancel()
		r.cancel = nil
	}
	if r.enabled() && r.schedule != 0 {
		s.scheduleNext(r)
	}
}

// DescribeRule tells a rule's definition.
func (s *Service) DescribeRule(_ context.Context, in *awseventbridge.DescribeRuleInput) (*awseventbridge.DescribeRuleOutput, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	_, r, err := s.ruleOf(in.EventBusName, in.Name)
	if err != nil {
		return nil, err
	}
	shown := r.shown()
	return &awseventbridge.DescribeRuleOutput{
		Arn: shown.Arn, Name: shown.Name, EventBusName: shown.EventBusName, Description: shown.Description,
		EventPattern: shown.EventPattern, ScheduleExpression: shown.ScheduleExpression, RoleArn: shown.RoleArn,
		State: shown.State, CreatedBy: aws.String(s.options.Home.Account),
	}, nil
}

func (r *rule) shown() types.Rule {
	return types.Rule{
		Arn: &r.arn, Name: &r.name, EventBusName: &r.bus, Description: optional(r.description),
		EventPattern: optional(r.patternSource), ScheduleExpression: optional(r.expression),
		RoleArn: optional(r.roleARN), State: r.state,
	}
}

// ListRules lists a bus's rules by name.
func (s *Service) ListRules(_ context.Context, in *awseventbridge.ListRulesInput) (*awseventbridge.ListRulesOutput, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	b, err := s.busOf(in.EventBusName)
	if err != nil {
		return nil, err
	}
	var rules []types.Rule
	for _, r := range sorted(b.rules, in.NamePrefix) {
		rules = append(rules, r.shown())
	}
	shown, next, err := page(rules, in.Limit, in.NextToken)
	return &awseventbridge.ListRulesOutput{Rules: shown, NextToken: next}, err
}
