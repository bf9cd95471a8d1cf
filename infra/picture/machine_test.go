package main

import (
	"strings"
	"testing"

	"sluice/shared/rollout"
)

// TestEveryEdgeOfTheTableIsInThePicture, and in the words that stand for it: the label, or the dashes of an error.
func TestEveryEdgeOfTheTableIsInThePicture(t *testing.T) {
	svg, err := drawMachine(rollout.Edges)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range rollout.Edges {
		r := routes[arc{e.From, e.To}]
		if !strings.Contains(svg, `d="`+bend(r.way)+`"`) {
			t.Errorf("no arrow runs from %s to %s", e.From, e.To)
		}
		dashed := strings.Contains(r.class, "dashed")
		if labelled := r.label != (point{}); !labelled && dashed != (e.Why == failure) || !labelled && !dashed && e.Why != done {
			t.Errorf("nothing in the picture says that %s goes to %s by %q", e.From, e.To, e.Why)
		}
	}
}

// TestArrowsRunFromTheirStateToTheirState finds an arrow that ends in the air, or at the wrong box, after a box was moved.
func TestArrowsRunFromTheirStateToTheirState(t *testing.T) {
	for a, r := range routes {
		if !touches(places[a.from], r.way[0]) {
			t.Errorf("the arrow from %s to %s starts at %v, beside its state", a.from, a.to, r.way[0])
		}
		last := r.way[len(r.way)-1]
		if !r.joins && !touches(places[a.to], last) {
			t.Errorf("the arrow from %s to %s ends at %v, beside its state", a.from, a.to, last)
		}
		if r.joins && !joinsOneTo(a, last) {
			t.Errorf("the arrow from %s to %s ends at %v, where no arrow to %s passes", a.from, a.to, last, a.to)
		}
	}
}

// TestNoTwoArrowsCross holds what makes the picture readable. Arrows to the same state may run into each other.
func TestNoTwoArrowsCross(t *testing.T) {
	for a, r := range routes {
		for b, s := range routes {
			if a == b || a.to == b.to && r.class == s.class {
				continue
			}
			for i := 1; i < len(r.way); i++ {
				for j := 1; j < len(s.way); j++ {
					if meet(r.way[i-1], r.way[i], s.way[j-1], s.way[j]) {
						t.Errorf("%s to %s crosses %s to %s", a.from, a.to, b.from, b.to)
					}
				}
			}
		}
	}
}

// touches tells whether a point lies on the edge of a place's box; the choice is a little wider than the others.
func touches(p place, at point) bool {
	w, h := stateWidth/2, stateHeight/2
	if p.class == "choice" {
		w = choiceWidth / 2
	}
	dx, dy := distance(p.at.x, at.x), distance(p.at.y, at.y)
	return dx == w && dy <= h || dx <= w && dy == h
}

func joinsOneTo(a arc, at point) bool {
	for b, s := range routes {
		if a == b || b.to != a.to || s.joins {
			continue
		}
		for i := 1; i < len(s.way); i++ {
			if meet(s.way[i-1], s.way[i], at, at) {
				return true
			}
		}
	}
	return false
}

// meet tells whether two horizontal or vertical stretches have a point in common.
func meet(a, b, c, d point) bool {
	return max(min(a.x, b.x), min(c.x, d.x)) <= min(max(a.x, b.x), max(c.x, d.x)) &&
		max(min(a.y, b.y), min(c.y, d.y)) <= min(max(a.y, b.y), max(c.y, d.y))
}

func distance(a, b int) int { return max(a-b, b-a) }
