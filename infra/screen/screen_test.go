package screen

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"sluice/shared/judge"
	"sluice/shared/page"
	"sluice/shared/rollout"
)

func TestWrapKeepsToTheWidth(t *testing.T) {
	got := Wrap("All traffic goes back to version 2: the alarm went red.", 20, "    ")
	want := "All traffic goes\n    back to version 2:\n    the alarm went red."
	if got != want {
		t.Errorf("it gave\n%s\nwant\n%s", got, want)
	}
}

// A little traffic is never drawn as none, and nearly all never as all.
func TestBarShowsTheSmallestShare(t *testing.T) {
	for w, cells := range map[rollout.Weight]int{0: 0, 1: 1, 2500: 5, 9999: 19, rollout.All: 20} {
		if got := Cells(w, 20); got != cells {
			t.Errorf("%v takes %d cells, want %d", w, got, cells)
		}
	}
}

// busy is a release in which everything is there that a picture can show, with names that are long.
func busy() page.View {
	now := time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)
	r := rollout.Release{
		ID: "checkout-1f0c2b3a4d5e", Service: "checkout", Revision: rollout.Revision{Version: "sha256:5d41402abc4b2a76b9719d911017c592", Commit: strings.Repeat("c0ffee", 7), Author: "ada"},
		Stable: "sha256:7d793037a0760186574b0282f2f435e7", Steps: rollout.Canary{Steps: []rollout.Step{{Weight: 500, Bake: rollout.Duration(10 * time.Minute)}, {Weight: 2500}}}.Steps,
		Created: now.Add(-time.Hour), Started: now.Add(-time.Hour), BakeUntil: now.Add(7 * time.Minute), Reason: "a reason that says at length why this is released today and not tomorrow",
		By:    "arn:aws:sts::123456789012:assumed-role/AWSReservedSSO_Releases_0123456789abcdef/grace@example.com",
		Gates: []rollout.Gate{{Name: "windows", Verdict: rollout.GateWait, Why: "Shut until the next window opens, which is on Monday at nine in the morning.", Until: now.Add(time.Hour)}},
		Audit: []rollout.Line{{At: now, Who: "admit", What: "Release of version 2 to checkout has started; stable is 1, and this line is long enough to be broken at eighty columns."}},
	}
	l := judge.Ledger{At: now, Findings: []judge.Finding{{By: "errors", Why: "3 of 900 failed, 2 of 17,000 of stable's: not enough to say that it is worse, and not enough to say that it is not.", Needed: 4, LogE: 1}}}
	return page.Release(r, l, page.Visitor{}, now, page.Notice{})
}

// Programs that show a terminal count on that: a line that is broken by the terminal itself spoils what is drawn over it.
func TestPictureKeepsToTheWidthInColourToo(t *testing.T) {
	for _, columns := range []int{60, 80, 120} {
		for _, color := range []bool{false, true} {
			p := Pen{Color: color, Columns: columns}
			picture := p.Release(busy()) + p.Trail(busy(), 0)
			for line := range strings.Lines(picture) {
				if n := visible(strings.TrimSuffix(line, "\n")); n > columns {
					t.Errorf("%d columns: a line has %d: %s", columns, n, line)
				}
			}
			if color != strings.Contains(picture, "\x1b") {
				t.Errorf("colour %v:\n%q", color, picture)
			}
		}
	}
}

func TestTrailKeepsItsEndWhereThereIsLittleRoom(t *testing.T) {
	v := page.View{}
	for i := range 30 {
		v.Audit = append([]page.Line{{At: &page.Moment{Text: "12:00:00 UTC"}, Who: "judge", What: fmt.Sprintf("Line %d. %s", i, strings.Repeat("word ", 20))}}, v.Audit...)
	}
	got := Pen{Columns: 80}.Trail(v, 5)
	if n := strings.Count(got, "\n"); n > 5 || !strings.Contains(got, "Line 29.") || strings.HasPrefix(got, "    ") {
		t.Errorf("%d lines:\n%s", n, got)
	}
}
