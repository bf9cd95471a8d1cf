package scenario

import (
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"

	"sluice/shared/rollout"
)

// Hotfix moves everything to a version by hand.
func (w *World) Hotfix(version string) {
	w.T.Helper()
	_, err := w.Lambda.UpdateAlias(w.ctx, &lambda.UpdateAliasInput{
		FunctionName: &w.service, Name: aws.String(Alias), FunctionVersion: &version, RoutingConfig: &types.AliasRoutingConfiguration{AdditionalVersionWeights: map[string]float64{}},
	})
	w.must(err)
}

// atStep asks for a release and waits until it bakes at a step.
func atStep(step int) func(w *World) string {
	return func(w *World) string {
		id := w.Requested("2")
		w.AtStep(id, step)
		return id
	}
}

// Somebody mends production by hand at night while a release bakes: nothing may undo that behind their back.
func TestHotfixByHandIsLeftAloneAndPeopleAreCalled(t *testing.T) {
	nothing := func(*World, string) {}
	red := func(w *World, _ string) { w.AlarmRed(Alarm) }
	for name, test := range map[string]struct {
		lead func(w *World) string
		then func(w *World, id string)
		kind rollout.FenceKind
	}{
		"and the bake ends":                          {atStep(0), nothing, rollout.ByIntruder},
		"and the last bake ends":                     {atStep(2), nothing, rollout.ByIntruder},
		"and an alarm goes red":                      {atStep(0), red, rollout.ByAlarm},
		"and a person aborts":                        {atStep(0), func(w *World, id string) { w.Aborted(id) }, rollout.ByPerson},
		"after the promotion, and an alarm goes red": {func(w *World) string { id := w.Requested("2"); w.Ended(id); return id }, red, rollout.ByAlarm},
	} {
		t.Run(name, func(t *testing.T) {
			Run(t, func(w *World) {
				w.Given(Canary)
				w.Subscribe()
				id := test.lead(w)
				w.Hotfix("3")
				test.then(w, id)
				w.Pass(30 * time.Second)
				r := w.Ended(id)
				if r.End != rollout.Stuck || !r.ByHand || r.Cause.Kind != test.kind || w.Serves() != "3" {
					t.Errorf("it ended %s because of %+v, the alias serves %s:\n%s", r.End, r.Cause, w.Serves(), Story(r))
				}
				w.Pass(time.Minute)
				mail := w.Mail()
				for _, text := range []string{"STUCK", "Somebody moved the traffic by hand, and it is left as it is.", "it serves 3 100 %", "to bring version 1 back: aws lambda update-alias"} {
					if !strings.Contains(mail, text) {
						t.Errorf("the mail does not say %q:\n%s", text, mail)
					}
				}
				if now := w.Ended(w.Requested("2")); now.Stable != "3" || now.End != rollout.Succeeded {
					t.Errorf("the next release began on %s and ended %s", now.Stable, now.End)
				}
			})
		})
	}
}

// What moved between the two versions of the release is the release's to take back.
func TestShareThatSomebodyGaveTheCandidateByHandGoesBack(t *testing.T) {
	Run(t, func(w *World) {
		w.Given(Canary)
		id := atStep(0)(w)
		w.Split("1", "2", 0.9)
		w.Then(w.Ended(id), rollout.RolledBack, began+step+step+back, "1")
	})
}
