package screen

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"sluice/shared/page"
)

// Trail is what happened, the oldest first: the last lines that there is room for. most is how many lines of the screen that is; 0 is all.
func (p Pen) Trail(v page.View, most int) string {
	var lines []string
	for _, l := range slices.Backward(v.Audit) {
		lines = append(lines, strings.Split(p.Line(l), "\n")...)
	}
	if most > 0 && len(lines) > most {
		lines = lines[len(lines)-most:]
		for len(lines) > 1 && strings.HasPrefix(lines[0], "    ") { // the rest of a line whose beginning has no room
			lines = lines[1:]
		}
	}
	if len(lines) == 0 {
		return ""
	}
	return strings.Join(lines, "\n") + "\n"
}

// Line is one line of the trail, broken below its beginning.
func (p Pen) Line(l page.Line) string {
	at := ""
	if l.At != nil {
		at = strings.TrimSuffix(l.At.Text, " UTC")
	}
	return p.entry(at, l.Who, l.What)
}

// Logged is a line of a log: when and by which function it was written, how bad it is, and what it says.
func (p Pen) Logged(at time.Time, who, level, says string) string {
	if level != "" {
		says = level + "  " + says
	}
	return p.entry(at.UTC().Format(time.TimeOnly), who, says)
}

// entry is a line with its time and who wrote it.
func (p Pen) entry(at, who, what string) string {
	begin := fmt.Sprintf("  %s  %-9s ", at, who)
	if width := visible(begin); width > p.Columns/2 { // who spoke is known by a long name
		return p.Paint(Faint, begin) + "\n" + strings.Repeat(" ", 4) + Wrap(what, p.Columns-4, "    ")
	}
	return p.Paint(Faint, begin) + Wrap(what, p.Columns-visible(begin), strings.Repeat(" ", visible(begin)))
}
