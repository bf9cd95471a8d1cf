package main

import (
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"sluice/infra/convert"
	"sluice/infra/screen"
	"sluice/shared/rollout"
)

// cameOver is the page of what became of a file.
func (d desk) cameOver(file string, found convert.Result) string {
	var page strings.Builder
	fmt.Fprintf(&page, "%s is %s.\n", filepath.Base(file), found.Is)
	for _, n := range found.Notes {
		page.WriteString(d.note(n))
	}
	for _, one := range found.Drafts {
		fmt.Fprintf(&page, "\n%s  %s, line %d\n", d.pen.Bold(one.Service), one.From, one.Line)
		if one.Refused != nil {
			page.WriteString(d.pen.Paint(screen.Red, "  It cannot come over.") + "\n")
		}
		for _, fate := range convert.Fates {
			d.fated(&page, fate, one.Notes)
		}
	}
	return page.String()
}

// fated lists what shares a fate. Lines that share what became of them are listed together.
func (d desk) fated(page *strings.Builder, fate convert.Fate, all []convert.Note) {
	color := map[convert.Fate]string{convert.Kept: screen.Green, convert.Differs: screen.Yellow, convert.Lost: screen.Red}[fate]
	all = slices.DeleteFunc(slices.Clone(all), func(n convert.Note) bool { return n.Fate != fate })
	if len(all) > 0 {
		fmt.Fprintf(page, "  %s:\n", d.pen.Paint(color, rollout.Sentence(string(fate))))
	}
	for i, n := range all {
		page.WriteString(d.line(n))
		if i+1 == len(all) || all[i+1].Here != n.Here || all[i+1].Do != n.Do {
			page.WriteString(d.became(n))
		}
	}
}

// line is what the file says.
func (d desk) line(n convert.Note) string {
	where := ""
	if n.Line > 0 {
		where = d.pen.Paint(screen.Faint, fmt.Sprintf("line %-4d ", n.Line))
	}
	return "    " + where + n.Says + "\n"
}

// became is what that is here, and what to do.
func (d desk) became(n convert.Note) string {
	const indent = "      "
	here := n.Here
	if plainWord.MatchString(here) { // and no word of a definition
		here = rollout.Sentence(here)
	}
	text := indent + screen.Wrap(here+".", d.pen.Columns-len(indent), indent) + "\n"
	if n.Do != "" {
		text += indent + screen.Wrap("What to do: "+n.Do+".", d.pen.Columns-len(indent), indent) + "\n"
	}
	return text
}

var plainWord = regexp.MustCompile(`^[a-z]+ `)

// note is both.
func (d desk) note(n convert.Note) string { return d.line(n) + d.became(n) }
