package main

import (
	"strings"

	"sluice/events"
	"sluice/shared/rollout"
)

// Columns and rows of the overview: an event and its function share a row.
const (
	eventX    = 95
	functionX = 242

	triggerY = 82
	decideY  = 154
	guardY   = 292
)

// drawOverview draws what wakes what, from left to right, and what that does to the traffic.
func drawOverview() string {
	c := &canvas{}
	drawHeadings(c)
	drawFunctions(c)
	drawLead(c)
	drawTraffic(c)
	drawWays(c)
	return c.svg(0, 800, 350, "Sluice in one picture", strings.Join([]string{
		"An event release.requested wakes the function trigger, which starts the state machine.",
		"It shifts the traffic to the candidate step by step, judges each step and settles: the release has succeeded.",
		"A CloudWatch alarm wakes the function guard, which puts all traffic back on stable in three calls and then wakes the state machine: the release is rolled-back.",
		"A person's abort or promote wakes the function decide, which wakes the state machine.",
	}, " "))
}

func drawHeadings(c *canvas) {
	const y = 36
	c.text("soft small strong", point{eventX, y}, "EVENTS")
	c.text("soft small strong", point{functionX, y}, "FUNCTIONS")
	c.text("soft small strong", point{425, y}, "STATE MACHINE")
	c.text("soft small strong", point{668, y}, "TRAFFIC")
}

// A row is an event, who sends it, and the function that it wakes.
type row struct {
	y                       int
	event, sender, function string
}

var rows = []row{
	{triggerY, events.ReleaseRequested, "CI, a person", "trigger"},
	{decideY, "abort, promote", "a person", "decide"},
	{guardY, "alarm goes red", "CloudWatch", "guard"},
}

func drawFunctions(c *canvas) {
	for _, r := range rows {
		c.box("panel", point{eventX, r.y}, 150, 46, 23)
		c.text("ink strong", point{eventX, r.y - 2}, r.event)
		c.text("soft small", point{eventX, r.y + 14}, r.sender)
		c.arrow("line", point{170, r.y}, point{202, r.y})
		c.box("node", point{functionX, r.y}, 80, 36, 8)
		c.text("ink strong", point{functionX, r.y + 4}, r.function)
	}
}

// drawLead draws the state machine as a reader meets it first: without the choice, the wait and the errors, which machine.svg has.
func drawLead(c *canvas) {
	c.rect("panel", point{328, 52}, 194, 206, 10)
	left, right := 384, 472
	lead := []struct {
		state rollout.State
		at    point
		class string
	}{
		{rollout.StatePlan, point{left, triggerY}, "node"},
		{rollout.StateAdmit, point{left, 118}, "node"},
		{rollout.StateShift, point{left, decideY}, "node"},
		{rollout.StateJudge, point{left, 190}, "node"},
		{rollout.StateSettle, point{left, 232}, "node"},
		{rollout.StateRollback, point{right, 232}, "undo"},
	}
	for _, l := range lead {
		c.box(l.class, l.at, 72, 24, 6)
		c.text("ink small strong", point{l.at.x, l.at.y + 4}, string(l.state))
	}
	c.arrow("line", point{left, 94}, point{left, 106})
	c.arrow("line", point{left, 130}, point{left, 142})
	c.arrow("line", point{left, 166}, point{left, 178})
	c.arrow("line", point{left, 202}, point{left, 220})
	c.arrow("line", point{420, 186}, point{438, 186}, point{438, 160}, point{420, 160})
	c.text("soft small left", point{444, 176}, "each step")
	c.arrow("back", point{420, 196}, point{right, 196}, point{right, 220})
	c.arrow("line", point{436, 232}, point{420, 232})
}

// drawWays draws what reaches over the columns: the functions' calls and the moves of the traffic.
func drawWays(c *canvas) {
	c.arrow("line", point{282, triggerY}, point{348, triggerY})
	c.arrow("line", point{282, 150}, point{348, 150})
	c.arrow("line", point{282, 284}, point{308, 284}, point{308, 159}, point{348, 159})
	c.text("soft small left", point{315, 276}, "then wakes it")
	c.arrow("line", point{420, 148}, point{551, 148})
	c.text("soft small left", point{428, 141}, "moves weight")
	c.arrow("back", point{508, 232}, point{551, 232})
	c.arrow("back thick", point{282, 299}, point{551, 299})
	c.text("stop small left strong", point{315, 318}, "all traffic back, in 3 calls")
}
