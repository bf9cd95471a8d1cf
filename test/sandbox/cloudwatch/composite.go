package cloudwatch

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"

	awscloudwatch "github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
)

// A composite is the rule of a composite alarm.
type composite struct {
	in              *awscloudwatch.PutCompositeAlarmInput
	rule            rule
	children        []string
	suppressor      string // name; "" is none
	wait, extension time.Duration
}

// PutCompositeAlarm creates or overwrites an alarm over other alarms. It is evaluated now and whenever one of its
// children changes, not by the clock; so SetAlarmState on it lasts until a child moves.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutCompositeAlarm.html
func (s *Service) PutCompositeAlarm(_ context.Context, in *awscloudwatch.PutCompositeAlarmInput) (*awscloudwatch.PutCompositeAlarmOutput, error) {
	c, err := s.newComposite(in)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.unlock()
	for _, name := range append(slices.Clone(c.children), c.suppressor) {
		if name != "" && s.alarms[name] == nil && name != *in.AlarmName {
			return nil, validation("Could not save the composite alarm as alarms [%s] in the alarm rule do not exist", name)
		}
	}
	a := &alarm{
		name: *in.AlarmName, description: str(in.AlarmDescription), composite: c,
		actionsEnabled: in.ActionsEnabled == nil || *in.ActionsEnabled,
		actions:        actionsOf(in.AlarmActions, in.OKActions, in.InsufficientDataActions),
	}
	if err := s.install(a); err != nil {
		return nil, err
	}
	s.evaluateComposite(a, nil, a.configured)
	s.ripple(a.configured)
	return &awscloudwatch.PutCompositeAlarmOutput{}, nil
}

func (s *Service) newComposite(in *awscloudwatch.PutCompositeAlarmInput) (*composite, error) {
	if err := s.checkAlarm(in.AlarmName, in.AlarmDescription, in.AlarmActions, in.OKActions, in.InsufficientDataActions); err != nil {
		return nil, err
	}
	c := &composite{
		in: in, suppressor: alarmName(str(in.ActionsSuppressor)),
		wait:      time.Duration(value(in.ActionsSuppressorWaitPeriod)) * time.Second,
		extension: time.Duration(value(in.ActionsSuppressorExtensionPeriod)) * time.Second,
	}
	timed := in.ActionsSuppressorWaitPeriod != nil && in.ActionsSuppressorExtensionPeriod != nil
	switch {
	case in.ActionConfiguration != nil:
		return nil, unsupported("ActionConfiguration in alarms")
	case c.suppressor != "" && !timed:
		return nil, validation("ActionsSuppressor needs ActionsSuppressorWaitPeriod and ActionsSuppressorExtensionPeriod.")
	case c.wait < 0 || c.extension < 0:
		return nil, validation("The periods of ActionsSuppressor must not be negative.")
	}
	var err error
	if c.rule, c.children, err = parseRule(str(in.AlarmRule)); err != nil {
		return nil, validation("The AlarmRule is not valid: %v", err)
	}
	return c, nil
}

// ripple evaluates the composite alarms that look at alarms which moved, until none moves. AWS stops evaluating when
// it finds a cycle; here a cycle ends after as many rounds as there are alarms. Call it with mu held.
func (s *Service) ripple(now time.Time) {
	for range len(s.alarms) + 1 {
		moved := s.moved
		s.moved = nil
		if len(moved) == 0 {
			return
		}
		for _, name := range slices.Sorted(maps.Keys(s.alarms)) {
			a := s.alarms[name]
			if a.composite == nil {
				continue
			}
			for _, m := range slices.Backward(moved) { // the one that moved last is the trigger
				if child := s.alarms[m]; child != nil && slices.Contains(a.composite.children, m) {
					s.evaluateComposite(a, child, now)
					break
				}
			}
			if slices.Contains(moved, a.composite.suppressor) {
				s.settle(a, now)
			}
		}
	}
	s.moved = nil
}

// evaluateComposite looks at a composite alarm because a child moved, or, with none, because of its configuration.
func (s *Service) evaluateComposite(a, moved *alarm, now time.Time) {
	next := types.StateValueOk
	if a.composite.rule(s.stateOf) {
		next = types.StateValueAlarm
	}
	if next != a.state.value {
		s.change(a, s.compositeState(a, moved, next, now))
	}
}

func (s *Service) stateOf(name string) types.StateValue {
	if a := s.alarms[name]; a != nil {
		return a.state.value
	}
	return ""
}

// compositeReason is the reason data of a composite alarm.
type compositeReason struct {
	TriggeringAlarms []triggeringAlarm `json:"triggeringAlarms"`
}

type triggeringAlarm struct {
	ARN   string `json:"arn"`
	State struct {
		Value     types.StateValue `json:"value"`
		Timestamp string           `json:"timestamp"`
	} `json:"state"`
}

// compositeState explains a change by the child that moved, or else by the rule itself.
func (s *Service) compositeState(a, moved *alarm, next types.StateValue, now time.Time) state {
	if moved != nil {
		when := moved.transitioned.UTC().Format("Monday 02 January, 2006 15:04:05 MST")
		return state{
			value: next, at: now, data: triggering([]*alarm{moved}),
			reason: fmt.Sprintf("%s transitioned to %s at %s", moved.arn, moved.state.value, when),
		}
	}
	did := "updated"
	if a.state.value == types.StateValueInsufficientData {
		did = "created"
	}
	var children []*alarm
	for _, name := range a.composite.children {
		if child := s.alarms[name]; child != nil {
			children = append(children, child)
		}
	}
	return state{
		value: next, at: now, data: triggering(children),
		reason: fmt.Sprintf("%s was %s and its alarm rule evaluates to %s", a.arn, did, next),
	}
}

func triggering(children []*alarm) string {
	r := compositeReason{TriggeringAlarms: make([]triggeringAlarm, len(children))}
	for i, c := range children {
		t := &r.TriggeringAlarms[i]
		t.ARN, t.State.Value, t.State.Timestamp = c.arn, c.state.value, stamp(c.state.at)
	}
	text, err := json.Marshal(r)
	if err != nil {
		return "{}" // cannot happen: it is all strings
	}
	return string(text)
}
