package main

import (
	"fmt"
	"io"
	"strings"
	"time"

	"sluice/shared/rollout"
	"sluice/test/sandbox/sns"
)

// columns is the width that everything keeps to.
const columns = 80

// show prints what happens: on a terminal as a picture that is drawn again and again, otherwise as lines when something
// has changed.
type show struct {
	out      io.Writer
	terminal bool
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

// title begins the show of one release.
func (s *show) title(text string) {
	s.begun, s.lines = time.Now(), 0
	s.say("\n" + text + "\n")
}

// frame shows one look at the release.
func (s *show) frame(f frame) {
	if !s.terminal {
		s.news(f.release)
		return
	}
	picture := s.picture(f)
	s.wipe()
	fmt.Fprint(s.out, picture)
	s.drawn = strings.Count(picture, "\n")
	s.spin++
}

// news prints what was added to the audit trail.
func (s *show) news(r rollout.Release) {
	told := r.Lines()
	for _, l := range told[min(s.lines, len(told)):] {
		at := fmt.Sprintf("  %5.1fs  %-8s  ", max(0, l.At.Sub(s.begun).Seconds()), l.Who)
		fmt.Fprintln(s.out, at+wrap(l.What, columns-len(at), strings.Repeat(" ", len(at))))
	}
	s.lines = len(told)
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
	s.news(f.release)
	r := f.release
	fmt.Fprintf(s.out, "\n  %s\n  %s\n", s.verdict(r.End), r.End.Sentence())
	if r.Rejection != nil {
		fmt.Fprintf(s.out, "  %s\n  %s\n", wrap(r.Rejection.Reason, columns-2, "  "), wrap(r.Rejection.Remedy, columns-2, "  "))
		if r.Building != nil && len(r.Building.Log) > 0 {
			fmt.Fprintf(s.out, "\n  The end of the build's log:\n%s\n", s.paint("2", indent(strings.Join(r.Building.Log, "\n"))))
		}
		return
	}
	for _, version := range []string{r.Stable, r.Revision.Version} {
		t := f.served[version]
		fmt.Fprintf(s.out, "  version %-3s served %5d requests, %4d of them failed\n", version, t.requests, t.errors)
	}
	if bad := f.candidate(); r.End != rollout.Succeeded && bad.errors > 0 {
		fmt.Fprintf(s.out, "  requests harmed: %d of %d (%.1f %%); released at once it would have been %.0f %%\n",
			bad.errors, f.all(), 100*float64(bad.errors)/float64(max(1, f.all())), bad.rate())
	}
	if took := f.alarmToStable(); took > 0 {
		fmt.Fprintf(s.out, "  from the alarm to stable: %.2f s\n", took.Seconds())
	}
}

// mail shows what people got: the subject, why, and what to do.
func (s *show) mail(m sns.Mail) {
	s.say(fmt.Sprintf("  %s %s  %s", s.paint("2", "mail to "+m.To+":"), s.bold(m.Subject), s.paint("2", m.At.Local().Format(time.TimeOnly))))
	for line := range strings.Lines(m.Body) {
		if strings.HasPrefix(line, "Why:") || strings.HasPrefix(line, "What to do:") {
			s.say("    " + wrap(line, columns-4, "    "))
		}
	}
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
