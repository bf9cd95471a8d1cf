package lambda

import (
	"maps"
	"slices"
)

// A Function is what a page or a terminal shows of one.
type Function struct {
	Name, ARN, Role string
	Versions        []string // published, oldest first
	Aliases         []Alias  // by name
	Running         int      // executions now
}

// An Alias is where a name leads: to one version or, with a share of the traffic for the second, to two.
type Alias struct {
	Name, ARN, Version string
	Additional         string  // "" when one version gets all
	Weight             float64 // of the additional version
}

// Functions lists what there is, by name.
func (s *Service) Functions() []Function {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := make([]Function, 0, len(s.functions))
	for _, name := range slices.Sorted(maps.Keys(s.functions)) {
		all = append(all, s.show(s.functions[name]))
	}
	return all
}

func (s *Service) show(f *function) Function {
	out := Function{Name: f.name, ARN: s.arn(reference{name: f.name}), Role: deref(f.latest.config.Role), Running: f.busy}
	for _, v := range f.versions {
		out.Versions = append(out.Versions, *v.config.Version)
	}
	for _, name := range slices.Sorted(maps.Keys(f.aliases)) {
		a := f.aliases[name]
		shown := Alias{Name: name, ARN: s.arn(reference{f.name, name}), Version: a.version}
		for additional, weight := range a.weights { // at most one
			shown.Additional, shown.Weight = additional, weight
		}
		out.Aliases = append(out.Aliases, shown)
	}
	return out
}
