package rollout_test

import (
	"testing"

	"sluice/shared/rollout"
)

func TestPlaceTurnsANameIntoAnARN(t *testing.T) {
	for text, want := range map[string]string{
		"aws/123456789012/eu-central-1":         "arn:aws:cloudwatch:eu-central-1:123456789012:alarm:checkout errors",
		"aws-us-gov/123456789012/us-gov-west-1": "arn:aws-us-gov:cloudwatch:us-gov-west-1:123456789012:alarm:checkout errors",
	} {
		p, err := rollout.ParsePlace(text)
		if got := p.Alarm("checkout errors"); err != nil || got != want {
			t.Errorf("in %s the alarm is %s (%v), want %s", text, got, err, want)
		}
	}
}

// A function that does not know where it is would take every alarm for another place's.
func TestPlaceThatLacksAPartIsRefused(t *testing.T) {
	for _, text := range []string{"", "eu-central-1", "aws/123456789012", "aws//eu-central-1", "aws/123456789012/eu-central-1/more"} {
		if p, err := rollout.ParsePlace(text); err == nil {
			t.Errorf("%q is read as %+v", text, p)
		}
	}
}
