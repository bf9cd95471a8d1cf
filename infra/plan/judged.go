package plan

import (
	"context"
	"fmt"
	"strings"
	"time"

	"sluice/infra/definition"
	"sluice/infra/session"
	"sluice/infra/verify"
	"sluice/shared/cloudwatch"
	"sluice/shared/rollout"
)

// judging says what stands between a definition and a release that is judged: alarms, and what the checks count.
type judging func(context.Context, definition.Service) ([]verify.Finding, error)

// presently is judging with the credentials of the AWS CLI.
func presently(ctx context.Context, s definition.Service) ([]verify.Finding, error) {
	cfg, err := credentials(ctx)
	if err != nil {
		return nil, err
	}
	return verify.In(session.Engine{AWS: cfg}, time.Now).Judging(ctx, s), nil
}

// judged says of the alarms and the checks what the gate and the bakes of a release will say: which alarms do not exist, have no data or come too
// late, and at which steps too few users come to judge by. Where all is well, it says so in one line.
func judged(ctx context.Context, s definition.Service, look judging) string {
	d := s.Definition.WithDefaults()
	if len(d.Guard.Alarms)+len(d.Checks.Alarms) == 0 && !d.Checks.Counted() {
		return ""
	}
	found, err := look(ctx, s)
	if err != nil {
		return paragraph(fmt.Sprintf("Whether the alarms can go red in time, and whether the bakes see enough, is not known: %s. With credentials that may cloudwatch:DescribeAlarms and cloudwatch:GetMetricData, plan tells.", cloudwatch.Why(err)))
	}
	if len(found) == 0 {
		return paragraph("The guard alarms are there and have data, no alarm is known to be too slow to take the release back, and last week's traffic is enough for the checks.")
	}
	var page strings.Builder
	for _, f := range found {
		page.WriteString(paragraph(fmt.Sprintf("%s: %s. %s What to do: %s.", strings.ToUpper(string(f.Severity)), rollout.Sentence(f.What), f.Why, f.Remedy)))
	}
	return page.String()
}
