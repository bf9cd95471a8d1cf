package eventbridge

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awseventbridge "github.com/aws/aws-sdk-go-v2/service/eventbridge"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge/types"

	"sluice/test/sandbox/wire"
)

// A desk is a service whose targets write down what they receive.
type desk struct {
	t *testing.T
	*Service
	ctx    context.Context
	answer func(d Delivery) error // what targets that are no queues answer; nil: they take everything

	mu       sync.Mutex
	received []Delivery
	at       []time.Duration // since the desk was set up
	began    time.Time
}

var home = wire.Home{Region: "us-east-1", Account: "123456789012"}

// inBubble runs a test in virtual time, with a desk that ends with it.
func inBubble(t *testing.T, test func(t *testing.T, d *desk)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		d := &desk{t: t, ctx: t.Context(), began: time.Now()}
		take := func(_ context.Context, got Delivery) error {
			d.mu.Lock()
			d.received = append(d.received, got)
			d.at = append(d.at, time.Since(d.began))
			d.mu.Unlock()
			if d.answer != nil && serviceOf(got.TargetARN) != "sqs" {
				return d.answer(got)
			}
			return nil
		}
		d.Service = New(d.ctx, Options{
			Home:    home,
			Deliver: map[string]func(context.Context, Delivery) error{"lambda": take, "sqs": take, "states": take},
			Jitter:  func() float64 { return 0 },
		})
		test(t, d)
	})
}

// rule makes a rule with one target.
func (d *desk) rule(bus, name, pattern string, change ...func(*types.Target)) string {
	d.t.Helper()
	out, err := d.PutRule(d.ctx, &awseventbridge.PutRuleInput{Name: &name, EventBusName: &bus, EventPattern: &pattern})
	d.must(err)
	d.target(bus, name, change...)
	return *out.RuleArn
}

func (d *desk) target(bus, rule string, change ...func(*types.Target)) {
	d.t.Helper()
	target := types.Target{Id: aws.String("one"), Arn: aws.String(home.ARN("lambda", "function:"+rule))}
	for _, c := range change {
		c(&target)
	}
	_, err := d.PutTargets(d.ctx, &awseventbridge.PutTargetsInput{Rule: &rule, EventBusName: &bus, Targets: []types.Target{target}})
	d.must(err)
}

func (d *desk) put(bus, detail string) types.PutEventsResultEntry {
	d.t.Helper()
	out, err := d.PutEvents(d.ctx, &awseventbridge.PutEventsInput{Entries: []types.PutEventsRequestEntry{entry(bus, detail)}})
	d.must(err)
	return out.Entries[0]
}

func entry(bus, detail string) types.PutEventsRequestEntry {
	return types.PutEventsRequestEntry{
		EventBusName: &bus, Source: aws.String("shop"), DetailType: aws.String("order"), Detail: &detail,
	}
}

// settle waits until no delivery is in progress, without letting time pass.
func (d *desk) settle() []Delivery {
	d.t.Helper()
	d.must(d.Idle(d.ctx))
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Clone(d.received)
}

// times are when the deliveries were tried, counted from the beginning of the test.
func (d *desk) times() []time.Duration {
	d.t.Helper()
	d.settle()
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Clone(d.at)
}

func (d *desk) must(err error) {
	d.t.Helper()
	if err != nil {
		d.t.Fatal(err)
	}
}

func (d *desk) bus(name string) {
	d.t.Helper()
	_, err := d.CreateEventBus(d.ctx, &awseventbridge.CreateEventBusInput{Name: &name})
	d.must(err)
}

// BenchmarkPutEvents is the way of one event past ten rules, of which one matches.
func BenchmarkPutEvents(b *testing.B) {
	ctx := b.Context()
	s := New(ctx, Options{Home: home, Deliver: map[string]func(context.Context, Delivery) error{
		"lambda": func(context.Context, Delivery) error { return nil },
	}})
	for i := range 10 {
		name := fmt.Sprintf("r%d", i)
		pattern := fmt.Sprintf(`{"source": ["shop"], "detail-type": ["order"], "detail": {"kind": ["k%d"]}}`, i)
		if _, err := s.PutRule(ctx, &awseventbridge.PutRuleInput{Name: &name, EventPattern: &pattern}); err != nil {
			b.Fatal(err)
		}
		if _, err := s.PutTargets(ctx, &awseventbridge.PutTargetsInput{Rule: &name, Targets: []types.Target{
			{Id: &name, Arn: aws.String(home.ARN("lambda", "function:f"))},
		}}); err != nil {
			b.Fatal(err)
		}
	}
	in := &awseventbridge.PutEventsInput{Entries: []types.PutEventsRequestEntry{
		entry(defaultBus, `{"kind": "k3", "service": "checkout", "release": {"id": "r-1", "step": 2}}`),
	}}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := s.PutEvents(ctx, in); err != nil {
			b.Fatal(err)
		}
	}
	if err := s.Idle(ctx); err != nil {
		b.Fatal(err)
	}
}
