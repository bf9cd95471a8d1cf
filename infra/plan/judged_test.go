package plan

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"sluice/infra/definition"
	"sluice/infra/verify"
	"sluice/shared/cloudwatch"
	"sluice/shared/judge"
	"sluice/shared/rollout"
)

// alarmsOf is an account that has these alarms, and enough traffic.
func alarmsOf(all ...cloudwatch.Watched) judging {
	return func(_ context.Context, s definition.Service) ([]verify.Finding, error) {
		return verify.Alarms(s.Definition.WithDefaults(), all), nil
	}
}

// guardedBy is a release whose candidate is watched for forty minutes.
func guardedBy(alarms ...string) rollout.Definition {
	d := comparing()
	d.Guard.Alarms = alarms
	return d
}

// A team that has planned is not surprised by the gate: both read how alarms are evaluated, and say the same.
func TestPlanSaysOfAlarmsWhatGateWillSay(t *testing.T) {
	account := alarmsOf(
		cloudwatch.Watched{Level: cloudwatch.Level{Alarm: "hourly", State: judge.OK, Reaction: time.Hour}},
		cloudwatch.Watched{Level: cloudwatch.Level{Alarm: "quick", State: judge.OK, Reaction: time.Minute}},
		cloudwatch.Watched{Level: cloudwatch.Level{Alarm: "composite", State: judge.OK}},
		cloudwatch.Watched{Level: cloudwatch.Level{Alarm: "new", State: judge.InsufficientData}},
	)
	unchecked := guardedBy("hourly")
	unchecked.Checks = rollout.Checks{}
	unwatched := guardedBy()
	unwatched.Checks = rollout.Checks{}
	later := guardedBy("hourly")
	later.RevertWindow = rollout.Duration(time.Hour)
	for name, test := range map[string]struct {
		d     rollout.Definition
		read  judging
		wants []string
	}{
		"nothing else watches": {unchecked, account, []string{"ERROR: No guard alarm can go red while the candidate is watched. Guard alarm hourly cannot take this release back: it goes red after 1h at the earliest, and the candidate is watched for 40m.", "A release would be rejected. What to do: let the steps bake longer"}},
		"a check watches":      {guardedBy("quick", "hourly"), account, []string{"Guard alarm hourly cannot take this release back"}},
		"after the promotion":  {later, account, []string{"Guard alarm hourly can act only after the promotion, within the revert window"}},
		"an alarm is gone":     {guardedBy("quick", "deleted"), account, []string{"ERROR: Guard alarm deleted does not exist. A release would be rejected. What to do: create it"}},
		"all are quick enough": {guardedBy("quick", "composite"), account, []string{"The guard alarms are there"}},
		"no credentials": {guardedBy("quick"), func(context.Context, definition.Service) ([]verify.Finding, error) {
			return nil, errors.New("there are none")
		}, []string{"is not known: there are none.", "cloudwatch:DescribeAlarms"}},
		"an alarm is new":   {guardedBy("quick", "new"), account, []string{"ERROR: Alarm new has no data. The step ends without evidence, and the release goes back (checks.whenInconclusive).", "--treat-missing-data notBreaching"}},
		"no alarm is named": {unwatched, nil, []string{""}},
	} {
		t.Run(name, func(t *testing.T) {
			page := judged(t.Context(), definition.Service{Definition: test.d}, test.read)
			for _, want := range test.wants {
				if !strings.Contains(strings.Join(strings.Fields(page), " "), want) || (want == "") != (page == "") {
					t.Errorf("the page says\n%s\nwant %q", page, want)
				}
			}
			for line := range strings.SplitSeq(page, "\n") {
				if utf8.RuneCountInString(line) > 80 {
					t.Errorf("wider than a terminal: %s", line)
				}
			}
		})
	}
}
