package eventbridge

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
)

type ruleAPI interface {
	EnableRule(context.Context, *eventbridge.EnableRuleInput, ...func(*eventbridge.Options)) (*eventbridge.EnableRuleOutput, error)
	DisableRule(context.Context, *eventbridge.DisableRuleInput, ...func(*eventbridge.Options)) (*eventbridge.DisableRuleOutput, error)
}

// Rule is a schedule on the default bus that is enabled only while it is needed: a disabled rule costs nothing.
type Rule struct {
	events ruleAPI
	name   string
}

// NewRule opens the rule of that name.
func NewRule(cfg aws.Config, name string) *Rule {
	return &Rule{events: eventbridge.NewFromConfig(cfg), name: name}
}

// Enable enables the rule; it may be enabled already.
func (r *Rule) Enable(ctx context.Context) error {
	if _, err := r.events.EnableRule(ctx, &eventbridge.EnableRuleInput{Name: &r.name}); err != nil {
		return fmt.Errorf("enabling rule %s: %w", r.name, err)
	}
	return nil
}

// Disable disables the rule; it may be disabled already.
func (r *Rule) Disable(ctx context.Context) error {
	if _, err := r.events.DisableRule(ctx, &eventbridge.DisableRuleInput{Name: &r.name}); err != nil {
		return fmt.Errorf("disabling rule %s: %w", r.name, err)
	}
	return nil
}
