package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"sluice/infra/screen"
)

// Help is never narrower or wider than people read it, whatever the terminal.
const (
	narrowest = 60
	broadest  = 100
)

// fit breaks the help of a command, and of those below it, at the terminal's width.
func (d desk) fit(root *cobra.Command) {
	columns := 80
	if d.pen.Color { // a terminal told its width
		columns = min(max(d.pen.Columns, narrowest), broadest)
	}
	root.SetUsageTemplate(strings.NewReplacer(
		".LocalFlags.FlagUsages", fmt.Sprintf(".LocalFlags.FlagUsagesWrapped %d", columns),
		".InheritedFlags.FlagUsages", fmt.Sprintf(".InheritedFlags.FlagUsagesWrapped %d", columns),
	).Replace(root.UsageTemplate()))
	for _, c := range append(root.Commands(), root) {
		c.Long = flowing(c.Long, columns)
	}
}

// flowing breaks paragraphs, which an empty line divides, at a width.
func flowing(text string, columns int) string {
	paragraphs := strings.Split(text, "\n\n")
	for i, p := range paragraphs {
		paragraphs[i] = screen.Wrap(p, columns, "")
	}
	return strings.Join(paragraphs, "\n\n")
}
