package scenario

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	awslambda "github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda"

	"sluice/functions/admit"
	"sluice/functions/ask"
	"sluice/functions/build"
	"sluice/functions/button"
	"sluice/functions/command"
	"sluice/functions/console"
	"sluice/functions/count"
	"sluice/functions/decide"
	"sluice/functions/gates"
	"sluice/functions/github"
	"sluice/functions/guard"
	"sluice/functions/hook"
	"sluice/functions/judge"
	"sluice/functions/look"
	"sluice/functions/notify"
	"sluice/functions/pipeline"
	"sluice/functions/plan"
	"sluice/functions/progress"
	"sluice/functions/rollback"
	"sluice/functions/scan"
	"sluice/functions/settle"
	"sluice/functions/shift"
	"sluice/functions/slack"
	"sluice/functions/source"
	"sluice/functions/stage"
	"sluice/functions/sweep"
	"sluice/functions/tick"
	"sluice/functions/trigger"
	"sluice/functions/wait"
	"sluice/functions/watch"
	"sluice/functions/webhook"
	"sluice/shared/kind"
	"sluice/shared/start"
	"sluice/test/sandbox/wire"
)

var builds = map[string]start.Build{
	"trigger": trigger.New, "plan": plan.New, "admit": admit.New, "gates": gates.New, "scan": scan.New, "ask": ask.New, "count": count.New, "wait": wait.New, "hook": hook.New, "shift": shift.New, "judge": judge.New,
	"rollback": rollback.New, "settle": settle.New, "guard": guard.New, "decide": decide.New, "sweep": sweep.New, "notify": notify.New, "slack": slack.New, "button": button.New, "command": command.New, "console": console.New, "webhook": webhook.New,
	"build": build.New, "progress": progress.New, "source": source.New, "github": github.New, "look": look.New, "watch": watch.New, "pipeline": pipeline.New, "stage": stage.New, "tick": tick.New,
}

// allFunctions are those of engines for any kind of target; functionNames are those of an engine for aliases, which nobody asks at ticks.
var (
	allFunctions  = slices.Sorted(maps.Keys(builds))
	longestFirst  = slices.SortedFunc(maps.Keys(builds), func(a, b string) int { return cmp.Compare(len(b), len(a)) })
	functionNames = slices.DeleteFunc(slices.Clone(allFunctions), func(name string) bool { return !kind.Wanted(name, []kind.ID{kind.LambdaAliasID}) })
)

// behaviour is how versions of the demo service answer.
type behaviour struct {
	lock   *sync.Mutex
	broken map[string]float64 // share of requests that fail, by version
	slow   map[string]slowness
	served map[string]int
}

func newBehaviour() behaviour {
	return behaviour{lock: &sync.Mutex{}, broken: map[string]float64{}, slow: map[string]slowness{}, served: map[string]int{}}
}

// slowness is how long requests take: most of them, and a share of them.
type slowness struct {
	most, some time.Duration
	share      float64
}

// Slows makes a version of the service take its time, and more of it for a share of its requests.
func (b behaviour) Slows(version string, most, some time.Duration, share float64) {
	b.lock.Lock()
	defer b.lock.Unlock()
	b.slow[version] = slowness{most, some, share}
}

// takes is how long the next request of a version takes; slow ones are spread evenly, too.
func (b behaviour) takes(version string) time.Duration {
	b.lock.Lock()
	defer b.lock.Unlock()
	s, n := b.slow[version], float64(b.served[version]+1)
	if int(n*s.share) > int((n-1)*s.share) {
		return s.some
	}
	return s.most
}

// Breaks makes a version of the service fail a share of its requests.
func (b behaviour) Breaks(version string, share float64) {
	b.lock.Lock()
	defer b.lock.Unlock()
	b.broken[version] = share
}

// servedBy is how many requests a version has served.
func (b behaviour) servedBy(version string) int {
	b.lock.Lock()
	defer b.lock.Unlock()
	return b.served[version]
}

// answer spreads failures evenly, so that a story is the same each time.
func (b behaviour) answer(version string) error {
	b.lock.Lock()
	defer b.lock.Unlock()
	b.served[version]++
	n, share := float64(b.served[version]), b.broken[version]
	if int(n*share) > int((n-1)*share) {
		return fmt.Errorf("version %s is broken", version)
	}
	return nil
}

// inProcess is the code of every function in the world: Sluice's handlers, the demo service, and what tests it.
func (w *World) inProcess(function, version string) func(context.Context, []byte) ([]byte, error) {
	name, ours := strings.CutPrefix(function, stackName+"-")
	if tests, ok := w.testers.Load(function); ok {
		return tests.(func(context.Context, []byte) ([]byte, error))
	}
	if !ours {
		return func(context.Context, []byte) ([]byte, error) {
			select {
			case <-time.After(w.takes(version)):
			case <-w.ctx.Done(): // the story is over
			}
			return []byte(`{"statusCode":200,"body":"served"}`), w.answer(version)
		}
	}
	if built, ok := w.handlers.Load(name); ok {
		return w.heard(name, awslambda.NewHandler(built)) // its own, because it reuses the memory of its last answer
	}
	cfg, err := w.Sandbox.ConfigFor(function)
	w.must(err)
	if way, ok := cfg.HTTPClient.(http.RoundTripper); ok { // with the time-out that functions have on AWS
		cfg.HTTPClient = &http.Client{Transport: way, Timeout: start.Answers}
	}
	variables, err := w.Sandbox.Lambda.GetFunctionConfiguration(w.ctx, &lambda.GetFunctionConfigurationInput{FunctionName: &function})
	w.must(err)
	handler, err := builds[kindless(name)](start.World{
		AWS: cfg, HTTP: &http.Client{Transport: wire.Client(w.outside())}, Public: w.internet(), Getenv: func(key string) string { return variables.Environment.Variables[key] },
		Stdout: metricLines{w}, Log: slog.New(w.log), Now: w.now,
	})
	w.must(err)
	w.handlers.Store(name, handler)
	return w.heard(name, awslambda.NewHandler(handler))
}

// kindless is a function's name without the suffix of the kind that it is made for.
func kindless(name string) string {
	for _, f := range kind.All() {
		if row, cut := strings.CutSuffix(name, f.Suffix); cut && f.Suffix != "" {
			return row
		}
	}
	return name
}

// heard keeps a function's events for those who want to deliver them again.
func (w *World) heard(name string, h awslambda.Handler) func(context.Context, []byte) ([]byte, error) {
	return func(ctx context.Context, event []byte) ([]byte, error) {
		w.journal.mu.Lock()
		w.invoked[name] = event
		w.journal.mu.Unlock()
		return h.Invoke(ctx, event)
	}
}

// metricLines gives what a function prints to CloudWatch.
type metricLines struct{ w *World }

func (m metricLines) Write(p []byte) (int, error) {
	for line := range bytes.Lines(p) {
		m.w.must(m.w.Sandbox.CloudWatch.Log(line))
	}
	return len(p), nil
}
