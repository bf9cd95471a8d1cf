package scenario

import (
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"time"

	"sluice/shared/kind"
	"sluice/shared/rollout"
	"sluice/test/sandbox/appconfig"
)

// A Contender is a kind of target with a definition that it can carry out, for what is measured of every kind.
type Contender struct {
	Name       string
	Kind       Kind // nil for an alias
	Definition string
	Candidate  func(w *World) (revision string)
	Next       func(w *World, released string) (revision string) // to be released after that
	Slow       func(steps int) (moves int)                       // how many moves of a release take a while
	Moves      []string                                          // the calls that move its traffic
	// Asks makes one request as a client does, and says whether the candidate answered; nil: clients of a name, who keep its address.
	Asks   func(w *World, candidate string) bool
	Within time.Duration // from an alarm on, the candidate may serve so long
}

// Contenders are the kinds whose traffic Sluice divides itself, and ECS, which divides it at our word.
func Contenders() []Contender {
	word := func(revision string) func(*World) string { return func(*World) string { return revision } }
	next := func(a, b string) func(*World, string) string {
		return func(_ *World, released string) string { return map[bool]string{true: a, false: b}[released == b] }
	}
	cleaned := func(w *World, _ string) string { // ECS has stopped the tasks of before
		w.Pass(10 * time.Minute)
		return OnECS{}.Pushed(w)
	}
	pushed := func(w *World, _ string) string { return Tasks{}.Pushed(w) }
	launched := func(w *World, _ string) string { return Instances{}.Pushed(w) }
	none, one, each := func(int) int { return 0 }, func(int) int { return 1 }, func(steps int) int { return steps }
	andTwo := func(steps int) int { return steps + 2 } // staging gets its configuration before it gets traffic, and gives it up after a promotion
	asks := func(w *World, candidate string) bool { return w.shop.Ask() == candidate }
	andOne := func(steps int) int { return steps + 1 } // the tasks come up before the first weight
	moved := 10 * time.Second                          // ECS moves the rule a little after it was told to
	rule, batch, edges := []string{"elasticloadbalancing:ModifyRule"}, []string{"route53:ChangeResourceRecordSets"}, 4*time.Minute
	stores := 10 * time.Second
	return []Contender{
		{"Lambda alias", nil, Canary, word("2"), next("2", "3"), none, []string{"lambda:UpdateAlias"}, (*World).asksAlias, time.Second},
		{"load balancer rule, tasks of ECS", Tasks{}, Canary, Tasks{}.Pushed, pushed, one, rule, asks, time.Second},
		{"load balancer rule, Auto Scaling groups", Instances{}, Canary, Instances{}.Pushed, launched, one, rule, asks, time.Second},
		{"load balancer rule, targets of somebody else", External{Green: "2"}, Canary, word("2"), External{}.refilled, one, rule, asks, time.Second},
		{"load balancer rule, by its priority", ByPriority{External{Green: "2"}}, Canary, word("2"), External{}.refilled, one, rule, asks, time.Second},
		{"API stage", APIStage{}, Canary, word("2"), next("2", "3"), none, []string{"apigateway:UpdateStage"}, (*World).asksStage, time.Second},
		{"record set", Records{}, Canary, word("green"), next("green", "blue"), each, batch, nil, 2*time.Minute + surfs},
		{
			"distribution",
			Edge{Takes: edges},
			upToFifteen, word("2"), (*World).draftedAfter, andTwo,
			[]string{"cloudfront:UpdateContinuousDeploymentPolicy", "cloudfront:UpdateDistribution"},
			(*World).asksEdge, edges,
		},
		{"service of ECS", OnECS{}, inQuarters, OnECS{}.Pushed, cleaned, andOne, []string{"ecs:StopServiceDeployment"}, asks, moved},
		{"feature flag", Flag{}, Canary, word("2"), next("1", "2"), each, []string{"appconfig:StartDeployment"}, (*World).asksFlag, appconfig.UsualPoll + time.Second},
		{"key value store", EdgeFunction{Takes: stores}, Canary, word("2"), next("1", "2"), none, []string{"cloudfront-keyvaluestore:PutKey"}, (*World).asksEdge, stores},
	}
}

// refilled has somebody fill the pool that does not serve any more.
func (e External) refilled(w *World, released string) string {
	pool, revision := "blue", "3"
	if released == "3" {
		pool, revision = "green", "4"
	}
	e.Holds(w, pool, revision)
	return revision
}

func (w *World) draftedAfter(released string) string {
	next := "3"
	if released == w.Revision("3") {
		next = "4"
	}
	w.Drafted(next)
	return next
}

// asksAlias invokes the alias. Which version answered shows in what it has served.
func (w *World) asksAlias(candidate string) bool {
	before := w.servedBy(candidate)
	_, _ = w.Sandbox.Lambda.Call(w.ctx, w.service+":"+Alias, []byte(`{}`)) // the candidate may fail
	return w.servedBy(candidate) > before
}

func (w *World) asksStage(candidate string) bool {
	before := w.servedBy(candidate)
	w.APIGateway().Stage(w.stage().API, w.stage().Stage).ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "http://shop.localhost/cart", nil))
	return w.servedBy(candidate) > before
}

func (w *World) asksEdge(candidate string) bool {
	met := false
	for at := range w.edges().Edges() {
		met = w.View(at) == candidate || met
	}
	return met
}

// inQuarters is Canary with weights that ECS can climb. ECS bakes as long as the revert window, and the next release waits for that: there is none.
const inQuarters = `{"service":"checkout","target":{"lambdaAlias":{"function":"checkout","alias":"live"}},
	"strategy":{"canary":{"steps":[{"weight":25,"bake":"10m"},{"weight":50,"bake":"10m"},{"weight":75,"bake":"10m"}]}},
	"people":{"grace":{"event":"grace"}},"guard":{"alarms":["checkout-errors"]}}`

// upToFifteen is Canary with weights that CloudFront can give.
const upToFifteen = `{"service":"checkout","target":{"lambdaAlias":{"function":"checkout","alias":"live"}},
	"strategy":{"canary":{"steps":[{"weight":5,"bake":"10m"},{"weight":15,"bake":"10m"}]}},
	"people":{"grace":{"event":"grace"}},"guard":{"alarms":["checkout-errors"]},"revertWindow":"1h"}`

// Return is how traffic came back from a candidate after an alarm.
type Return struct {
	Calls int           // of guard, until the traffic moved
	Meets time.Duration // from the alarm to the last request that met the candidate
}

// BackByAlarm has a release of the contender's candidate meet a red alarm while it bakes and clients come ten times a second.
func (c Contender) BackByAlarm(w *World) Return {
	w.T.Helper()
	w.Given(c.Definition)
	w.Pass(5 * time.Minute)
	candidate := c.Candidate(w)
	id, met := w.Requested(candidate), c.clients(w, candidate)
	for range 60 {
		if r, _ := w.Recorded(id); !r.BakeUntil.IsZero() && time.Until(r.BakeUntil) > 2*time.Minute && w.Lease().Weight > 0 {
			break
		}
		w.Pass(time.Minute)
	}
	w.Pass(23 * time.Second) // at a full minute others may bring the traffic back before guard does
	if met().IsZero() {
		w.T.Errorf("no client met the candidate of the %s", c.Name)
	}
	began := time.Now()
	w.AlarmRed(Alarm)
	w.Ended(id)
	w.Pass(5 * time.Minute)
	calls := w.CallsUntil(c.guard(), c.Moves...)
	if len(calls) == 0 {
		w.T.Errorf("guard did not move the traffic of the %s: %v", c.Name, w.Calls(c.guard()))
	}
	return Return{len(calls), max(0, met().Sub(began))}
}

// clients come steadily. met is when the last of them met the candidate.
func (c Contender) clients(w *World, candidate string) (met func() time.Time) {
	if c.Asks == nil {
		surfers := w.Surf(50)
		return func() time.Time {
			_, last := surfers.Met(candidate)
			return last
		}
	}
	var last atomic.Int64
	w.steadily(600, func() {
		if c.Asks(w, candidate) {
			last.Store(time.Now().UnixNano())
		}
	})
	return func() time.Time {
		if at := last.Load(); at > 0 {
			return time.Unix(0, at)
		}
		return time.Time{}
	}
}

// Promoted has three releases succeed, and counts the transitions of the last and its steps: from those before it, Sluice knows how long moves take.
func (c Contender) Promoted(w *World) (transitions, steps int) {
	w.T.Helper()
	w.Given(c.Definition)
	var r rollout.Release
	for _, revision := range []string{c.Candidate(w), "", ""} {
		if revision == "" {
			revision = c.Next(w, r.Revision.Version)
		}
		if r = w.Ended(w.Requested(revision)); r.End != rollout.Succeeded {
			w.T.Errorf("the %s ended %q; its story:\n%s", c.Name, r.End, Story(r))
		}
	}
	return w.Transitions(r), len(r.Steps)
}

// Most is how many transitions a release of so many steps may take. A move that its service takes a while to carry out is asked about twice; one of ECS may
// last longer than those before it, because tasks come up and drain as they like, and is asked about once more then.
func (c Contender) Most(steps int) int {
	each := 6
	if _, varies := c.Kind.(OnECS); varies {
		each = 9
	}
	return rollout.Transitions(steps) + each*c.Slow(steps)
}

// guard is the name of the guard for the kind.
func (c Contender) guard() string {
	if c.Kind == nil {
		return "guard"
	}
	return kind.Of(c.Kind.ID()).Function("guard")
}
