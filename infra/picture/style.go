package main

import (
	"fmt"
	"strings"
)

// A shade is a colour that a class gives to a property, by day and by night.
type shade struct{ class, property, light, dark string }

// palette is GitHub's own (primer.style/foundations/color), so that the pictures sit quietly on its pages.
var palette = []shade{
	{"card", "fill", "#ffffff", "#0d1117"},
	{"card", "stroke", "#d1d9e0", "#3d444d"},
	{"panel", "fill", "#f6f8fa", "#151b23"},
	{"panel", "stroke", "#d1d9e0", "#3d444d"},
	{"node", "fill", "#ffffff", "#0d1117"},
	{"node", "stroke", "#59636e", "#9198a1"},
	{"choice", "fill", "#ddf4ff", "#122d4f"},
	{"choice", "stroke", "#0969da", "#4493f8"},
	{"undo", "fill", "#ffebe9", "#3c1618"},
	{"undo", "stroke", "#cf222e", "#f85149"},
	{"dot", "fill", "#59636e", "#9198a1"},
	{"line", "stroke", "#59636e", "#9198a1"},
	{"back", "stroke", "#cf222e", "#f85149"},
	{"backdot", "fill", "#cf222e", "#f85149"},
	{"stable", "fill", "#eaeef2", "#262c36"},
	{"candidate", "fill", "#80ccff", "#1f5fb8"},
	{"edge", "stroke", "#0969da", "#79c0ff"},
	{"ink", "fill", "#1f2328", "#f0f6fc"},
	{"soft", "fill", "#59636e", "#9198a1"},
	{"go", "fill", "#1a7f37", "#3fb950"},
	{"stop", "fill", "#cf222e", "#ff7b72"},
}

// shapes is what does not change with the light. No font is loaded: the reader's system has one.
const shapes = `text{font:13px -apple-system,"Segoe UI","Noto Sans",Helvetica,Arial,sans-serif;text-anchor:middle}
.left{text-anchor:start}
.right{text-anchor:end}
.name{font-size:15px;font-weight:600}
.small{font-size:12px}
.strong{font-weight:600}
.mono{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,monospace}
.card,.panel{stroke-width:1}
.node,.choice,.undo{stroke-width:1.5}
.line,.back,.edge{fill:none;stroke-width:1.5}
.thick{stroke-width:2.5}
.dashed{stroke-dasharray:5 4}
`

// style is the sheet of a picture. A picture inside an <img> sees the reader's system, not the page around it; that is why
// each also paints its own card instead of trusting the page to be as light or as dark as the system.
func style() string {
	var b strings.Builder
	b.WriteString(shapes)
	for _, s := range palette {
		fmt.Fprintf(&b, ".%s{%s:%s}\n", s.class, s.property, s.light)
	}
	b.WriteString("@media (prefers-color-scheme:dark){\n")
	for _, s := range palette {
		fmt.Fprintf(&b, ".%s{%s:%s}\n", s.class, s.property, s.dark)
	}
	b.WriteString("}\n")
	return b.String()
}
