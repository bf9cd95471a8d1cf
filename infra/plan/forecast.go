package plan

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"sluice/shared/cloudwatch"
	"sluice/shared/judge"
	"sluice/shared/kind"
	"sluice/shared/rollout"
)

// weekly reads what a target served in the minutes of the last week.
type weekly func(context.Context, kind.Spec) ([]judge.Counts, error)

// lastWeek is weekly with the credentials of the AWS CLI.
func lastWeek(ctx context.Context, t kind.Spec) ([]judge.Counts, error) {
	cfg, err := credentials(ctx)
	if err != nil {
		return nil, err
	}
	return cloudwatch.New(cfg).Week(ctx, t, time.Now())
}

// forecast says what judging would do with the service's own traffic, or why that cannot be said.
func forecast(ctx context.Context, d rollout.Definition, read weekly) string {
	compared := slices.DeleteFunc(slices.Clone(d.Checks.Errors), func(e rollout.Compared) bool { return e.DryRun })
	if len(compared) == 0 {
		return ""
	}
	compared = slices.DeleteFunc(compared, func(e rollout.Compared) bool { return e.Metrics != nil })
	if len(compared) == 0 {
		return paragraph("What judging would do with last week's traffic is not known: plan reads the target's own metrics, and errors are counted by others here. `make replay` judges the evidence of a release.")
	}
	week, err := read(ctx, d.Target.Spec())
	if err != nil {
		return paragraph(fmt.Sprintf("What judging would do with last week's traffic is not known: %s. With credentials that may cloudwatch:GetMetricData, plan tells how long a bad release would go unnoticed.", cloudwatch.Why(err)))
	}
	total := judge.Counts{}
	for _, c := range week {
		total.Requests, total.Errors = total.Requests+c.Requests, total.Errors+c.Errors
	}
	if total.Requests == 0 {
		return paragraph(fmt.Sprintf("Nothing came through %s in the last week: judging would have nothing to look at. Do callers name the %s?", d.Target.Spec(), d.Target.Facts().Title))
	}
	d.Checks.Errors, d.Checks.Latency, d.Checks.Ceilings, d.Checks.Bounds = compared[:1], nil, nil, nil
	return outlook{d, week, total}.String()
}

// outlook plays releases on the minutes of a week. Chance is fixed: the same week gives the same page.
type outlook struct {
	definition rollout.Definition
	week       []judge.Counts
	total      judge.Counts
}

// A page should come at once: the more minutes a release has, the fewer releases are played.
const (
	fewest, mostPlayed = 20, 200
	playedMinutes      = 60000
)

func (o outlook) String() string {
	var page strings.Builder
	steps := slices.DeleteFunc(slices.Clone(o.definition.Steps()), func(s rollout.Step) bool { return s.Bake == 0 || s.Weight == rollout.None || s.Weight == rollout.All })
	if len(steps) == 0 {
		return ""
	}
	back, runs := 0, runsOf(steps)
	for run := range runs {
		if o.play(steps, 1, run, runs).Back {
			back++
		}
	}
	fmt.Fprintf(&page, "\n  By last week's traffic (%s requests a minute, %.2g %% failed), comparing errors:\n", pace(o.total.Requests, len(o.week)), o.total.Percent())
	fmt.Fprintf(&page, "  a good release would go back in %d of %d. A bad one would go unnoticed for\n  (found within the step):\n", back, runs)
	page.WriteString("  weight       twice as many errors     three times as many\n")
	for _, s := range steps {
		fmt.Fprintf(&page, "  %6v   %24s %23s\n", s.Weight, o.unnoticed(s, 2), o.unnoticed(s, 3))
	}
	return page.String()
}

func runsOf(steps []rollout.Step) int {
	minutes := 0
	for _, s := range steps {
		minutes += int(s.Bake.Std().Minutes())
	}
	return min(mostPlayed, max(fewest, playedMinutes/max(1, minutes)))
}

// play plays one of several releases that begin at times spread over the week.
func (o outlook) play(steps []rollout.Step, ratio float64, run, runs int) judge.Outcome {
	r := rand.New(rand.NewPCG(uint64(run), uint64(ratio)))
	begin := run * len(o.week) / runs
	return judge.Rehearsal{Definition: o.definition, Steps: steps}.Play(func(minute, _ int, w rollout.Weight) judge.Served {
		return judge.Served{Arms: []judge.Arms{judge.Spread(r, o.week[(begin+minute)%len(o.week)], w, ratio)}}
	})
}

// unnoticed is how long half of the bad releases stay at a step, and how many of them it finds.
func (o outlook) unnoticed(s rollout.Step, ratio float64) string {
	steps := []rollout.Step{s}
	runs := runsOf(steps)
	var found []int
	for run := range runs {
		if out := o.play(steps, ratio, run, runs); out.Back {
			found = append(found, out.Minutes)
		}
	}
	slices.Sort(found)
	share := fmt.Sprintf("(%d of 100)", 100*len(found)/runs)
	if 2*len(found) < runs {
		return "its whole bake " + share
	}
	return rollout.Duration(time.Duration(found[(runs-1)/2])*time.Minute).String() + " " + share
}

func pace(requests, minutes int) string {
	if each := float64(requests) / float64(minutes); each < 10 {
		return fmt.Sprintf("%.2g", each)
	}
	return fmt.Sprintf("%d", requests/minutes)
}
