package main

import (
	"fmt"
	"io"
	"strings"
	"time"

	"sluice/shared/rollout"
)

// show prints what happens: on a terminal as a picture that is drawn again and again, otherwise as lines when something
// has changed.
type show struct {
	out      io.Writer
	terminal bool
	act      act
	begun    time.Time
	drawn    int // lines of the picture on the screen
	lines    int // of the audit trail that were printed
	spin     int
}

func newShow(out io.Writer, terminal bool) *show { return &show{out: out, terminal: terminal} }

// say prints a line above the picture.
func (s *show) say(line string) {
	s.wipe()
	fmt.Fprintln(s.out, line)
}

func (s *show) begin(number int, a act, id string) {
	s.act, s.begun, s.lines = a, time.Now(), 0
	s.say(fmt.Sprintf("\n%s  %s is released: version %s of %s, as %s", s.bold(fmt.Sprintf("%d.", number)), s.bold(a.title), a.request.Revision, service, id))
}

// frame shows one look at the release.
func (s *show) frame(f frame) {
	if !s.terminal {
		s.news(f)
		return
	}
	picture := s.picture(f)
	s.wipe()
	fmt.Fprint(s.out, picture)
	s.drawn = strings.Count(picture, "\n")
	s.spin++
}

// news prints what was added to the audit trail, with the counts of the moment.
func (s *show) news(f frame) {
	for _, l := range f.release.Audit[min(s.lines, len(f.release.Audit)):] {
		fmt.Fprintf(s.out, "  %5.1fs  %-8s  %s\n", max(0, l.At.Sub(s.begun).Seconds()), l.Who, l.What)
	}
	s.lines = len(f.release.Audit)
}

// wipe takes the picture off the screen.
func (s *show) wipe() {
	if s.drawn > 0 {
		fmt.Fprintf(s.out, "\x1b[%dA\x1b[J", s.drawn)
		s.drawn = 0
	}
}

// end leaves the story and the summary of a release on the screen.
func (s *show) end(f frame) {
	s.wipe()
	if s.terminal {
		s.news(f)
	}
	r := f.release
	fmt.Fprintf(s.out, "\n  %s  %s\n", s.verdict(r.End), r.End.Sentence())
	for _, version := range []string{r.Stable, r.Revision.Version} {
		t := f.served[version]
		fmt.Fprintf(s.out, "  version %s served %5d requests, %4d of them failed\n", version, t.requests, t.errors)
	}
	if r.End == rollout.Succeeded {
		return
	}
	t := f.served[r.Revision.Version]
	all := t.requests + f.served[r.Stable].requests
	fmt.Fprintf(s.out, "  requests harmed: %d of %d (%.1f %%); released at once it would have been %.0f %% of them all\n", t.errors, all, 100*float64(t.errors)/float64(max(1, all)), t.rate())
	if took, ok := alarmToStable(r); ok {
		fmt.Fprintf(s.out, "  from the alarm to stable: %.2f s\n", took.Seconds())
	}
}

// alarmToStable is the time from the alarm's change to the guard's report that traffic was back.
func alarmToStable(r rollout.Release) (time.Duration, bool) {
	for _, l := range r.Audit {
		if l.Who == "guard" && r.Cause != nil && r.Cause.Kind == rollout.ByAlarm {
			_, tail, _ := strings.Cut(l.What, ", ")
			took, err := time.ParseDuration(strings.TrimSuffix(tail, " after the alarm."))
			return took, err == nil
		}
	}
	return 0, false
}

func (s *show) verdict(e rollout.End) string {
	color := "31"
	if e == rollout.Succeeded {
		color = "32"
	}
	return s.paint("1;"+color, strings.ToUpper(string(e)))
}

func (s *show) bold(text string) string { return s.paint("1", text) }

func (s *show) paint(code, text string) string {
	if !s.terminal {
		return text
	}
	return "\x1b[" + code + "m" + text + "\x1b[0m"
}
