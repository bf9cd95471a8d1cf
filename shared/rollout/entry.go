package rollout

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// GuardAlarm is a guard alarm as it was found when a release wants to begin.
type GuardAlarm struct {
	Name     string
	Missing  bool
	Red      bool
	Reaction time.Duration // how long something must be wrong before it can go red; 0 where that is not known
}

// Beginning is the lease with which a release begins on a target as it was found: the versions it goes from and to, and the alarms that guard it.
// red names the alarms that were red before the guard was armed: what they tell of is older than the release.
func (l Lease) Beginning(r Release, a Admission, found Split, red []string, now time.Time) Lease {
	l.Stable, l.Candidate, l.Tag, l.Weight = a.Stable, r.Revision.Version, found.Tag, None
	if found.Candidate == r.Revision.Version {
		l.Weight = found.Weight
	}
	l.Guard, l.Began = r.Definition.Guard, MomentOf(now)
	l.Alarms, l.Red = parted(l.Guarding(r.Definition.Guard, a.Stable, now), red)
	return l
}

// parted splits alarms into those that may guard, and those that are red and ignored.
func parted(all, red []string) (guarding, ignored []string) {
	guarding, ignored = []string{}, []string{}
	for _, name := range all {
		if slices.Contains(red, name) {
			ignored = append(ignored, name)
		} else {
			guarding = append(guarding, name)
		}
	}
	return guarding, ignored
}

// Entry says whether a release that holds its target and is guarded begins.
type Entry struct {
	Lease      Lease
	Changed    bool       // the lease's alarms have changed and are to be written
	Rejection  *Rejection // not nil: it is not let in
	AwaitGreen bool       // it gives its target back and waits until its guard alarms are green
	Notes      []string   // of a release that begins, for the audit trail
}

// Enter judges the guard alarms. They are read after the guard was armed: either this reading or the guard sees a red one.
func (r Release) Enter(l Lease, a Admission, alarms []GuardAlarm, now time.Time) Entry {
	e := Entry{Lease: l}
	alarms = slices.DeleteFunc(slices.Clone(alarms), func(it GuardAlarm) bool { // only an earlier promotion names this alarm, and it was deleted since
		return it.Missing && !slices.Contains(r.Definition.Guard.Alarms, it.Name)
	})
	there := func(name string) bool {
		return slices.ContainsFunc(alarms, func(it GuardAlarm) bool { return it.Name == name })
	}
	guarding := slices.DeleteFunc(slices.Clone(l.Alarms), func(name string) bool { return !there(name) })
	e.Changed, e.Lease.Alarms = len(guarding) < len(l.Alarms), guarding
	if i := slices.IndexFunc(alarms, func(it GuardAlarm) bool { return it.Missing }); i >= 0 {
		e.Rejection = NoAlarm(alarms[i].Name)
		return e
	}
	if i := slices.IndexFunc(alarms, func(it GuardAlarm) bool { return it.Red }); i >= 0 {
		return r.enterInRed(e, a, alarms, alarms[i].Name, now)
	}
	slow, why := r.Definition.Slow(r.Steps, reactions(alarms))
	e.Rejection, e.Notes = why, r.notes(e.Lease, a, slow)
	return e
}

// enterInRed decides for a release that finds a guard alarm red. Such an alarm cannot tell whether the release does harm. A release that mends
// the cause of the alarm is compared with stable in the same minutes, and the alarm guards it only after it has been green once.
func (r Release) enterInRed(e Entry, a Admission, alarms []GuardAlarm, first string, now time.Time) Entry {
	switch d := r.Definition; {
	case r.Fixes != "" && !d.Checks.Accuse():
		e.Rejection = Because("a guard alarm is red, and nothing compares the fix with stable",
			"add a comparison to the definition, such as checks: {errors: [{}]}, or bring the alarm back to OK")
	case r.Fixes != "":
		e.Lease.Alarms, e.Lease.Red = parted(slices.Concat(e.Lease.Alarms, e.Lease.Red), red(alarms))
		e.Changed, e.Notes = true, r.notes(e.Lease, a, nil)
	case d.Guard.WhenRed != RedWaits:
		e.Rejection = Because(fmt.Sprintf("guard alarm %s is red already, so it could not tell whether the release does harm", first),
			"bring the alarm back to OK, or set guard.whenRed: wait so that releases wait for that")
	case r.waitedTooLong(now):
		e.Rejection = Because("its guard alarms stayed red for "+d.QueueLimit.String(), "bring them back to OK and release again")
	default:
		e.AwaitGreen = true
	}
	return e
}

func (r Release) notes(l Lease, a Admission, slow []string) []string {
	var notes []string
	if len(l.Red) > 0 {
		notes = append(notes, fmt.Sprintf("It fixes %s: guard alarms that are red already (%s) are ignored until they have been green once; it is judged beside stable in the same minutes.", r.Fixes, strings.Join(l.Red, ", ")))
	}
	if a.Note != "" {
		notes = append(notes, a.Note)
	}
	return append(notes, slow...)
}

func red(alarms []GuardAlarm) []string {
	var names []string
	for _, a := range alarms {
		if a.Red {
			names = append(names, a.Name)
		}
	}
	return names
}

func reactions(alarms []GuardAlarm) map[string]time.Duration {
	found := map[string]time.Duration{}
	for _, a := range alarms {
		if a.Reaction > 0 {
			found[a.Name] = a.Reaction
		}
	}
	return found
}
