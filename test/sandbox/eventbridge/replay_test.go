package eventbridge

import (
	"encoding/json"
	"errors"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awseventbridge "github.com/aws/aws-sdk-go-v2/service/eventbridge"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge/types"
)

func (d *desk) archive(name, pattern string) string {
	d.t.Helper()
	out, err := d.CreateArchive(d.ctx, &awseventbridge.CreateArchiveInput{
		ArchiveName: &name, EventSourceArn: aws.String(home.ARN("events", "event-bus/default")), EventPattern: &pattern,
	})
	d.must(err)
	return *out.ArchiveArn
}

func (d *desk) replay(name, archive string, from, to time.Time, rules ...string) error {
	_, err := d.StartReplay(d.ctx, &awseventbridge.StartReplayInput{
		ReplayName: &name, EventSourceArn: &archive, EventStartTime: &from, EventEndTime: &to,
		Destination: &types.ReplayDestination{Arn: aws.String(home.ARN("events", "event-bus/default")), FilterArns: rules},
	})
	return err
}

func TestReplaySendsArchivedEventsOnceMoreUnderItsName(t *testing.T) {
	inBubble(t, func(t *testing.T, d *desk) {
		archive := d.archive("orders", `{"detail": {"keep": [true]}}`)
		d.put(defaultBus, `{"n": 0, "keep": true}`)
		time.Sleep(time.Minute)
		start := time.Now()
		d.put(defaultBus, `{"n": 1, "keep": true}`)
		d.put(defaultBus, `{"n": 2, "keep": false}`)
		time.Sleep(time.Hour)
		d.put(defaultBus, `{"n": 3, "keep": true}`)
		chosen := d.rule(defaultBus, "chosen", `{"source": ["shop"]}`)
		d.rule(defaultBus, "other", `{"source": ["shop"]}`)

		d.must(d.replay("again", archive, start, start.Add(30*time.Minute), chosen))
		got := d.settle()
		if len(got) != 1 || got[0].RuleARN != chosen {
			t.Fatalf("deliveries %v, want one, by the chosen rule", got)
		}
		var e Event
		if err := json.Unmarshal(got[0].Payload, &e); err != nil {
			t.Fatal(err)
		}
		if e.ReplayName != "again" || !e.Time.Equal(start.Truncate(time.Second)) {
			t.Errorf("replayed event %s, want its replay-name and its old time", got[0].Payload)
		}
		shown, err := d.DescribeReplay(d.ctx, &awseventbridge.DescribeReplayInput{ReplayName: aws.String("again")})
		d.must(err)
		if shown.State != types.ReplayStateCompleted || !shown.EventLastReplayedTime.Equal(e.Time) {
			t.Errorf("replay is %s, last event %v", shown.State, shown.EventLastReplayedTime)
		}
		kept, err := d.DescribeArchive(d.ctx, &awseventbridge.DescribeArchiveInput{ArchiveName: aws.String("orders")})
		d.must(err)
		if kept.EventCount != 3 {
			t.Errorf("archive holds %d events, want 3: replayed events are not kept again", kept.EventCount)
		}
	})
}

func TestReplayedEventsCanBeToldApartByPattern(t *testing.T) {
	inBubble(t, func(t *testing.T, d *desk) {
		archive := d.archive("orders", `{"source": ["shop"]}`)
		d.rule(defaultBus, "live-only", `{"source": ["shop"], "replay-name": [{"exists": false}]}`)
		start := time.Now()
		d.put(defaultBus, `{}`)
		d.settle()
		d.must(d.replay("again", archive, start, start.Add(time.Minute)))
		if got := d.settle(); len(got) != 1 {
			t.Errorf("%d deliveries, want only the live one", len(got))
		}
	})
}

func TestReplayedEventIsNotArchivedOnABusItIsForwardedTo(t *testing.T) {
	inBubble(t, func(t *testing.T, d *desk) {
		archive := d.archive("orders", `{"source": ["shop"]}`)
		start := time.Now()
		d.put(defaultBus, `{}`)
		d.bus("second")
		_, err := d.CreateArchive(d.ctx, &awseventbridge.CreateArchiveInput{
			ArchiveName: aws.String("second"), EventSourceArn: aws.String(home.ARN("events", "event-bus/second")),
		})
		d.must(err)
		d.rule("second", "arrived", `{"source": ["shop"]}`)
		d.rule(defaultBus, "forward", `{"source": ["shop"]}`, func(t *types.Target) { t.Arn = aws.String(home.ARN("events", "event-bus/second")) })
		d.must(d.replay("again", archive, start, start.Add(time.Minute)))
		if got := d.settle(); len(got) != 1 {
			t.Fatalf("%d deliveries, want the forwarded one", len(got))
		}
		out, err := d.DescribeArchive(d.ctx, &awseventbridge.DescribeArchiveInput{ArchiveName: aws.String("second")})
		d.must(err)
		if out.EventCount != 0 {
			t.Errorf("archived %d replayed events", out.EventCount)
		}
	})
}

func TestReplayIsRefusedWithoutWhatItNeeds(t *testing.T) {
	inBubble(t, func(t *testing.T, d *desk) {
		archive := d.archive("orders", `{"source": ["shop"]}`)
		now := time.Now()
		var missing *types.ResourceNotFoundException
		if err := d.replay("r", archive+"x", now, now.Add(time.Minute)); !errors.As(err, &missing) {
			t.Errorf("unknown archive: %v", err)
		}
		if err := d.replay("r", archive, now, now); err == nil {
			t.Error("accepted an empty span of time")
		}
		d.must(d.replay("r", archive, now, now.Add(time.Minute)))
		d.settle()
		var exists *types.ResourceAlreadyExistsException
		if err := d.replay("r", archive, now, now.Add(time.Minute)); !errors.As(err, &exists) {
			t.Errorf("second replay of one name: %v", err)
		}
	})
}

func TestArchiveForgetsWhatIsPastItsRetention(t *testing.T) {
	inBubble(t, func(t *testing.T, d *desk) {
		_, err := d.CreateArchive(d.ctx, &awseventbridge.CreateArchiveInput{
			ArchiveName: aws.String("a"), EventSourceArn: aws.String(home.ARN("events", "event-bus/default")), RetentionDays: aws.Int32(1),
		})
		d.must(err)
		d.put(defaultBus, `{}`)
		time.Sleep(20 * time.Hour)
		d.put(defaultBus, `{}`)
		time.Sleep(5 * time.Hour)
		out, err := d.DescribeArchive(d.ctx, &awseventbridge.DescribeArchiveInput{ArchiveName: aws.String("a")})
		d.must(err)
		if out.EventCount != 1 {
			t.Errorf("archive holds %d events, want 1", out.EventCount)
		}
	})
}
