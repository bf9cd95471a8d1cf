package main

import (
	"fmt"
	"io"
	"strings"
	"time"

	"sluice/infra/screen"
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
	s.begun = time.Now()
	s.say("\n" + text + "\n")
}

// draw puts a picture in the place of the last one. Where nothing can be drawn, lines tell it all.
func (s *show) draw(picture string) {
	if !s.terminal {
		return
	}
	s.wipe()
	fmt.Fprint(s.out, picture)
	s.drawn = strings.Count(picture, "\n")
	s.spin++
}

// An entry is one event.
type entry struct {
	at      time.Time // now, when it is zero
	release string    // its id; empty for the release of the show
	general bool      // it is about no release
	who     string
	what    string
	command string // that the person at the keyboard may give
	bad     bool
	end     rollout.End
}

// entry prints one event: one line, which a terminal breaks below its beginning.
func (s *show) entry(e entry) {
	if e.at.IsZero() {
		e.at = time.Now()
	}
	at, own := "  "+e.at.Local().Format(time.TimeOnly)+"  ", false
	switch {
	case e.release != "":
		at += fmt.Sprintf("%-13s  %-8s  ", s.called(e.release), e.who)
	case e.general:
		at += fmt.Sprintf("%-13s  ", e.who)
	default:
		at, own = fmt.Sprintf("  %5.1fs  %-8s  ", max(0, e.at.Sub(s.begun).Seconds()), e.who), true
	}
	what := e.what
	if e.command != "" && !s.terminal {
		what += " " + e.command
	}
	if s.terminal || own {
		what = screen.Wrap(what, columns-len([]rune(at)), strings.Repeat(" ", len([]rune(at))))
	}
	if color := s.color(e); color != "" {
		what = s.paint(color, what)
	}
	s.say(at + what)
	if e.command != "" && s.terminal {
		s.say("    " + e.command) // whole, so that it can be copied
	}
}

func (s *show) color(e entry) string {
	switch {
	case e.bad:
		return "33"
	case e.end == rollout.Succeeded:
		return "32"
	case e.end != "":
		return "31"
	}
	return ""
}

// called is a release's name in a line. A terminal has no room for all of it; the title and the picture do.
func (s *show) called(id string) string {
	if s.terminal && len(id) > 8 {
		return id[:len(id)-8]
	}
	return id
}

// wipe takes the picture off the screen.
func (s *show) wipe() {
	if s.drawn > 0 {
		fmt.Fprintf(s.out, "\x1b[%dA\x1b[J", s.drawn)
		s.drawn = 0
	}
}

// end leaves the summary of a release of the show on the screen.
func (s *show) end(f frame) {
	s.wipe()
	r := f.release
	fmt.Fprintf(s.out, "\n  %s\n  %s\n", s.verdict(r.End), r.End.Sentence())
	if r.Rejection != nil {
		fmt.Fprintf(s.out, "  %s\n  %s\n", screen.Wrap(r.Rejection.Reason, columns-2, "  "), screen.Wrap(r.Rejection.Remedy, columns-2, "  "))
		if r.Building != nil && len(r.Building.Log) > 0 {
			fmt.Fprintf(s.out, "\n  The end of the build's log:\n%s\n", s.paint("2", indent(strings.Join(r.Building.Log, "\n"))))
		}
		return
	}
	for _, revision := range []string{r.Stable, r.Revision.Version} {
		t := f.served[revision]
		fmt.Fprintf(s.out, "  %s served %5d requests, %4d of them failed\n", f.called(revision), t.requests, t.errors)
	}
	if t := f.served[""]; t.requests > 0 {
		fmt.Fprintf(s.out, "  answers that name no revision: %d, %d of them failures\n", t.requests, t.errors)
	}
	if bad := f.candidate(); r.End != rollout.Succeeded && bad.errors > 0 {
		fmt.Fprintf(s.out, "  requests harmed: %d of %d (%.1f %%); released at once it would have been %.0f %%\n",
			bad.errors, f.all(), 100*float64(bad.errors)/float64(max(1, f.all())), bad.rate())
	}
	if took := f.alarmToStable(); took > 0 {
		fmt.Fprintf(s.out, "  from the alarm to stable: %.2f s\n", took.Seconds())
	}
}

// mail shows what people got: the subject, and what to do where no release is followed that says it.
func (s *show) mail(m sns.Mail, release string) {
	text := m.Subject
	for line := range strings.Lines(m.Body) {
		if release == "" && strings.HasPrefix(line, "What to do:") {
			text += ". " + strings.TrimSpace(line)
		}
	}
	s.entry(entry{at: m.At, release: release, who: "mail", what: text, general: true})
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
	return s.pen().Paint(code, text)
}

// pen draws what sluice draws, too.
func (s *show) pen() screen.Pen { return screen.Pen{Color: s.terminal, Columns: columns} }
