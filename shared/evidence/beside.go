package evidence

import (
	"context"
	"fmt"
	"time"

	"sluice/shared/cloudwatch"
	"sluice/shared/judge"
	"sluice/shared/kind"
	"sluice/shared/rollout"
)

// beside adds to what is said of errors how many requests were answered with one by what stands before the target, since the step began. That is no
// check: nobody knows which revision such a request would have met.
func (b *Book) beside(ctx context.Context, d rollout.Definition, found []judge.Finding, since, now time.Time) []judge.Finding {
	t, answers := d.Target.Spec().(kind.Answering)
	if !answers || len(d.Checks.Errors) == 0 {
		return found
	}
	_, who := t.Answers()
	if who == "" {
		return found
	}
	said := ""
	switch n, err := b.watcher.Beside(ctx, t, since, now); {
	case err != nil:
		said = fmt.Sprintf(" What %s answered by itself could not be read (%s).", who, cloudwatch.Why(err))
	case n > 0:
		said = fmt.Sprintf(" Since the step began %s answered %d requests of all its rules with 5XX by itself, and does not say for which revision.", who, n)
	}
	for i := range found {
		if found[i].By == "errors" {
			found[i].Why += said
		}
	}
	return found
}
