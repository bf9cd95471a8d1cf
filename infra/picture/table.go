package main

import (
	"fmt"
	"slices"
	"strings"

	"sluice/shared/rollout"
)

// reasons of a table's edges that the picture treats in a way of their own.
const (
	done    = "done"
	timeOut = "time-out"
	failure = "error"
)

// gather joins the edges of a table to arcs, in the table's order, with the reasons of each.
func gather(edges []rollout.Edge) ([]arc, map[arc][]string) {
	var arcs []arc
	whys := map[arc][]string{}
	for _, e := range edges {
		a := arc{e.From, e.To}
		if !slices.Contains(arcs, a) {
			arcs = append(arcs, a)
		}
		whys[a] = append(whys[a], e.Why)
	}
	return arcs, whys
}

// states lists the states of the arcs, in the order in which they are first met.
func states(arcs []arc) []rollout.State {
	var met []rollout.State
	for _, a := range arcs {
		for _, s := range []rollout.State{a.from, a.to} {
			if !slices.Contains(met, s) {
				met = append(met, s)
			}
		}
	}
	return met
}

// placed says what the table has and the picture does not, or the other way round.
func placed(arcs []arc) error {
	for _, s := range states(arcs) {
		if _, ok := places[s]; !ok {
			return fmt.Errorf("state %q has no place: give it one in infra/picture/machine.go", s)
		}
	}
	for _, a := range arcs {
		if _, ok := routes[a]; !ok {
			return fmt.Errorf("the edge from %q to %q has no route: give it one in infra/picture/machine.go", a.from, a.to)
		}
	}
	for s := range places {
		if !slices.Contains(states(arcs), s) {
			return fmt.Errorf("state %q has a place, but no edge of the table names it: remove it from infra/picture/machine.go", s)
		}
	}
	for a := range routes {
		if !slices.Contains(arcs, a) {
			return fmt.Errorf("the edge from %q to %q has a route, but the table does not have it: remove it from infra/picture/machine.go", a.from, a.to)
		}
	}
	return nil
}

// waits says whether a state waits by task token: these are the states that may end by a time-out without an error.
func waits(edges []rollout.Edge, s rollout.State) bool {
	return slices.ContainsFunc(edges, func(e rollout.Edge) bool { return e.From == s && e.Why == timeOut })
}

// label is what stands beside an arrow, line by line. An arrow whose only reason is "done" needs no words, and the dashes of
// its arrow already show an error.
func label(whys []string) []string {
	if len(whys) == 1 && (whys[0] == done || whys[0] == failure) {
		return nil
	}
	return strings.SplitAfter(strings.Join(whys, " or "), " or ")
}

// describe is the table in words, for those who cannot see the picture.
func describe(arcs []arc, whys map[arc][]string) string {
	var said []string
	for _, a := range arcs {
		said = append(said, fmt.Sprintf("%s to %s: %s.", a.from, a.to, strings.Join(whys[a], " or ")))
	}
	return strings.Join(said, " ")
}
