package screen

import (
	"fmt"
	"slices"
	"strings"

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
	begin := fmt.Sprintf("  %s  %-9s ", at, l.Who)
	if width := visible(begin); width > p.Columns/2 { // who spoke is known by a long name
		return p.Paint(Faint, begin) + "\n" + strings.Repeat(" ", 4) + Wrap(l.What, p.Columns-4, "    ")
	}
	return p.Paint(Faint, begin) + Wrap(l.What, p.Columns-visible(begin), strings.Repeat(" ", visible(begin)))
}
