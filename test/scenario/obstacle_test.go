package scenario

import (
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"

	"sluice/shared/rollout"
)

// What can never succeed must page people in a minute and say what to do, and not be tried for two hours.
func TestTrafficThatCanNeverComeBackIsStuckAtOnce(t *testing.T) {
	for name, test := range map[string]struct {
		before func(w *World) string
		spoil  func(w *World, id string)
		says   []string
	}{
		"the version before the promotion was deleted": {
			before: func(w *World) string { id := w.Requested("2"); w.Ended(id); return id },
			spoil:  func(w *World, _ string) { w.Deleted("1"); w.AlarmRed(Alarm) },
			says:   []string{"version 1 of function checkout does not exist any more: it was deleted", "aws lambda update-alias --function-name checkout --name live --function-version <version>"},
		},
		"the alias was deleted": {
			before: func(w *World) string { id := w.Requested("2"); w.AtStep(id, 0); return id },
			spoil:  func(w *World, _ string) { w.Unaliased(); w.AlarmRed(Alarm) },
			says:   []string{"there is no alias live of function checkout", "aws lambda create-alias --function-name checkout --name live --function-version <version>"},
		},
		"the alias was deleted, and a person aborts": {
			before: func(w *World) string { id := w.Requested("2"); w.AtStep(id, 0); return id },
			spoil:  func(w *World, id string) { w.Unaliased(); w.Aborted(id) },
			says:   []string{"there is no alias live of function checkout"},
		},
		"the function was deleted": {
			before: func(w *World) string { id := w.Requested("2"); w.AtStep(id, 0); return id },
			spoil:  func(w *World, id string) { w.Deleted(""); w.Aborted(id) },
			says:   []string{"there is no alias live of function checkout"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			Run(t, func(w *World) {
				w.Given(Canary)
				w.Subscribe()
				id := test.before(w)
				begun := time.Now()
				test.spoil(w, id)
				w.Pass(time.Minute)
				r := w.Ended(id)
				if took := r.Ended.Sub(begun); r.End != rollout.Stuck || took > time.Minute {
					t.Fatalf("it ended %s after %v:\n%s", r.End, took, Story(r))
				}
				mail := w.Mail()
				for _, text := range append(test.says, "STUCK", "What to do:") {
					if !strings.Contains(mail, text) {
						t.Errorf("the mail does not say %q:\n%s", text, mail)
					}
				}
				if !strings.Contains(Story(r), test.says[0]) || strings.Contains(mail, "{\"errorMessage\"") {
					t.Errorf("its story:\n%s\nthe mail:\n%s", Story(r), mail)
				}
			})
		})
	}
}

// Nobody must delete the version that is the way back because nobody said so.
func TestPromotionSaysUntilWhenTheOldVersionIsNeeded(t *testing.T) {
	Run(t, func(w *World) {
		w.Given(Canary)
		w.Subscribe()
		r := w.Ended(w.Requested("2"))
		w.Pass(time.Minute)
		want := "Keep version 1 until " + r.Ended.Add(time.Hour).UTC().Format("2 Jan 2006 15:04 MST")
		if mail := w.Mail(); !strings.Contains(mail, want) || !strings.Contains(Story(r), want) {
			t.Errorf("want %q in the mail:\n%s\nand in its story:\n%s", want, mail, Story(r))
		}
	})
}

// Deleted deletes a version, or the whole function.
func (w *World) Deleted(version string) {
	w.T.Helper()
	in := &lambda.DeleteFunctionInput{FunctionName: &w.service}
	if version != "" {
		in.Qualifier = &version
	}
	_, err := w.Lambda.DeleteFunction(w.ctx, in)
	w.must(err)
}

// Unaliased deletes the alias.
func (w *World) Unaliased() {
	w.T.Helper()
	_, err := w.Lambda.DeleteAlias(w.ctx, &lambda.DeleteAliasInput{FunctionName: &w.service, Name: aws.String(Alias)})
	w.must(err)
}
