package definition

import "slices"

// A Change is a value that differs between two definitions of a service.
type Change struct {
	Path    string
	Was, Is string // as YAML writes them; empty: there is none
	At      string // where it is said now; empty where it is not
}

// Changes are the values in which a service differs from what it was, in the order of a definition: those that are new or have changed, then those
// that are gone. A service that was not there has only new ones.
func Changes(was, is Service) ([]Change, error) {
	before, err := was.Values()
	if err != nil {
		return nil, err
	}
	now, err := is.Values()
	if err != nil {
		return nil, err
	}
	var changes []Change
	for _, v := range now {
		i := slices.IndexFunc(before, v.samePath)
		switch {
		case i < 0:
			changes = append(changes, Change{Path: v.Path, Is: v.Text, At: v.At()})
		case before[i].Text != v.Text:
			changes = append(changes, Change{v.Path, before[i].Text, v.Text, v.At()})
		}
	}
	for _, v := range before {
		if !slices.ContainsFunc(now, v.samePath) {
			changes = append(changes, Change{Path: v.Path, Was: v.Text})
		}
	}
	return changes, nil
}

func (v Value) samePath(other Value) bool { return v.Path == other.Path }
