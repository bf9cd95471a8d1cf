package eventbridge

import (
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awseventbridge "github.com/aws/aws-sdk-go-v2/service/eventbridge"
	"github.com/google/go-cmp/cmp"
)

func (d *desk) scheduled(name, expression string) error {
	d.t.Helper()
	_, err := d.PutRule(d.ctx, &awseventbridge.PutRuleInput{Name: &name, ScheduleExpression: &expression})
	if err == nil {
		d.target(defaultBus, name)
	}
	return err
}

func TestScheduledRuleFallsDueAgainAndAgain(t *testing.T) {
	inBubble(t, func(t *testing.T, d *desk) {
		d.rule(defaultBus, "bystander", `{"source": ["aws.events"]}`)
		d.must(d.scheduled("sweep", "rate(5 minutes)"))
		time.Sleep(16 * time.Minute)
		got := d.settle()
		want := []time.Duration{5 * time.Minute, 10 * time.Minute, 15 * time.Minute}
		if diff := cmp.Diff(want, d.times()); diff != "" {
			t.Fatalf("due at the wrong times (-want +got):\n%s", diff)
		}
		for _, part := range []string{`"detail-type":"Scheduled Event"`, `"source":"aws.events"`, `"resources":["` + home.ARN("events", "rule/sweep") + `"]`, `"detail":{}`} {
			if !strings.Contains(string(got[0].Payload), part) {
				t.Errorf("event %s lacks %s", got[0].Payload, part)
			}
		}
	})
}

func TestScheduleFollowsItsRule(t *testing.T) {
	inBubble(t, func(t *testing.T, d *desk) {
		d.must(d.scheduled("sweep", "rate(1 hour)"))
		_, err := d.DisableRule(d.ctx, &awseventbridge.DisableRuleInput{Name: aws.String("sweep")})
		d.must(err)
		time.Sleep(2 * time.Hour)
		if got := d.settle(); len(got) != 0 {
			t.Errorf("a disabled rule fell due: %v", got)
		}
		_, err = d.EnableRule(d.ctx, &awseventbridge.EnableRuleInput{Name: aws.String("sweep")})
		d.must(err)
		time.Sleep(time.Hour + time.Minute)
		d.must(d.scheduled("sweep", "rate(1 day)"))
		time.Sleep(2 * time.Hour)
		if got := d.settle(); len(got) != 1 {
			t.Errorf("%d deliveries, want the one before the schedule changed", len(got))
		}
	})
}

func TestScheduleIsForTheDefaultBusOnly(t *testing.T) {
	inBubble(t, func(t *testing.T, d *desk) {
		d.bus("sluice")
		_, err := d.PutRule(d.ctx, &awseventbridge.PutRuleInput{
			Name: aws.String("r"), EventBusName: aws.String("sluice"), ScheduleExpression: aws.String("rate(1 minute)"),
		})
		if err == nil {
			t.Error("accepted on a custom bus")
		}
		if err := d.scheduled("r", "rate(1 minutes)"); err == nil {
			t.Error("accepted a malformed rate")
		}
	})
}
