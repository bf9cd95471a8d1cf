package main

import (
	"fmt"
	"html"
	"strings"
)

// A point of a picture; y grows downwards.
type point struct{ x, y int }

// A canvas collects the shapes of one picture, the ones in the back first. Classes are those of the style sheet.
type canvas struct{ body strings.Builder }

// box is a rectangle around a centre.
func (c *canvas) box(class string, at point, w, h, round int) {
	c.rect(class, point{at.x - w/2, at.y - h/2}, w, h, round)
}

// rect is a rectangle from its upper left corner.
func (c *canvas) rect(class string, at point, w, h, round int) {
	fmt.Fprintf(&c.body, "<rect class=%q x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" rx=\"%d\"/>\n", class, at.x, at.y, w, h, round)
}

func (c *canvas) circle(class string, at point, r int) {
	fmt.Fprintf(&c.body, "<circle class=%q cx=\"%d\" cy=\"%d\" r=\"%d\"/>\n", class, at.x, at.y, r)
}

// text writes words whose base line is at the point: centred on it, or beside it with the classes left and right.
func (c *canvas) text(class string, at point, words string) {
	fmt.Fprintf(&c.body, "<text class=%q x=\"%d\" y=\"%d\">%s</text>\n", class, at.x, at.y, html.EscapeString(words))
}

// shape is a path as SVG writes it.
func (c *canvas) shape(class, path string) {
	fmt.Fprintf(&c.body, "<path class=%q d=%q/>\n", class, path)
}

// arrow runs through points and has its head, in the colour of the class, at the last one.
func (c *canvas) arrow(class string, way ...point) {
	head, _, _ := strings.Cut(class, " ")
	fmt.Fprintf(&c.body, "<path class=%q d=%q marker-end=\"url(#%s)\"/>\n", class, bend(way), head)
}

// bend makes a path along points; a corner between a horizontal and a vertical stretch is round.
func bend(way []point) string {
	const radius = 10
	var b strings.Builder
	fmt.Fprintf(&b, "M%d %d", way[0].x, way[0].y)
	for i := 1; i < len(way)-1; i++ {
		in, corner, out := toward(way[i], way[i-1], radius), way[i], toward(way[i], way[i+1], radius)
		fmt.Fprintf(&b, "L%d %dQ%d %d %d %d", in.x, in.y, corner.x, corner.y, out.x, out.y)
	}
	last := way[len(way)-1]
	fmt.Fprintf(&b, "L%d %d", last.x, last.y)
	return b.String()
}

// toward is the point at most so far from one point along the straight line to another.
func toward(from, to point, far int) point {
	return point{from.x + clamp(to.x-from.x, far), from.y + clamp(to.y-from.y, far)}
}

func clamp(n, limit int) int { return max(-limit, min(limit, n)) }

// svg is the finished picture, whose upper edge is at top: title and description are what a screen reader says.
func (c *canvas) svg(top, w, h int, title, description string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 %d %d %d\" width=\"%d\" height=\"%d\" role=\"img\" aria-labelledby=\"title description\">\n", top, w, h, w, h)
	fmt.Fprintf(&b, "<title id=\"title\">%s</title>\n<desc id=\"description\">%s</desc>\n", html.EscapeString(title), html.EscapeString(description))
	fmt.Fprintf(&b, "<style>\n%s</style>\n<defs>\n%s%s</defs>\n", style(), head("line", "dot"), head("back", "backdot"))
	fmt.Fprintf(&b, "<rect class=\"card\" x=\"0.5\" y=\"%d.5\" width=\"%d\" height=\"%d\" rx=\"10\"/>\n", top, w-1, h-1)
	b.WriteString(c.body.String() + "</svg>\n")
	return b.String()
}

// head is the arrow head of a class of lines.
func head(line, fill string) string {
	return fmt.Sprintf("<marker id=%q viewBox=\"0 0 8 8\" refX=\"7\" refY=\"4\" markerWidth=\"9\" markerHeight=\"9\" markerUnits=\"userSpaceOnUse\" orient=\"auto\">"+
		"<path class=%q d=\"M0 0.5 8 4 0 7.5z\"/></marker>\n", line, fill)
}
