package kind

import "slices"

// Touching lists Sluice's functions that read or change targets.
func Touching() []string {
	return []string{"admit", "build", "gates", "guard", "look", "plan", "rollback", "settle", "shift"}
}

// Touches says whether a function touches targets. Such a function is built and deployed once for each kind: with that kind's client, and with a role
// for targets of that kind.
func Touches(function string) bool { return slices.Contains(Touching(), function) }

// Function is the name of the function that serves this kind: "guard-memory". A function that touches no targets has one name for all.
func (f Facts) Function(name string) string {
	if !Touches(name) {
		return name
	}
	return name + f.Suffix
}

// Wanted says whether an engine for targets of these kinds has a function. Only services that ask at ticks have somebody to ask.
func Wanted(function string, kinds []ID) bool {
	return function != "tick" || slices.ContainsFunc(kinds, func(id ID) bool { return Of(id).Ticks })
}
