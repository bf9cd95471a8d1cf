package faults

import (
	"fmt"
	"slices"
	"strings"
)

// A node is a moment at which somebody has to go next.
type node struct {
	moves  []move // that wait for their turn
	asleep []move // whose turn here would only repeat an interleaving that was explored
	tried  []move
	chosen move
}

// explorer walks all interleavings of the rivals' calls, depth first, telling the story anew for each. It leaves out those
// that differ from an explored one only in the order of independent calls (sleep sets: Godefroid, Partial-Order Methods
// for the Verification of Concurrent Systems, 1996, chapter 5).
type explorer struct {
	path  []*node
	depth int // of the run under way
}

// begin starts a run, which repeats the choices of the path.
func (e *explorer) begin() { e.depth = 0 }

// choose answers who goes next; false means that the rest of the run would be a repetition.
func (e *explorer) choose(moves []move) (move, bool) {
	if e.depth == len(e.path) {
		n := &node{moves: moves}
		if e.depth > 0 {
			n.asleep = e.path[e.depth-1].inherited()
		}
		e.path = append(e.path, n)
		if !n.next() {
			return move{}, false
		}
	}
	n := e.path[e.depth]
	if !slices.Equal(n.moves, moves) {
		panic(fmt.Sprintf("the story went another way when told again: %v, before that %v, after\n%s", moves, n.moves, e))
	}
	e.depth++
	return n.chosen, true
}

// advance goes to the next interleaving; false means that there is none.
func (e *explorer) advance() bool {
	for len(e.path) > 0 {
		if e.path[len(e.path)-1].next() {
			return true
		}
		e.path = e.path[:len(e.path)-1]
	}
	return false
}

// next chooses a move that was not tried here.
func (n *node) next() bool {
	if n.chosen != (move{}) && !slices.Contains(n.tried, n.chosen) {
		n.tried = append(n.tried, n.chosen)
	}
	for _, m := range n.moves {
		if !slices.Contains(n.tried, m) && !slices.Contains(n.asleep, m) {
			n.chosen = m
			return true
		}
	}
	return false
}

// inherited is what sleeps after the chosen move: what was tried instead of it, as far as it does not depend on it.
func (n *node) inherited() []move {
	var asleep []move
	for _, m := range slices.Concat(n.asleep, n.tried) {
		if m != n.chosen && m.independent(n.chosen) {
			asleep = append(asleep, m)
		}
	}
	return asleep
}

// String is the interleaving under way.
func (e *explorer) String() string {
	var steps []string
	for _, n := range e.path[:e.depth] {
		steps = append(steps, n.chosen.rival+" "+n.chosen.what)
	}
	return "  " + strings.Join(steps, "\n  ")
}
