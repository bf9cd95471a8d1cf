package main

import (
	"fmt"
	"html"
	"math"
	"strings"
)

// The plot is a grid of panels: a column for each level of errors, a row for each way of calibrating the peers.
const (
	panelWidth, panelHeight = 170, 190
	left, top               = 64, 64
	between                 = 24
	lost                    = 90 // where "not found" is drawn, as if in minutes
)

// families are what is drawn as one line: the best of their rules at each ratio.
var families = []struct{ name, class string }{
	{"alarm", "alarm"}, {"Flagger", "flagger"}, {"Argo", "argo"}, {"Kayenta", "kayenta"}, {"PipeCD", "pipecd"}, {"Sluice", "sluice"},
}

// plot draws the median minutes to roll back a bad release against how bad it is.
func plot(results []result) string {
	var b strings.Builder
	var shown []result
	for _, r := range results {
		if len(r.also) > 0 {
			shown = append(shown, r)
		}
	}
	width := left + len(shown)*(panelWidth+between)
	height := top + 2*(panelHeight+72)
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" width="%d" height="%d" role="img" aria-labelledby="title description">`+"\n", width, height, width, height)
	b.WriteString("<title id=\"title\">How soon bad releases are rolled back</title>\n")
	b.WriteString("<desc id=\"description\">Median minutes to roll back a release whose error rate is 1.25 to 10 times that of stable, for Sluice and the best rule of each peer. The tables of judging.md have the numbers.</desc>\n")
	b.WriteString("<style>\n" + style + "</style>\n")
	legend(&b)
	for row, title := range []string{"Peers calibrated to plain traffic", "Peers calibrated to outages, drift, clusters and all other scenarios, too"} {
		y := top + row*(panelHeight+72)
		text(&b, left, y-2, "name left", title)
		for column, r := range shown {
			by, hard := r.plain, make([]bool, len(r.rules))
			if row == 1 {
				by, hard = r.every, r.hard
			}
			panel(&b, left+column*(panelWidth+between), y+32, r, by, hard, column == 0)
		}
	}
	b.WriteString("</svg>\n")
	return b.String()
}

func legend(b *strings.Builder) {
	x := left
	for _, f := range families {
		fmt.Fprintf(b, `<path class="line %s" d="M%d 20h22"/><circle class="dot %s" cx="%d" cy="20" r="3"/>`+"\n", f.class, x, f.class, x+11)
		text(b, x+28, 24, "left", f.name)
		x += 92
	}
	text(b, x, 24, "left small soft", "best rule of each, median minutes")
}

func panel(b *strings.Builder, x, y int, r result, by [][]detection, hard []bool, first bool) {
	text(b, x+panelWidth/2, y-10, "small soft", r.short)
	fmt.Fprintf(b, `<rect class="panel" x="%d" y="%d" width="%d" height="%d"/>`+"\n", x, y, panelWidth, panelHeight)
	for _, minutes := range []float64{1, 2, 5, 10, 20, 60, lost} {
		fmt.Fprintf(b, `<path class="rule" d="M%d %.1fh%d"/>`+"\n", x, down(y, minutes), panelWidth)
		if first {
			label := fmt.Sprint(minutes)
			if minutes == lost {
				label = "not found"
			}
			text(b, x-6, int(down(y, minutes))+4, "right small soft", label)
		}
	}
	for i, s := range r.bad {
		text(b, int(across(x, i, len(r.bad))), y+panelHeight+16, "small soft", s.name)
	}
	for _, f := range families {
		curve(b, x, y, r, by, hard, f.name, f.class)
	}
}

func curve(b *strings.Builder, x, y int, r result, by [][]detection, hard []bool, family, class string) {
	var points, dots []string
	for i := range r.bad {
		minutes := math.Inf(1)
		for j, rule := range r.rules {
			if strings.HasPrefix(rule.name, family) && !hard[j] {
				minutes = min(minutes, by[i][j].minutes)
			}
		}
		px, py := across(x, i, len(r.bad)), down(y, min(minutes, lost))
		points = append(points, fmt.Sprintf("%.1f %.1f", px, py))
		dots = append(dots, fmt.Sprintf(`<circle class="dot %s" cx="%.1f" cy="%.1f" r="3"/>`, class, px, py))
	}
	fmt.Fprintf(b, `<path class="line %s" d="M%s"/>%s`+"\n", class, strings.Join(points, "L"), strings.Join(dots, ""))
}

func across(x, i, n int) float64 {
	return float64(x) + 18 + float64(i)*float64(panelWidth-36)/float64(n-1)
}

func down(y int, minutes float64) float64 {
	return float64(y+panelHeight) - 10 - float64(panelHeight-20)*math.Log(minutes)/math.Log(lost)
}

func text(b *strings.Builder, x, y int, class, words string) {
	fmt.Fprintf(b, `<text class="ink %s" x="%d" y="%d">%s</text>`+"\n", class, x, y, html.EscapeString(words))
}

const style = `text{font:13px -apple-system,"Segoe UI","Noto Sans",Helvetica,Arial,sans-serif;text-anchor:middle}
.left{text-anchor:start}
.right{text-anchor:end}
.name{font-size:14px;font-weight:600}
.small{font-size:11px}
.panel{fill:none;stroke:#d1d9e0}
.rule{stroke:#d1d9e0;stroke-width:.5}
.line{fill:none;stroke-width:1.5}
.ink{fill:#1f2328}
.soft{fill:#59636e}
.alarm{stroke:#cf222e}.dot.alarm{fill:#cf222e}
.flagger{stroke:#1a7f37}.dot.flagger{fill:#1a7f37}
.argo{stroke:#bc4c00}.dot.argo{fill:#bc4c00}
.kayenta{stroke:#8250df}.dot.kayenta{fill:#8250df}
.pipecd{stroke:#818b98}.dot.pipecd{fill:#818b98}
.sluice{stroke:#0969da}.dot.sluice{fill:#0969da}
.line.sluice{stroke-width:3}
@media (prefers-color-scheme:dark){
.panel{stroke:#3d444d}
.rule{stroke:#3d444d}
.ink{fill:#f0f6fc}
.soft{fill:#9198a1}
.alarm{stroke:#f85149}.dot.alarm{fill:#f85149}
.flagger{stroke:#3fb950}.dot.flagger{fill:#3fb950}
.argo{stroke:#db6d28}.dot.argo{fill:#db6d28}
.kayenta{stroke:#a371f7}.dot.kayenta{fill:#a371f7}
.sluice{stroke:#4493f8}.dot.sluice{fill:#4493f8}
}
`
