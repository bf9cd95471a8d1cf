package scenario

import (
	"encoding/json"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	ebtypes "github.com/aws/aws-sdk-go-v2/service/eventbridge/types"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"sluice/events"
	"sluice/shared/rollout"
)

// whole is the release that two services are parts of.
const whole = "shop-0a1b2c3d4e5f"

// heardOf is what the listener of parts heard, by parent and release.
type heardOf map[string]map[string][]string

// listensToParts has somebody listen on the bus to what happens to parts of releases. The answer tells what was heard.
func (w *World) listensToParts() (heard func() heardOf) {
	w.T.Helper()
	const name = "parts"
	queue := w.home.ARN("sqs", name)
	pattern, err := json.Marshal(events.PartPattern())
	w.must(err)
	_, err = w.Sandbox.SQS.CreateQueue(w.ctx, &sqs.CreateQueueInput{QueueName: aws.String(name), Attributes: map[string]string{
		"Policy": `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"events.amazonaws.com"},"Action":"sqs:SendMessage","Resource":"` + queue + `"}]}`,
	}})
	w.must(err)
	_, err = w.Events.PutRule(w.ctx, &eventbridge.PutRuleInput{Name: aws.String(name), EventBusName: aws.String(busName), EventPattern: aws.String(string(pattern))})
	w.must(err)
	_, err = w.Events.PutTargets(w.ctx, &eventbridge.PutTargetsInput{Rule: aws.String(name), EventBusName: aws.String(busName), Targets: []ebtypes.Target{{Id: aws.String("queue"), Arn: &queue}}})
	w.must(err)
	return func() heardOf {
		heard := heardOf{}
		for _, m := range w.Sandbox.SQS.Messages(queue) {
			var e events.Envelope[events.Release]
			w.must(json.Unmarshal([]byte(m.Body), &e))
			if heard[e.Detail.Parent] == nil {
				heard[e.Detail.Parent] = map[string][]string{}
			}
			heard[e.Detail.Parent][e.Detail.Release] = append(heard[e.Detail.Parent][e.Detail.Release], e.DetailType[len("release."):])
		}
		return heard
	}
}

// Two services are released as one. Each part is led by itself, and whoever listens can tell of which release they are parts.
func TestPartsOfOneReleaseAreLedByThemselvesAndToldAsParts(t *testing.T) {
	RunWith(t, Options{Services: true}, func(w *World) {
		payments, search := w.For("payments"), w.For("search")
		for _, service := range []*World{w, payments, search} {
			service.Given(Canary)
		}
		heard := w.listensToParts()
		one := w.Request(events.ReleaseRequest{Service: Service, Revision: "2", Parent: whole, Key: whole + "-1"})
		two := payments.Request(events.ReleaseRequest{Service: "payments", Revision: "2", Parent: whole, Key: whole + "-1"})
		alone := search.Requested("2")
		w.AtStep(one, 1)
		payments.AlarmRed("payments-errors")

		back, on := payments.Ended(two), w.Ended(one)
		search.Ended(alone)
		if on.End != rollout.Succeeded || w.Serves() != "2" || back.End != rollout.RolledBack || payments.Serves() != "1" {
			t.Errorf("checkout ended %s and serves %s, payments ended %s and serves %s", on.End, w.Serves(), back.End, payments.Serves())
		}
		if on.Parent != whole || back.Parent != whole || on.Place != Here {
			t.Errorf("the records say parts of %q and %q, in %v", on.Parent, back.Parent, on.Place)
		}
		want := heardOf{whole: {one: w.Told(one), two: w.Told(two)}}
		if diff := cmp.Diff(want, heard(), cmpopts.SortSlices(func(a, b string) bool { return a < b })); diff != "" {
			t.Errorf("heard of parts (-told +heard):\n%s", diff)
		}
	})
}

// A part that is not let in ends, too: whoever waits for it must hear of that.
func TestPartThatIsNotLetInIsToldAsAPart(t *testing.T) {
	Run(t, func(w *World) {
		w.Given(Canary)
		heard := w.listensToParts()
		id := w.Request(events.ReleaseRequest{Service: "nobodys", Revision: "2", Parent: whole})
		w.Ended(id)
		if diff := cmp.Diff(heardOf{whole: {id: {"rejected"}}}, heard()); diff != "" {
			t.Errorf("heard of parts (-want +heard):\n%s", diff)
		}
	})
}
