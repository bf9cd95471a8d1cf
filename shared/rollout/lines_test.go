package rollout

import (
	"testing"
	"time"
)

// A function that dies after it told of something tells it again. The show told one shift twice.
func TestWhatIsTriedTwiceIsToldOnce(t *testing.T) {
	at := time.Date(2026, 11, 29, 8, 0, 0, 0, time.UTC)
	line := func(who, what string) Line {
		at = at.Add(time.Second)
		return Line{At: at, Who: who, What: what}
	}
	r := Release{Audit: []Line{
		line("plan", "Planned 4 steps."), line("shift", "Version 2 gets 10 %."), line("shift", "Version 2 gets 10 %."),
		line("judge", "It is baked again."), line("shift", "Version 2 gets 10 %."), line("guard", "Version 2 gets 10 %."),
	}}
	var who []string
	for i := range r.Audit {
		lines := Release{Audit: r.Audit[:i+1]}.Lines() // a thread has what was told so far: it must not change when more comes
		if last := lines[len(lines)-1]; last.What != r.Audit[i].What {
			t.Errorf("line %d: the last one is %+v", i, last)
		}
		who = append(who, lines[len(lines)-1].Who)
	}
	if lines := r.Lines(); len(lines) != 5 || len(r.Audit) != 6 || !lines[1].At.Equal(r.Audit[1].At) || len(who) != 6 {
		t.Errorf("told are %+v", lines)
	}
}
