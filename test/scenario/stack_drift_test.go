package scenario_test

import (
	"strings"
	"testing"
	"time"

	"sluice/shared/rollout"
	"sluice/test/scenario"
)

func TestPeopleSeeWhatAReleaseUndoesThatSomebodyChangedByHand(t *testing.T) {
	for name, story := range map[string]struct {
		then  func(w *scenario.World, id string)
		end   rollout.End
		left  string // the setting in the end
		front string
	}{
		"and it is undone": {func(w *scenario.World, id string) {}, rollout.Succeeded, "2", "2"},
		"and a way back leads to what they had made of it": {func(w *scenario.World, id string) {
			w.Pass(10 * time.Minute)
			w.Aborted(id)
		}, rollout.Aborted, "?", "1"},
	} {
		t.Run(name, func(t *testing.T) {
			scenario.RunWith(t, scenario.Options{Kind: scenario.Reverting{}}, func(w *scenario.World) {
				w.Given(asking)
				w.Subscribe()
				w.Shoppers(60)
				w.SettingGone()
				w.SettingBack()
				id := w.Requested("2")
				w.Pass(3 * time.Minute)
				r, _ := w.Recorded(id)
				const says = "changes Setting (AWS::SSM::Parameter): Value; undoes what somebody changed by hand: Value"
				if r.Preview == nil || !strings.Contains(strings.Join(r.Preview.Lines(), "; "), says) {
					w.T.Errorf("the record says %+v", r.Preview)
				}
				if mail := w.Mail(); !strings.Contains(mail, "Of 1 it undoes what somebody did by hand.") {
					w.T.Errorf("the mail says:\n%s", mail)
				}
				w.Answered(id, "grace", "approve")
				story.then(w, id)
				r = w.Ended(id)
				if r.End != story.end || w.FrontVersion() != story.front || w.Setting() != story.left {
					w.T.Errorf("it ended %q, the setting is %q, want %q; its story:\n%s", r.End, w.Setting(), story.left, scenario.Story(r))
				}
			})
		})
	}
}
