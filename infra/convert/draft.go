package convert

import (
	"fmt"
	"regexp"
	"strings"
	"time"

	"sluice/shared/judge"
	"sluice/shared/kind"
	"sluice/shared/rollout"
)

// A Draft is a definition that lacks its target.
type Draft struct {
	Service string
	From    string            // what it is made of: "function CheckoutFunction"
	Line    int               // where that begins
	Kind    kind.ID           // of target; empty when it is Refused
	Answers map[string]string // what the file says of the target, by the flags of sluice init
	Notes   []Note
	Refused *rollout.Rejection // why no kind of target can take it; nil: one can

	said   rollout.Definition // all but service and target
	asks   []ask
	sticks int             // seconds for which a client stays with a pool
	marks  *kind.ALBHeader // which requests meet the candidate first
}

// An ask is a question to people before the candidate gets a weight.
type ask struct {
	before rollout.Weight
	within rollout.Duration
	silent rollout.WhenSilent
}

// windows are the revert windows that a definition may have that says none, the longest first: not every kind can go back after a promotion.
var windows = []time.Duration{24 * time.Hour, time.Hour, 0}

// Alarms are those that the file names.
func (d Draft) Alarms() []string { return d.said.Guard.Alarms }

// Definition is the whole definition, with all the alarms that it is to have. Marked is the priority of the rule for marked requests,
// where there are any. The error says what the target's kind cannot carry out.
func (d Draft) Definition(t rollout.Target, alarms []string, marked int) (rollout.Definition, error) {
	whole := d.said
	whole.Service, whole.Target = d.Service, t
	whole.Guard.Alarms = alarms
	if r := whole.Target.ALBRule; r != nil {
		rule := *r
		if rule.StickySeconds = d.sticks; d.marks != nil {
			rule.Marked = &kind.ALBMark{Priority: marked, Header: *d.marks}
		}
		whole.Target.ALBRule = &rule
	}
	for _, a := range d.asks {
		whole.Approvals = append(whole.Approvals, a.approval(whole))
	}
	if whole.RevertWindow == 0 {
		for _, w := range windows {
			if whole.RevertWindow = rollout.Duration(w); len(whole.Validate()) == 0 {
				break
			}
		}
	}
	if problems := whole.Validate(); len(problems) > 0 {
		lines := make([]string, len(problems))
		for i, p := range problems {
			lines[i] = p.String()
		}
		return whole, fmt.Errorf("%s cannot be released like this to %s: %s", d.Service, t.Kind(), strings.Join(lines, "\n"))
	}
	return whole, nil
}

// approval is the question as a definition has it.
func (a ask) approval(d rollout.Definition) rollout.Approval {
	found := rollout.Approval{From: names(d.People), Within: a.within, WhenSilent: a.silent}
	first := true
	for i, s := range d.Steps() {
		switch {
		case s.Weight == rollout.All && a.before >= rollout.All:
			found.Before = rollout.BeforeLast
			return found
		case s.Weight > rollout.None && s.Weight >= a.before && first:
			found.Before = rollout.BeforeFirst
			return found
		case s.Weight >= a.before && s.Weight > rollout.None:
			found.Step = i + 1
			return found
		}
		first = first && s.Weight == rollout.None
	}
	found.Before = rollout.BeforeLast
	return found
}

// Marked says whether a step gives the candidate marked requests alone, for which a rule of the load balancer needs a priority.
func (d Draft) Marked() bool { return d.marks != nil }

// Blind notes that steps end before a check can have seen anything of them.
func Blind(d rollout.Definition) []Note {
	whole := d.WithDefaults()
	again := max(whole.Checks.WhenInconclusive.Extend, whole.Checks.WhenInconclusive.Wait)
	var slowest judge.Stream
	for _, s := range judge.Streams(whole) {
		if s.Lag()+s.Warming > slowest.Lag()+slowest.Warming || slowest.Check == "" {
			slowest = s
		}
	}
	takes := slowest.Lag() + slowest.Warming
	var steps []string
	shortest := takes
	for i, step := range d.Strategy.Steps() {
		if slowest.Check != "" && step.Bake > 0 && step.Weight > rollout.None && step.Weight < rollout.All && step.Bake.Std() <= takes {
			steps, shortest = append(steps, fmt.Sprint(i+1)), min(shortest, step.Bake.Std())
		}
	}
	if len(steps) == 0 {
		return nil
	}
	n := Note{
		Says: "step " + strings.Join(steps, ", ") + ", which bakes " + rollout.Duration(shortest).String(), Fate: Differs,
		Here: fmt.Sprintf("%s has seen nothing of it when it ends, because CloudWatch's counts are %s old. It bakes again then, %d times at most, so the release takes longer than the file says", checkOf(slowest.Check), rollout.Duration(takes), again),
		Do:   fmt.Sprintf("bake for %s at least", rollout.Duration((takes + time.Minute).Round(time.Minute))),
	}
	if shortest*time.Duration(1+again) <= takes {
		n.Here = fmt.Sprintf("%s never sees anything of it, because CloudWatch's counts are %s old, and it bakes %s with all repetitions. A release goes back whatever it does", checkOf(slowest.Check), rollout.Duration(takes), rollout.Duration(shortest*time.Duration(1+again)))
	}
	return []Note{n}
}

// checkOf is how a definition names a check: checks.errors[0] for errors0.
func checkOf(check string) string {
	name := strings.TrimRight(check, "0123456789")
	return fmt.Sprintf("checks.%s[%s]", name, check[len(name):])
}

var (
	lowerUpper = regexp.MustCompile(`([a-z0-9])([A-Z])`)
	unfit      = regexp.MustCompile(`[^a-z0-9]+`)
)

// serviceName makes a service's name of another tool's: "CheckoutFunction" is "checkout".
func serviceName(theirs string) string {
	name := lowerUpper.ReplaceAllString(theirs, "$1-$2")
	name = strings.Trim(unfit.ReplaceAllString(strings.ToLower(name), "-"), "-")
	if short := strings.TrimSuffix(name, "-function"); short != "" {
		name = short
	}
	name = strings.TrimLeft(name, "0123456789-")
	return strings.TrimRight(name[:min(len(name), 40)], "-")
}

func appendNew(all []string, one string) []string {
	for _, a := range all {
		if a == one {
			return all
		}
	}
	return append(all, one)
}
