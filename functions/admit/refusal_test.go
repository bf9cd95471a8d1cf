package admit_test

import (
	"cmp"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"

	"sluice/shared/rollout"
	"sluice/test/byhand"
	"sluice/test/scenario"
)

// says is the definition with one more field.
func says(field string) string {
	return strings.Replace(scenario.Canary, `"revertWindow"`, field+`,"revertWindow"`, 1)
}

func TestEachRefusalHasItsExactRemedy(t *testing.T) {
	for name, test := range map[string]struct {
		definition     string
		spoil          func(w *byhand.World)
		reason, remedy string
	}{
		"an alarm is red": {
			spoil:  func(w *byhand.World) { w.AlarmRed(scenario.Alarm) },
			reason: "guard alarm checkout-errors is red already, so it could not tell whether the release does harm", remedy: "bring the alarm back to OK, or set guard.whenRed: wait so that releases wait for that",
		},
		"an alarm is gone": {
			spoil:  withoutAlarm,
			reason: "guard alarm checkout-errors does not exist", remedy: "create it, or take it out of guard.alarms and deploy",
		},
		"somebody else's split": {
			spoil:  func(w *byhand.World) { w.Split("1", "3", 0.1) },
			reason: "lambda:checkout:live is split by somebody else: 1 90 %, 3 10 %",
			remedy: `end the other deployment, or bring everything to one version: aws lambda update-alias --function-name checkout --name live --function-version 1 --routing-config '{"AdditionalVersionWeights":{}}'`,
		},
		"one that runs": {
			definition: says(`"whenRunning":"reject"`), spoil: func(w *byhand.World) { w.Begun("3") },
			reason: "is running", remedy: "wait for its end and release again, or set whenRunning: queue",
		},
		"one that takes too long": {
			spoil:  func(w *byhand.World) { w.Pass(25 * time.Hour); w.Begun("3") },
			reason: "it waited longer than 24h behind release", remedy: "look at that release; then release again",
		},
	} {
		t.Run(name, func(t *testing.T) {
			definition := cmp.Or(test.definition, scenario.Canary)
			byhand.RunWith(t, scenario.Options{}, definition, func(w *byhand.World) {
				r := w.Planned("2")
				test.spoil(w)
				before := w.Lock()
				c := w.Leads("admit", byhand.Start(r))
				why := w.Release(r.ID).Rejection
				if c.Next != rollout.NextSettle || why == nil || !strings.Contains(why.Reason, test.reason) || why.Remedy != test.remedy {
					t.Errorf("it goes on with %q: %+v\nwant the remedy %s", c.Next, why, test.remedy)
				}
				if w.Lock() != before {
					t.Error("a release that was not let in moved the traffic")
				}
			})
		})
	}
}

func withoutAlarm(w *byhand.World) {
	_, err := w.CloudWatch.DeleteAlarms(w.T.Context(), &cloudwatch.DeleteAlarmsInput{AlarmNames: []string{scenario.Alarm}})
	if err != nil {
		w.T.Fatal(err)
	}
}
