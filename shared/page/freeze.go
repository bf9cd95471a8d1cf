package page

import (
	"slices"
	"time"

	"sluice/shared/rollout"
)

// Freeze is a freeze that somebody set, as people see it.
type Freeze struct {
	Service string  `json:"service,omitempty"` // empty: all services
	Subject string  `json:"subject"`           // "checkout", "everything"
	By      string  `json:"by"`
	How     string  `json:"how"`
	Reason  string  `json:"reason"`
	At      *Moment `json:"at,omitempty"`
	Until   *Moment `json:"until,omitempty"` // nil: until somebody lifts it
}

// Freezes are those that stand, the one of everything first.
func Freezes(all []rollout.Frozen, now time.Time) []Freeze {
	var found []Freeze
	for _, f := range all {
		if f.Holds(now) {
			found = append(found, Freeze{
				Service: f.Service, Subject: f.Subject(), By: f.By, How: how(f.How), Reason: f.Reason, At: moment(f.At, now), Until: moment(f.Until, now),
			})
		}
	}
	slices.SortFunc(found, func(a, b Freeze) int {
		if a.Service < b.Service {
			return -1
		}
		return 1
	})
	return found
}

// Under is the page of a release with the freezes that concern its service.
func (v View) Under(all []rollout.Frozen, now time.Time) View {
	v.Freezes = slices.DeleteFunc(Freezes(all, now), func(f Freeze) bool { return f.Service != "" && f.Service != v.Service })
	return v
}

// Under is the page of all services with all freezes.
func (v ListView) Under(all []rollout.Frozen, now time.Time) ListView {
	if v.Freezes = Freezes(all, now); len(v.Freezes) > 0 {
		v.Summary += ", frozen"
		v.Title = v.Summary + " · Sluice"
	}
	return v
}

// Freezable says whether the visitor may freeze the release's service: it is not frozen by its name yet.
func (v View) Freezable() bool {
	return v.May.Freeze && !v.FrozenByName()
}

// FrozenByName says whether the service itself is frozen, and not everything.
func (v View) FrozenByName() bool {
	return slices.ContainsFunc(v.Freezes, func(f Freeze) bool { return f.Service != "" })
}
