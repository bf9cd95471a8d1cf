package rollout_test

import (
	"strings"
	"testing"
	"time"

	"sluice/shared/kind"
	"sluice/shared/rollout"
)

func TestUndoSaysHowOrWhatInstead(t *testing.T) {
	now := time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)
	promise := func(of string, until time.Duration) *rollout.Promise {
		return &rollout.Promise{Release: of, Stable: "1", Candidate: "2", Until: now.Add(until)}
	}
	done := rollout.Release{ID: "mine", End: rollout.Succeeded, Stable: "1", Revision: rollout.Revision{Version: "2"}}
	left := rollout.Lease{Owner: "mine", Phase: rollout.Armed, Began: 1, Stable: "1", Candidate: "2", Weight: rollout.All, Promise: promise("mine", time.Hour), ArmedUntil: now.Add(time.Hour)}
	for name, row := range map[string]struct {
		change func(r *rollout.Release, l *rollout.Lease)
		aborts bool
		again  string
		says   string
	}{
		"inside its window": {func(*rollout.Release, *rollout.Lease) {}, true, "", ""},
		"after its window": {func(_ *rollout.Release, l *rollout.Lease) {
			l.Promise, l.ArmedUntil = promise("mine", -time.Hour), now.Add(-time.Hour)
		}, false, "1", ""},
		"it has no window": {func(_ *rollout.Release, l *rollout.Lease) {
			l.Promise, l.Phase, l.ArmedUntil = nil, rollout.Free, time.Time{}
		}, false, "1", ""},
		"it runs":       {func(r *rollout.Release, _ *rollout.Lease) { r.End = "" }, false, "", "was not promoted yet; abort it"},
		"it went back":  {func(r *rollout.Release, _ *rollout.Lease) { r.End = rollout.RolledBack }, false, "", "it has ended (rolled-back)"},
		"it goes back":  {func(r *rollout.Release, _ *rollout.Lease) { r.Reverted = true }, false, "", "on its way back already"},
		"nothing to do": {func(r *rollout.Release, _ *rollout.Lease) { r.Stable, r.Served = "", true }, false, "", "it moved no traffic"},
		"another since": {func(_ *rollout.Release, l *rollout.Lease) { l.Promise = promise("other", -time.Hour) }, false, "", "release other was promoted since; undo that one"},
		"another runs":  {func(_ *rollout.Release, l *rollout.Lease) { l.Owner, l.Phase = "other", rollout.Held }, false, "", "abort other first"},
		"another since, without a window": {func(_ *rollout.Release, l *rollout.Lease) {
			l.Owner, l.Promise, l.Phase, l.Stable, l.Candidate, l.ArmedUntil = "other", nil, rollout.Free, "2", "3", time.Time{}
		}, false, "", "version 3 serves now"},
	} {
		t.Run(name, func(t *testing.T) {
			r, l := done, left
			r.Definition.Target.LambdaAlias = &kind.LambdaAlias{Function: "checkout", Alias: "live"}
			row.change(&r, &l)
			u := l.Undo(r, now)
			said := ""
			if u.Refusal != nil {
				said = u.Refusal.Reason + "; " + u.Refusal.Remedy
			}
			if u.Aborts != row.aborts || u.Again != row.again || !strings.Contains(said, row.says) || (row.says == "") != (u.Refusal == nil) {
				t.Errorf("aborts %v, again %q, %s", u.Aborts, u.Again, said)
			}
		})
	}
}
