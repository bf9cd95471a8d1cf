package main

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"html"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"sluice/events"
	"sluice/infra/screen"
	"sluice/infra/session"
	"sluice/test/scenario"
)

var screenshots = flag.Bool("screenshots", false, "take the README's picture of sluice get anew")

// pictured is a release that people read in the README: judged beside stable, with a question before it serves everybody.
const pictured = `{"service":"checkout","target":{"lambdaAlias":{"function":"checkout","alias":"live"}},
	"strategy":{"canary":{"steps":[{"weight":10,"bake":"10m"},{"weight":50,"bake":"20m"}]}},
	"checks":{"errors":[{}],"ceilings":[{"percent":5,"errors":3,"requests":50}]},
	"people":{"grace":{"event":"grace"},"linus":{"event":"linus"}},
	"approvals":[{"before":"last","from":["grace","linus"],"within":"4h"}],
	"guard":{"alarms":["checkout-errors"]},"revertWindow":"1h"}`

// The README shows what sluice get -w draws of a real run, in the colours of a terminal. After a change of the screen: make screenshots.
func TestPictureInTheReadmeIsWhatGetDraws(t *testing.T) {
	const file = "../../docs/get.svg"
	scenario.Run(t, func(w *scenario.World) {
		w.Given(pictured)
		w.Traffic(1200)
		id := w.Request(events.ReleaseRequest{Service: "checkout", Revision: "2", Requester: "github/acme/checkout", Key: "build-118", Reason: "Round totals down"})
		w.AtStep(id, 1)
		w.Pass(8*time.Minute + 30*time.Second)
		got := photograph(colored(w, 88, "get", "checkout"), 88)
		if *screenshots {
			if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
			return
		}
		if was, err := os.ReadFile(file); err != nil || string(was) != got {
			t.Errorf("docs/get.svg is not what sluice get draws now (%v): make screenshots", err)
		}
	})
}

// colored is what a command writes on a terminal of so many columns.
func colored(w *scenario.World, columns int, words ...string) string {
	var out bytes.Buffer
	d := desk{
		out: &out, errs: &out, pen: screen.Pen{Columns: columns, Color: true}, checkout: "../..", now: time.Now, getenv: func(string) string { return "" },
		find: func(context.Context, string, string) (session.Engine, error) {
			return session.Engine{Environment: "sandbox", AWS: w.Sandbox.Config("")}, nil
		},
	}
	d.run(w.T.Context(), words)
	return out.String()
}

// The cell of a terminal in a picture, in pixels.
const (
	cellWidth  = 8.0
	cellHeight = 19
	margin     = 16
)

var painted = regexp.MustCompile("\x1b\\[([0-9]*)m")

// photograph draws the text of a terminal as SVG. Bars are shapes: fonts draw their characters with gaps.
func photograph(text string, columns int) string {
	lines := strings.Split(strings.TrimRight(text, "\n"), "\n")
	var b strings.Builder
	width, height := columns*cellWidth+2*margin, (len(lines)+2)*cellHeight+margin
	fmt.Fprintf(&b, "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\" role=\"img\" aria-labelledby=\"title\">\n<title id=\"title\">What sluice get checkout -w draws while a release bakes</title>\n<style>\n%s</style>\n", width, height, width, height, terminalStyle)
	fmt.Fprintf(&b, "<rect class=\"card\" x=\"0.5\" y=\"0.5\" width=\"%d\" height=\"%d\" rx=\"10\"/>\n", width-1, height-1)
	cell(&b, "2", 0, 0, "$ sluice get checkout -w")
	for row, line := range lines {
		column, class := 0, ""
		for line != "" {
			next := painted.FindStringSubmatchIndex(line)
			run := line
			if next != nil {
				run = line[:next[0]]
			}
			cell(&b, class, row+1, column, run)
			column += utf8.RuneCountInString(run)
			if next == nil {
				break
			}
			class, line = strings.TrimPrefix(line[next[2]:next[3]], "0"), line[next[1]:]
		}
	}
	return b.String() + "</svg>\n"
}

// cell writes characters of one colour.
func cell(b *strings.Builder, class string, row, column int, run string) {
	for run != "" {
		first, _ := utf8.DecodeRuneInString(run)
		if first == ' ' {
			run, column = run[1:], column+1
			continue
		}
		n := strings.IndexFunc(run, func(r rune) bool { return isBar(r) != isBar(first) || isBar(first) && r != first })
		if n < 0 {
			n = len(run)
		}
		part := strings.TrimRight(run[:n], " ")
		x, y, cells := margin+float64(column)*cellWidth, margin+row*cellHeight, utf8.RuneCountInString(run[:n])
		switch {
		case first == '█' || first == '▒':
			fmt.Fprintf(b, "<rect class=\"%s\" x=\"%g\" y=\"%d\" width=\"%g\" height=\"13\"/>\n", names(class, first), x, y+3, float64(cells)*cellWidth)
		case isBar(first):
			fmt.Fprintf(b, "<rect class=\"%s\" x=\"%g\" y=\"%d\" width=\"%g\" height=\"3\"/>\n", names(class, first), x, y+8, float64(cells)*cellWidth)
		default:
			fmt.Fprintf(b, "<text xml:space=\"preserve\" class=\"%s\" x=\"%g\" y=\"%d\" textLength=\"%g\">%s</text>\n", names(class, ' '), x, y+14, float64(utf8.RuneCountInString(part))*cellWidth, html.EscapeString(part))
		}
		run, column = run[n:], column+cells
	}
}

func isBar(r rune) bool { return strings.ContainsRune("█▒━─", r) }

// names are the classes of a run.
func names(class string, first rune) string {
	if first == '▒' {
		return "c" + class + " light"
	}
	return "c" + class
}

// terminalStyle has GitHub's colours, by day and by night, as the other pictures have.
const terminalStyle = `text{font:13px ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;white-space:pre}
.card{fill:#f6f8fa;stroke:#d1d9e0}
.c,.c1{fill:#1f2328}
.c1{font-weight:700}
.c2{fill:#59636e}
.c31{fill:#cf222e}
.c32{fill:#1a7f37}
.c33{fill:#9a6700}
.c34{fill:#0969da}
.light{opacity:.55}
@media (prefers-color-scheme:dark){
.card{fill:#151b23;stroke:#3d444d}
.c,.c1{fill:#f0f6fc}
.c2{fill:#9198a1}
.c31{fill:#ff7b72}
.c32{fill:#3fb950}
.c33{fill:#d29922}
.c34{fill:#79c0ff}
}
`
