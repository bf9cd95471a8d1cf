package kind

import "slices"

// Touching are Sluice's functions that read or change what carries the traffic.
func Touching() []string {
	return []string{"admit", "build", "gates", "guard", "look", "plan", "rollback", "settle", "shift"}
}

// Touches says whether a function touches targets. Such a function is built and deployed once for each kind: with that kind's client, and with a role
// for targets of that kind.
func Touches(function string) bool { return slices.Contains(Touching(), function) }

// Function is the name of a function as the kind's targets have it: "guard-memory".
func (f Facts) Function(name string) string {
	if !Touches(name) {
		return name
	}
	return name + f.Suffix
}
