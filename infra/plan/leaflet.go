package plan

import (
	"fmt"
	"strings"

	"sluice/infra/definition"
	"sluice/infra/prices"
	"sluice/shared/rollout"
)

// most is how long a comment may be: GitHub takes 65,536 characters (its API answers "body is too long (maximum is 65536 characters)"), GitLab more.
const most = 60_000

// A leaflet is what a pull request changes, in Markdown.
type leaflet struct {
	environment, commit string
	services            []section
	gone                []string
}

// A section is one service.
type section struct {
	title string // "checkout: 4 steps, 40m, $0.000655", of which the last is what AWS takes for a release
	rows  string // of a table: what changes
	page  string // what a release does
}

func (l *leaflet) add(d rollout.Definition, changes []definition.Change, page string) {
	var rows strings.Builder
	for _, c := range changes {
		at := strings.TrimPrefix(c.At, definition.Folder+"/")
		fmt.Fprintf(&rows, "| %s | %s | %s | %s |\n", code(c.Path), code(c.Was), code(c.Is), code(at))
	}
	steps := d.Steps()
	title := fmt.Sprintf("%s: %s, %s, $%.6f", d.Service, plural(len(steps), "step"), duration(d, steps), prices.Total(bill(d)))
	l.services = append(l.services, section{title, rows.String(), page})
}

// String is the whole, as long as a comment may be: what does not fit is named.
func (l *leaflet) String() string {
	var text strings.Builder
	fmt.Fprintf(&text, "### Sluice: how %s is released\n\n", l.environment)
	if len(l.services)+len(l.gone) == 0 {
		fmt.Fprintf(&text, "No definition differs from %s.\n", code(l.commit))
	}
	for _, name := range l.gone {
		fmt.Fprintf(&text, "**%s** is not released by Sluice any more: what guards a release of it that runs goes with it.\n\n", name)
	}
	var left []string
	for _, s := range l.services {
		if one := s.String(); text.Len()+len(one) < most {
			text.WriteString(one)
		} else {
			left = append(left, s.title)
		}
	}
	if len(left) > 0 {
		fmt.Fprintf(&text, "And, with no room for more here (`sluice plan SERVICE` tells):\n\n* %s\n", strings.Join(left, "\n* "))
	}
	return text.String()
}

func (s section) String() string {
	var text strings.Builder
	fmt.Fprintf(&text, "#### %s\n\n", s.title)
	if s.rows != "" {
		text.WriteString("| value | was | is | where |\n|---|---|---|---|\n" + s.rows + "\n")
	}
	fence := fenceFor(s.page)
	fmt.Fprintf(&text, "<details><summary>What a release does</summary>\n\n%stext\n%s\n%s\n\n</details>\n\n", fence, strings.TrimRight(s.page, "\n"), fence)
	return text.String()
}

// plural is "1 step" or "4 steps".
func plural(n int, what string) string {
	if n != 1 {
		what += "s"
	}
	return fmt.Sprintf("%d %s", n, what)
}

// code is a value as code in a cell of a table. Whoever wrote the pull request wrote it, so it may not end the code.
func code(text string) string {
	if text == "" {
		return ""
	}
	return "`" + strings.NewReplacer("`", "'", "|", "\\|", "\n", " ", "\r", " ").Replace(text) + "`"
}

// fenceFor is a row of backticks that a text does not have.
func fenceFor(text string) string {
	fence := "```"
	for strings.Contains(text, fence) {
		fence += "`"
	}
	return fence
}

// faulty is the comment about definitions that cannot be read.
func faulty(environment string, wrong definition.Problems) string {
	var text strings.Builder
	fmt.Fprintf(&text, "### Sluice: how %s is released\n\nThe definitions are wrong:\n\n", environment)
	for _, p := range wrong {
		fmt.Fprintf(&text, "* %s\n", code(p.String()))
	}
	return text.String()
}
