package scenario

import (
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"

	"sluice/shared/rollout"
)

// Path is the way that a release took through the state machine, over all the executions that led it, without the choice.
func (w *World) Path(r rollout.Release) string {
	var states []string
	for n := 1; n <= r.Machines; n++ {
		arn := w.execution(r, n)
		states = append(states, w.Sandbox.StepFunctions.Path(arn)...)
	}
	states = slices.DeleteFunc(states, func(s string) bool { return s == string(rollout.Choose) })
	return strings.Join(states, " ")
}

// Transitions counts the state transitions of the execution that a release began with.
func (w *World) Transitions(r rollout.Release) int {
	return w.Sandbox.StepFunctions.Transitions(w.execution(r, 1))
}

func (w *World) execution(r rollout.Release, n int) string {
	name := r.ID
	if n > 1 {
		name = fmt.Sprintf("%s-%d", r.ID, n)
	}
	return w.home.ARN("states", "execution:"+stackName+"-release:"+name)
}

// Then compares how a release ended, the path it took, and what the alias really serves.
func (w *World) Then(r rollout.Release, end rollout.End, path string, serves string) {
	w.T.Helper()
	if r.End != end {
		w.T.Errorf("release %s ended %q, want %q; its story:\n%s", r.ID, r.End, end, Story(r))
	}
	if got := w.Path(r); got != path {
		w.T.Errorf("path of %s:\n got %s\nwant %s\nits story:\n%s", r.ID, got, path, Story(r))
	}
	if got := w.Serves(); got != serves {
		w.T.Errorf("the alias serves %s, want %s; story of %s:\n%s", got, serves, r.ID, Story(r))
	}
	w.quiet()
}

// Serves reads what the target divides its traffic between: "1", or "1 95 %, 2 5 %".
func (w *World) Serves() string {
	w.T.Helper()
	s := w.split()
	if s.Serves(s.Stable) {
		return s.Stable
	}
	return s.String()
}

func (w *World) split() rollout.Split {
	w.T.Helper()
	if w.kind != nil {
		return w.kind.Serves(w)
	}
	out, err := w.Lambda.GetAlias(w.ctx, &lambda.GetAliasInput{FunctionName: &w.service, Name: aws.String(Alias)})
	w.must(err)
	s := rollout.Split{Stable: aws.ToString(out.FunctionVersion)}
	if out.RoutingConfig != nil {
		for version, weight := range out.RoutingConfig.AdditionalVersionWeights {
			s.Candidate, s.Weight = version, rollout.FromFraction(weight)
		}
	}
	return s
}

// quiet checks that nothing was refused for want of a permission and that no event was given up so far.
func (w *World) quiet() {
	w.T.Helper()
	w.journal.mu.Lock()
	calls := slices.Clone(w.calls)
	w.journal.mu.Unlock()
	for _, c := range calls {
		if c.Err != nil && strings.Contains(c.Err.Error(), "not authorized") {
			w.T.Errorf("%s was refused: %v", c.Function, c.Err)
		}
	}
	w.nothingGivenUp()
}

// Story is a release's audit trail as text.
func Story(r rollout.Release) string {
	var b strings.Builder
	for _, l := range r.Audit {
		fmt.Fprintf(&b, "  %s %-9s %s\n", l.At.UTC().Format("15:04:05.000"), l.Who, l.What)
	}
	return b.String()
}
