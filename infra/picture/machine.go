package main

import (
	"fmt"

	"sluice/shared/rollout"
)

// Sizes of a state's box.
const (
	stateWidth  = 84
	stateHeight = 44
	choiceWidth = 100
)

// A place is where a state stands and what its box looks like.
type place struct {
	at    point
	class string
}

// places has every state of the machine. The way forward is the middle row, with the build and the questions to people above it; what goes
// wrong runs below it to Rollback.
var places = map[rollout.State]place{
	rollout.StatePlan:     {point{84, 126}, "node"},
	rollout.StateBuild:    {point{142, 40}, "node"},
	rollout.StateAdmit:    {point{200, 126}, "node"},
	rollout.Choose:        {point{330, 126}, "choice"},
	rollout.StateShift:    {point{462, 126}, "node"},
	rollout.StateJudge:    {point{612, 126}, "node"},
	rollout.StateGates:    {point{210, -32}, "node"},
	rollout.StateWait:     {point{264, 236}, "node"},
	rollout.StateAsk:      {point{440, -32}, "node"},
	rollout.StateCount:    {point{600, -32}, "node"},
	rollout.StateHook:     {point{500, 53}, "node"},
	rollout.StateAfter:    {point{413, 205}, "node"},
	rollout.StateRollback: {point{716, 284}, "undo"},
	rollout.StateSettle:   {point{716, 126}, "node"},
}

// An arc is all edges from one state to another. They share an arrow, and its label has the reason of each.
type arc struct{ from, to rollout.State }

// A route is the way of an arc's arrow.
type route struct {
	class string
	way   []point
	joins bool   // it ends in another arrow and has no head of its own
	label point  // base line of the label's last line
	side  string // class of the label: left, right, or "" for the middle
}

// Where the arrows to Rollback run: the errors from the right, the decision to go back, the way on from there, the errors from the left. In this
// order none crosses another.
const (
	railRight = 267
	railBack  = 277
	railAgain = 289
	railLeft  = 300
)

var routes = map[arc]route{
	{rollout.StatePlan, rollout.StateAdmit}:      {class: "line", way: []point{{126, 126}, {158, 126}}},
	{rollout.StateAdmit, rollout.Choose}:         {class: "line", way: []point{{242, 126}, {280, 126}}},
	{rollout.Choose, rollout.StateBuild}:         {class: "line", way: []point{{294, 104}, {294, 40}, {184, 40}}, label: point{232, 32}},
	{rollout.Choose, rollout.StateGates}:         {class: "line", way: []point{{300, 104}, {300, -24}, {252, -24}}, label: point{293, -6}, side: "right"},
	{rollout.StateGates, rollout.Choose}:         {class: "line", way: []point{{252, -42}, {307, -42}}, joins: true},
	{rollout.Choose, rollout.StateAdmit}:         {class: "line", way: []point{{308, 148}, {308, 168}, {228, 168}, {228, 148}}, label: point{268, 162}},
	{rollout.StateGates, rollout.StateRollback}:  {class: "back dashed", way: []point{{210, -54}, {210, -86}, {794, -86}, {794, -32}}, joins: true},
	{rollout.StateBuild, rollout.StatePlan}:      {class: "line", way: []point{{100, 40}, {84, 40}, {84, 104}}, label: point{78, 88}, side: "right"},
	{rollout.StateBuild, rollout.StateRollback}:  {class: "back dashed", way: []point{{142, 18}, {142, -86}, {794, -86}, {794, -32}}, joins: true},
	{rollout.Choose, rollout.StateShift}:         {class: "line", way: []point{{380, 126}, {420, 126}}, label: point{396, 118}},
	{rollout.StateShift, rollout.StateJudge}:     {class: "line", way: []point{{504, 126}, {570, 126}}, label: point{535, 118}},
	{rollout.StateJudge, rollout.Choose}:         {class: "line", way: []point{{612, 104}, {612, 84}, {344, 84}, {344, 104}}},
	{rollout.Choose, rollout.StateSettle}:        {class: "line", way: []point{{322, 104}, {322, 22}, {716, 22}, {716, 104}}, label: point{340, 15}, side: "left"},
	{rollout.Choose, rollout.StateAsk}:           {class: "line", way: []point{{314, 104}, {314, -32}, {398, -32}}, label: point{319, -40}, side: "left"},
	{rollout.StateAsk, rollout.StateCount}:       {class: "line", way: []point{{482, -32}, {558, -32}}, label: point{519, -40}},
	{rollout.StateCount, rollout.Choose}:         {class: "line", way: []point{{600, -54}, {600, -74}, {307, -74}, {307, 104}}},
	{rollout.StateCount, rollout.StateRollback}:  {class: "back dashed", way: []point{{642, -32}, {794, -32}, {794, railBack}, {758, railBack}}},
	{rollout.StateAsk, rollout.StateRollback}:    {class: "back dashed", way: []point{{440, -10}, {440, 10}, {794, 10}}, joins: true},
	{rollout.Choose, rollout.StateHook}:          {class: "line", way: []point{{333, 104}, {333, 53}, {458, 53}}, label: point{396, 46}},
	{rollout.StateHook, rollout.StateJudge}:      {class: "line", way: []point{{542, 65}, {628, 65}, {628, 104}}, label: point{585, 60}},
	{rollout.StateHook, rollout.StateRollback}:   {class: "back dashed", way: []point{{542, 42}, {664, 42}, {664, railRight}}, joins: true},
	{rollout.Choose, rollout.StateAfter}:         {class: "line", way: []point{{361, 148}, {361, 196}, {371, 196}}, label: point{367, 178}, side: "left"},
	{rollout.StateAfter, rollout.Choose}:         {class: "line", way: []point{{371, 214}, {351, 214}, {351, 148}}},
	{rollout.Choose, rollout.StateWait}:          {class: "line", way: []point{{324, 148}, {324, 236}, {306, 236}}, label: point{318, 200}, side: "right"},
	{rollout.StateWait, rollout.StateAdmit}:      {class: "line", way: []point{{222, 236}, {206, 236}, {206, 148}}, label: point{213, 202}, side: "left"},
	{rollout.Choose, rollout.StateRollback}:      {class: "back", way: []point{{343, 148}, {343, railBack}, {674, railBack}}, label: point{350, 262}, side: "left"},
	{rollout.StateRollback, rollout.Choose}:      {class: "line", way: []point{{674, railAgain}, {334, railAgain}, {334, 148}}},
	{rollout.StateRollback, rollout.StateSettle}: {class: "line", way: []point{{716, 262}, {716, 148}}, label: point{708, 204}, side: "right"},
	{rollout.StateSettle, rollout.StateRollback}: {class: "back dashed", way: []point{{738, 148}, {738, 262}}},
	{rollout.StatePlan, rollout.StateRollback}:   {class: "back dashed", way: []point{{84, 148}, {84, railLeft}, {674, railLeft}}},
	{rollout.StateAdmit, rollout.StateRollback}:  {class: "back dashed", way: []point{{182, 148}, {182, railLeft}, {196, railLeft}}, joins: true},
	{rollout.StateWait, rollout.StateRollback}:   {class: "back dashed", way: []point{{264, 258}, {264, railLeft}, {278, railLeft}}, joins: true},
	{rollout.StateShift, rollout.StateRollback}:  {class: "back dashed", way: []point{{462, 148}, {462, railRight}, {674, railRight}}},
	{rollout.StateJudge, rollout.StateRollback}:  {class: "back dashed", way: []point{{612, 148}, {612, railRight}, {626, railRight}}, joins: true},
}

// drawMachine draws a transition table. It refuses a table that it has no place or no route for, and a place or a route that
// the table does not have.
func drawMachine(edges []rollout.Edge) (string, error) {
	arcs, whys := gather(edges)
	if err := placed(arcs); err != nil {
		return "", err
	}
	c := &canvas{}
	for _, a := range arcs {
		drawArc(c, routes[a], label(whys[a]))
	}
	for _, s := range states(arcs) {
		drawState(c, s, places[s], waits(edges, s))
	}
	drawEnds(c)
	drawLegend(c)
	return c.svg(-96, 810, 468, "The state machine of a release", describe(arcs, whys)), nil
}

func drawArc(c *canvas, r route, label []string) {
	if r.joins {
		c.shape(r.class, bend(r.way))
	} else {
		c.arrow(r.class, r.way...)
	}
	const leading = 15
	for i, line := range label {
		c.text("soft "+r.side, point{r.label.x, r.label.y - leading*(len(label)-1-i)}, line)
	}
}

// drawState draws a box, or for the choice the hexagon that flow charts use. A state that waits has a clock before its name.
func drawState(c *canvas, s rollout.State, p place, waits bool) {
	if p.class == "choice" {
		c.shape(p.class, fmt.Sprintf("M%d %dl14 -22h72l14 22l-14 22h-72z", p.at.x-choiceWidth/2, p.at.y))
	} else {
		c.box(p.class, p.at, stateWidth, stateHeight, 8)
	}
	name := point{p.at.x, p.at.y + 5}
	if waits {
		drawClock(c, point{p.at.x - 25, p.at.y})
		name.x += 10
	}
	c.text("ink name", name, string(s))
}

func drawClock(c *canvas, at point) {
	c.circle("node", at, 7)
	c.shape("line", fmt.Sprintf("M%d %dv4h3", at.x, at.y-4))
}

// drawEnds draws where the machine starts and ends, as UML does.
func drawEnds(c *canvas) {
	c.circle("dot", point{18, 126}, 5)
	c.arrow("line", point{23, 126}, point{42, 126})
	c.arrow("line", point{758, 126}, point{773, 126})
	c.circle("node", point{781, 126}, 7)
	c.circle("dot", point{781, 126}, 4)
}

func drawLegend(c *canvas) {
	const line = 346
	drawClock(c, point{50, line - 4})
	c.text("soft left", point{66, line}, "waits by task token; its time-out is no error")
	c.arrow("back dashed", point{372, line - 4}, point{406, line - 4})
	c.text("soft left", point{415, line}, "any uncaught error")
	c.arrow("line", point{558, line - 4}, point{592, line - 4})
	c.text("soft left", point{601, line}, "done, or the value of next")
}
