package main

import (
	"fmt"

	"sluice/shared/rollout"
)

// A level is a weight of the candidate, in percent, and how wide its time is drawn.
type level struct{ percent, width int }

// Size of a chart.
const (
	chartX      = 566
	chartWidth  = 204
	chartHeight = 78
)

// drawTraffic draws one release that climbs and one that an alarm takes back, below each other.
func drawTraffic(c *canvas) {
	c.rect("panel", point{552, 52}, 232, 276, 10)

	const good, bad = 94, 234
	drawChart(c, good, []level{{0, 18}, {5, 48}, {25, 48}, {50, 48}, {100, 42}})
	c.text("ink small right", point{chartX + chartWidth - 8, good + chartHeight - 8}, "candidate")
	c.text("ink left", point{chartX, good - 12}, "A good release")
	c.text("go right strong", point{chartX + chartWidth, good - 12}, string(rollout.Succeeded))

	drawChart(c, bad, []level{{0, 18}, {5, 46}, {25, 40}, {0, 100}})
	alarm := chartX + 18 + 46 + 40
	c.shape("back dashed", fmt.Sprintf("M%d %dv%d", alarm, bad, chartHeight))
	c.text("stop small left strong", point{alarm + 6, bad + 16}, "alarm")
	c.text("soft small left", point{alarm + 6, bad + chartHeight - 8}, "stable serves all")
	c.text("ink left", point{chartX, bad - 12}, "A bad one")
	c.text("stop right strong", point{chartX + chartWidth, bad - 12}, string(rollout.RolledBack))
}

// drawChart draws the candidate's share of the traffic before that of stable, which has the rest.
func drawChart(c *canvas, top int, levels []level) {
	c.rect("stable", point{chartX, top}, chartWidth, chartHeight, 0)
	c.text("soft small left", point{chartX + 8, top + 18}, "stable")
	path, x, bottom := "", chartX, top+chartHeight
	for _, l := range levels {
		y := bottom - chartHeight*l.percent/100
		path += fmt.Sprintf("L%d %dL%d %d", x, y, x+l.width, y)
		x += l.width
	}
	c.shape("candidate", fmt.Sprintf("M%d %d%sL%d %dz", chartX, bottom, path, x, bottom))
	c.shape("edge", "M"+path[1:])
	drawWeights(c, top, levels)
}

// drawWeights writes each weight on its level, and that of the full height below its edge.
func drawWeights(c *canvas, top int, levels []level) {
	x := chartX
	for _, l := range levels {
		y := top + chartHeight - chartHeight*l.percent/100 - 5
		if l.percent > 0 {
			c.text("ink small", point{x + l.width/2, max(y, top+16)}, fmt.Sprintf("%d %%", l.percent))
		}
		x += l.width
	}
}
