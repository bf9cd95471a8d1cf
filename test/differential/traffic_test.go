package differential

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"sluice/events"
	"sluice/test/scenario"
)

// The stories whose traffic is held against AWS's own description of its APIs: together they make every call that Sluice
// makes, and meet the refusals that it reckons with.
var stories = map[string]func(w *scenario.World){
	"promoted": func(w *scenario.World) {
		w.Given(scenario.Canary)
		w.Subscribe()
		w.Traffic(30)
		w.Ended(w.Requested("2"))
		w.Pass(time.Minute)
	},
	"judged by its errors": func(w *scenario.World) {
		w.Given(strings.Replace(scenario.Canary, `"guard":{"alarms":["checkout-errors"]}`, `"guard":{"alarms":["checkout-errors"]},"checks":{"ceilings":[{"percent":2,"errors":3,"requests":10}]}`, 1))
		w.Traffic(60)
		w.Breaks("2", 0.05)
		w.Ended(w.Requested("2"))
	},
	"taken back by its alarm": func(w *scenario.World) {
		w.Given(scenario.Canary)
		id := w.Requested("2")
		w.AtStep(id, 1)
		w.AlarmRed(scenario.Alarm)
		w.Ended(id)
	},
	"tested before it gets traffic, and aborted": func(w *scenario.World) {
		w.Given(strings.Replace(scenario.Canary, `{"weight":5,"bake":"10m"}`, `{"weight":5,"bake":"10m","test":{"payload":{"ping":true}}}`, 1))
		id := w.Requested("2")
		w.AtStep(id, 0)
		w.Aborted(id)
		w.Ended(id)
	},
	"queued, then promoted by hand": func(w *scenario.World) {
		w.Given(scenario.Canary)
		first := w.Requested("2")
		w.AtStep(first, 0)
		second := w.Requested("3")
		w.Pass(time.Minute)
		w.PromotedNow(first)
		w.Ended(first)
		w.Ended(second)
	},
	"rejected for a version that does not exist": func(w *scenario.World) {
		w.Given(scenario.Canary)
		w.Ended(w.Requested("77"))
	},
	"pushed, built, and built in vain": func(w *scenario.World) {
		w.Given(scenario.Pushed)
		w.GivenProject()
		w.Builds(scenario.Commit(1), time.Minute, 2)
		w.Builds(scenario.Commit(2), time.Minute, 0, "exit status 1")
		w.Builds(scenario.Commit(3), time.Hour, 3)
		for n := 1; n <= 3; n++ {
			w.Ended(w.Pushes(scenario.Commit(n)))
		}
	},
	"rejected for a service that does not exist": func(w *scenario.World) {
		w.Given(scenario.Canary)
		w.Ended(w.Request(events.ReleaseRequest{Service: "search", Revision: "2"}))
	},
	"finished by sweep": func(w *scenario.World) {
		w.Given(scenario.Canary)
		id := w.Requested("2")
		w.AtStep(id, 1)
		w.Killed(id)
		w.Ended(id)
	},
}

func TestEveryCallIsAsAWSDescribesIt(t *testing.T) {
	seen := map[string]int{}
	for name, story := range stories {
		t.Run(name, func(t *testing.T) { described(t, traffic(t, scenario.Options{Edit: scenario.WithTests}, story), seen) }) // one of them has a step with a test
	}
	for _, service := range []string{"cloudwatch", "codebuild", "logs", "secretsmanager", "dynamodb", "events", "lambda", "sns", "ssm", "stepfunctions"} {
		if !slices.ContainsFunc(slices.Collect(maps.Keys(seen)), func(call string) bool { return strings.HasPrefix(call, service+" ") }) {
			t.Errorf("no story calls %s, so nothing is known of it", service)
		}
	}
	for _, call := range slices.Sorted(maps.Keys(seen)) {
		t.Logf("%5d %s", seen[call], call)
	}
}

// A stage is read and patched, and a deployment that there is not is refused.
func TestEveryCallOfAnAPIStageIsAsAWSDescribesIt(t *testing.T) {
	seen := map[string]int{}
	described(t, traffic(t, scenario.Options{Kind: scenario.APIStage{}}, func(w *scenario.World) {
		w.Given(scenario.Canary)
		w.Ended(w.Requested("404"))
		w.Ended(w.Requested("2"))
		w.AlarmRed(scenario.Alarm)
		w.Pass(10 * time.Minute)
	}), seen)
	for _, call := range []string{"GetStage", "UpdateStage", "GetDeployment"} {
		if seen["apigateway "+call] == 0 {
			t.Errorf("the story does not call %s", call)
		}
	}
}

// described compares calls with what AWS says of them, and counts them.
func described(t *testing.T, calls []exchange, seen map[string]int) {
	t.Helper()
	data, old := botocore(t)
	open := func(service string) *model { return readModel(t, data, service) }
	for _, x := range calls {
		p, err := x.parse(open)
		if err != nil {
			t.Errorf("%s %s %s: %v", x.method, x.path, x.header.Get("X-Amz-Target"), err)
			continue
		}
		seen[p.service+" "+p.operation]++
		for _, problem := range unlike(open(p.service), p, old) {
			t.Errorf("%s %s: %s", p.service, p.operation, problem)
		}
	}
}

// traffic tells a story and gives what went over the wire.
func traffic(t *testing.T, o scenario.Options, story func(w *scenario.World)) []exchange {
	t.Helper()
	ear := &ear{t: t}
	o.Wrap = ear.around
	scenario.RunWith(t, o, story)
	return ear.heard
}

// An ear keeps what goes over the wire.
type ear struct {
	t     *testing.T
	mu    sync.Mutex
	heard []exchange
}

func (e *ear) around(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		x, err := overheard(next, w, r)
		e.mu.Lock()
		defer e.mu.Unlock()
		if err != nil {
			e.t.Error(err)
		}
		e.heard = append(e.heard, x)
	})
}

// unlike lists what differs between a call and its model.
func unlike(m *model, p parsed, old bool) []string {
	op, known := m.Operations[p.operation]
	switch {
	case !known && old:
		return nil
	case !known:
		return []string{"the model knows no such operation"}
	}
	c := checker{model: m, request: true, old: old}
	if op.Input.Shape != "" {
		c.check(op.Input.Shape, p.input, "request")
	}
	c.request = false
	switch {
	case p.code != "":
		c.declared(op, p.code)
	case op.Output.Shape != "":
		c.check(op.Output.Shape, p.output, "answer")
	}
	return c.problems
}

// common are the errors that any operation may answer with
// (https://docs.aws.amazon.com/awssupport/latest/APIReference/CommonErrors.html, and for the query protocol
// https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/CommonErrors.html), so that models do not name them.
var common = []string{"AccessDeniedException", "ThrottlingException", "ValidationException", "ServiceUnavailable", "InternalFailure", "ValidationError", "Throttling"}

// declared wants an error that the operation declares, or a common one.
func (c *checker) declared(op operation, code string) {
	codes := slices.Clone(common)
	for _, e := range op.Errors {
		codes = append(codes, e.Shape)
		if s := c.model.Shapes[e.Shape]; s.Error.Code != "" {
			codes = append(codes, s.Error.Code)
		}
	}
	if !slices.Contains(codes, code) {
		c.problems = append(c.problems, fmt.Sprintf("error %s: the operation does not declare it", code))
	}
}
