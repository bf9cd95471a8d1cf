package plan

import (
	"context"
	"fmt"
	"strings"

	"sluice/shared/cloudwatch"
	"sluice/shared/rollout"
)

// levels reads alarms as they are now.
type levels func(ctx context.Context, names []string) ([]cloudwatch.Level, error)

// presentAlarms is levels with the credentials of the AWS CLI.
func presentAlarms(ctx context.Context, names []string) ([]cloudwatch.Level, error) {
	cfg, err := credentials(ctx)
	if err != nil {
		return nil, err
	}
	return cloudwatch.New(cfg).Levels(ctx, names)
}

// guarded says of the guard's alarms what admit will say when a release comes: which do not exist, which come too late to take the release
// back, and whether the release is refused for that. Where all is well, it says so in one line.
func guarded(ctx context.Context, d rollout.Definition, read levels) string {
	if len(d.Guard.Alarms) == 0 {
		return ""
	}
	found, err := read(ctx, d.Guard.Alarms)
	if err != nil {
		return paragraph(fmt.Sprintf("Whether the guard alarms can go red in time is not known: %s. With credentials that may cloudwatch:DescribeAlarms, plan tells.", cloudwatch.Why(err)))
	}
	said, why := d.Slow(d.Steps(), cloudwatch.Reactions(found))
	states := cloudwatch.States(found)
	for _, name := range d.Guard.Alarms {
		if states[name] == "" {
			why = rollout.NoAlarm(name)
			break
		}
	}
	switch {
	case why != nil:
		return paragraph("REFUSED: a release would be rejected: " + why.Reason + ". What to do: " + why.Remedy + ".")
	case len(said) == 0:
		return paragraph("The guard alarms are there, and no alarm is known to be too slow to take the release back.")
	}
	var page strings.Builder
	for _, s := range said {
		page.WriteString(paragraph(s))
	}
	return page.String()
}
