package scenario

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sluice/events"
	"sluice/shared/rollout"
)

// A request that nobody can carry out is answered with the field and the remedy, and moves nothing.
func TestRequestThatCannotBeReadIsRejectedByFieldAndRemedy(t *testing.T) {
	for name, test := range map[string]struct{ detail, field, remedy string }{
		"no service":                 {`{"revision":"2"}`, "detail.service", "write the service's name"},
		"nothing":                    {`{}`, "detail.service", "write the service's name"},
		"revision as a number":       {`{"service":"checkout","revision":2}`, "detail.revision", "write text in quotes"},
		"revision as an object":      {`{"service":"checkout","revision":{"version":"2"}}`, "detail.revision", "write text in quotes"},
		"service as a list":          {`{"service":["checkout"],"revision":"2"}`, "detail.service", "write text in quotes"},
		"null":                       {`{"service":null,"revision":"2"}`, "detail.service", "write the service's name"},
		"a version of a parameter":   {`{"service":"checkout:1","revision":"2"}`, "detail.service", "lower-case letters"},
		"a way out of the folder":    {`{"service":"../production/checkout","revision":"2"}`, "detail.service", "lower-case letters"},
		"not UTF-8":                  {"{\"service\":\"check\xffout\",\"revision\":\"2\"}", "detail.service", "lower-case letters"},
		"an alias":                   {`{"service":"checkout","revision":"live"}`, "detail.revision", "publish a version"},
		"a service of 200 KiB":       {`{"service":"` + strings.Repeat("x", 200<<10) + `","revision":"2"}`, "detail.service", "lower-case letters"},
		"a revision of 200 KiB":      {`{"service":"checkout","revision":"` + strings.Repeat("9", 200<<10) + `"}`, "detail.revision", "without spaces"},
		"a number beyond all limits": {`{"service":"checkout","revision":1e999999}`, "detail.revision", "write text in quotes"},
	} {
		t.Run(name, func(t *testing.T) {
			Run(t, func(w *World) {
				w.Given(Canary)
				w.Subscribe()
				w.send(events.ReleaseRequested, test.detail)
				w.Pass(10 * time.Minute)
				r := w.Ended(w.onlyRelease())
				if r.End != rollout.Rejected || !strings.HasPrefix(r.Rejection.Reason, test.field+" ") || !strings.Contains(r.Rejection.Remedy, test.remedy) {
					t.Errorf("ended %s: %+v, want a rejection of %s: %s", r.End, r.Rejection, test.field, test.remedy)
				}
				if mail := w.Mail(); !strings.Contains(mail, test.field) || !strings.Contains(mail, test.remedy) {
					t.Errorf("people do not hear of it:\n%.500s", mail)
				}
				w.untouched()
			})
		})
	}
}

// What the bus itself refuses never gets in: the sender hears it from PutEvents.
func TestDetailThatIsNoObjectIsRefusedByTheBus(t *testing.T) {
	Run(t, func(w *World) {
		w.Given(Canary)
		for _, detail := range []string{`[]`, `"checkout"`, `{"service":`, ``} {
			out, err := w.offer(events.ReleaseRequested, detail)
			if err == nil && out.FailedEntryCount == 0 {
				t.Errorf("the bus took the detail %q", detail)
			}
		}
		w.Pass(10 * time.Minute)
		w.untouched()
	})
}

func TestRequestWithEndlessTextsIsReleasedAndTheRecordStaysSmall(t *testing.T) {
	Run(t, func(w *World) {
		w.Given(Canary)
		long := strings.Repeat("é\n", 60<<10)
		id := w.Request(events.ReleaseRequest{Service: Service, Revision: "2", Commit: long, Reason: "fix\x00 it\r\nnow " + long[:1000]})
		w.AtStep(id, 0)
		w.send(events.AbortRequested, fmt.Sprintf(`{"release":%q,"by":"grace","reason":%q}`, id, long))
		r := w.Ended(id)
		w.Then(r, rollout.Aborted, began+step+back, "1")
		if len(r.Revision.Commit) > 1100 || len(r.Cause.Reason) > 1200 || strings.ContainsAny(r.Reason, "\r\n\x00") {
			t.Errorf("the record holds %d bytes of commit, %d of cause and the reason %.20q", len(r.Revision.Commit), len(r.Cause.Reason), r.Reason)
		}
	})
}

// A person's word that cannot be read lies in the dead-letter queue with what is wrong, and the release goes on.
func TestControlRequestThatCannotBeReadIsDeadLettered(t *testing.T) {
	for name, test := range map[string]struct{ detail, want string }{
		"no release":         {`{"by":"grace"}`, "detail.release is missing: write the id"},
		"release as a list":  {`{"release":["checkout-1"]}`, "detail.release holds an array: write text in quotes"},
		"no release id":      {`{"release":"checkout"}`, `detail.release is "checkout", which is no release id`},
		"of nobody":          {`{"release":"checkout-0123456789ab"}`, "reading release checkout-0123456789ab: not found"},
		"200 KiB":            {`{"release":"` + strings.Repeat("a", 200<<10) + `"}`, "which is no release id"},
		"by an object":       {`{"release":"checkout-0123456789ab","by":{}}`, "detail.by holds an object"},
		"deep below nothing": {`{"release":` + strings.Repeat(`{"a":`, 5000) + `1` + strings.Repeat("}", 5000) + `}`, "detail.release holds an object"},
	} {
		t.Run(name, func(t *testing.T) {
			Run(t, func(w *World) {
				w.Given(Canary)
				id := w.Requested("2")
				w.AtStep(id, 0)
				w.send(events.AbortRequested, test.detail)
				w.deadLettered("decide", test.detail, test.want)
				w.Then(w.Ended(id), rollout.Succeeded, began+step+step+step+step+ends, "2")
			})
		})
	}
}

// No alarm is lost for being written in a way that nobody expected, and the next one is heard as ever.
func TestAlarmEventThatCannotBeReadIsDeadLetteredAndTheNextOneActs(t *testing.T) {
	const whole = `{"version":"0","id":"1","source":"aws.cloudwatch","detail-type":"CloudWatch Alarm State Change","resources":["arn:aws:cloudwatch:us-east-1:123456789012:alarm:another"],"detail":%s}`
	for name, test := range map[string]struct{ detail, want string }{
		"no ARN":              {`{"alarmName":"checkout-errors","state":{"value":"ALARM","timestamp":"2026-01-01T00:00:00.000+0000"}}`, "resources does not name the alarm"},
		"no name":             {`{"state":{"value":"ALARM","timestamp":"2026-01-01T00:00:00.000+0000"}}`, "detail.alarmName"},
		"no state":            {`{"alarmName":"checkout-errors"}`, "detail.state.value is missing"},
		"no time":             {`{"alarmName":"checkout-errors","state":{"value":"ALARM"}}`, "detail.state.timestamp is missing"},
		"time in another way": {`{"alarmName":"checkout-errors","state":{"value":"ALARM","timestamp":"yesterday"}}`, "write it as 2019-10-02T17:04:40.989+0000"},
		"state as text":       {`{"alarmName":"checkout-errors","state":"ALARM"}`, "detail.state holds a string"},
	} {
		t.Run(name, func(t *testing.T) {
			Run(t, func(w *World) {
				w.Given(Canary)
				id := w.Requested("2")
				w.AtStep(id, 0)
				event := fmt.Sprintf(whole, test.detail)
				w.Redeliver("guard", []byte(event))
				w.Pass(time.Second)
				if got := w.Serves(); got != "1 95 %, 2 5 %" {
					t.Errorf("it moved the traffic to %s", got)
				}
				w.deadLettered("guard", event, test.want)
				w.AlarmRed(Alarm)
				w.Then(w.Ended(id), rollout.RolledBack, began+step+step+back, "1")
			})
		})
	}
}

// A clock that is wrong must not keep traffic on a version that an alarm speaks against.
func TestAlarmFromTheFutureBringsTrafficBackAndOneFromThePastDoesNot(t *testing.T) {
	const red = `{"version":"9","unheard":{"of":[1]},"id":"1","time":"9999-12-31T23:59:59Z","source":"aws.cloudwatch","detail-type":"CloudWatch Alarm State Change",
		"resources":["arn:aws:cloudwatch:us-east-1:123456789012:alarm:checkout-errors"],
		"detail":{"alarmName":"checkout-errors","state":{"value":"ALARM","timestamp":"%s-12-31T23:59:59.999+0000","reason":"a story"}}}`
	Run(t, func(w *World) {
		w.Given(Canary)
		id := w.Requested("2")
		w.AtStep(id, 0)
		w.Redeliver("guard", fmt.Appendf(nil, red, "1999"))
		w.Pass(time.Second)
		if got := w.Serves(); got != "1 95 %, 2 5 %" {
			t.Errorf("an alarm of 1999 moved the traffic to %s", got)
		}
		w.Redeliver("guard", fmt.Appendf(nil, red, "9999"))
		w.Pass(time.Second)
		if got := w.Serves(); got != "1" {
			t.Errorf("after an alarm of the year 9999 the alias serves %s", got)
		}
		w.Then(w.Ended(id), rollout.RolledBack, began+step+back, "1")
	})
}

// Parameters are written by the stack; what a hand made of one is found before anything moves.
func TestDefinitionThatWasSpoiltByHandLetsNobodyIn(t *testing.T) {
	for name, spoilt := range map[string]string{
		"not JSON":         `service: checkout`,
		"nothing":          `{}`,
		"no target":        with(Canary, `{"lambdaAlias":{"function":"checkout","alias":"live"}}`, `{}`),
		"another's target": with(Canary, `"function":"checkout"`, `"function":"checkout:live"`),
		"weights fall":     with(Canary, `"weight":50`, `"weight":1`),
		"endless climb":    with(Canary, `"canary":{"steps":[{"weight":5,"bake":"10m"},{"weight":25,"bake":"10m"},{"weight":50,"bake":"10m"}]}`, `"exponential":{"start":1,"factor":1e308,"bake":"1m"}`),
		"two strategies":   with(Canary, `"strategy":{`, `"strategy":{"allAtOnce":{},`),
		"bake as a number": with(Canary, `"10m"`, `600`),
	} {
		t.Run(name, func(t *testing.T) {
			Run(t, func(w *World) {
				w.Given(Canary)
				w.Define(spoilt)
				r := w.Ended(w.Requested("2"))
				if r.End != rollout.Rejected || !strings.Contains(r.Rejection.Reason, "holds no definition") || r.Rejection.Remedy == "" {
					t.Errorf("ended %s: %+v", r.End, r.Rejection)
				}
				w.untouched()
				w.Define(Canary)
				w.Then(w.Ended(w.Requested("2")), rollout.Succeeded, began+step+step+step+step+ends, "2")
			})
		})
	}
}

// Whatever reaches a function by mistake or malice is refused before it touches anything.
func TestGarbageThatReachesAFunctionMovesNothing(t *testing.T) {
	for _, garbage := range []string{
		`null`, `[]`, `"x"`, `{}`, `7`, `{"release":7,"step":"x"}`, `{"release":"nobody","step":-1}`, `{"release":"","step":99999999999}`,
		`{"detail-type":"Step Functions Execution Status Change","detail":{"input":"no JSON"}}`,
		`{"detail-type":"Step Functions Execution Status Change","detail":{"input":"{\"release\":\"nobody\"}"}}`,
		strings.Repeat("[", 9000) + strings.Repeat("]", 9000),
	} {
		Run(t, func(w *World) {
			w.Given(Canary)
			id := w.Requested("2")
			w.AtStep(id, 0)
			before, serves := w.table(), w.Serves()
			for _, f := range functionNames {
				_, _ = w.Sandbox.Lambda.Call(w.ctx, stackName+"-"+f, []byte(garbage)) // most fail, and none may do anything
			}
			if diff := cmp.Diff(before, w.table()); diff != "" || w.Serves() != serves {
				t.Errorf("%.60s changed the traffic from %s to %s and the table (-before +after):\n%s", garbage, serves, w.Serves(), diff)
			}
			w.Then(w.Ended(id), rollout.Succeeded, began+step+step+step+step+ends, "2")
		})
	}
}

// An alarm that flaps for days would fill the trail; the release ends all the same, and its first lines are still there.
func TestTrailThatFillsTheRecordDoesNotKeepTheReleaseFromItsEnd(t *testing.T) {
	Run(t, func(w *World) {
		w.Given(Canary)
		id := w.Requested("2")
		w.AtStep(id, 0)
		for range 600 { // half a megabyte
			w.must(w.Store.Note(w.ctx, id, rollout.Line{At: time.Now(), Who: "guard", What: strings.Repeat("flap ", 180)}))
		}
		w.Aborted(id)
		r := w.Ended(id)
		w.Then(r, rollout.Aborted, began+step+back, "1")
		if story := Story(r); !strings.Contains(story, "Requested by story") || !strings.Contains(story, "older lines were cut here") || !strings.Contains(story, "grace stopped") {
			t.Errorf("%d lines, which hold neither the beginning nor the end:\n%.2000s", len(r.Audit), story)
		}
	})
}
