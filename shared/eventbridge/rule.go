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

// Rule is a schedule on the default bus that is at work only while somebody needs it: a rule that is disabled costs nothing.
type Rule struct {
	events ruleAPI
	name   string
}

// NewRule opens the rule of that name.
func NewRule(cfg aws.Config, name string) *Rule {
	return &Rule{events: eventbridge.NewFromConfig(cfg), name: name}
}

// Enable puts the rule to work; one that works already stays so.
func (r *Rule) Enable(ctx context.Context) error {
	if _, err := r.events.EnableRule(ctx, &eventbridge.EnableRuleInput{Name: &r.name}); err != nil {
		return fmt.Errorf("enabling rule %s: %w", r.name, err)
	}
	return nil
}

// Disable puts the rule to rest.
func (r *Rule) Disable(ctx context.Context) error {
	if _, err := r.events.DisableRule(ctx, &eventbridge.DisableRuleInput{Name: &r.name}); err != nil {
		return fmt.Errorf("disabling rule %s: %w", r.name, err)
	}
	return nil
}
