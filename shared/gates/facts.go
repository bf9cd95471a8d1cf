package gates

import (
	"fmt"
	"time"

	"sluice/shared/rollout"
)

// Calendar judges a Change Calendar. until is when it opens or closes next; zero when that is unknown.
func Calendar(calendar string, open bool, until time.Time) rollout.Gate {
	name := "calendar " + calendar
	switch {
	case open:
		return pass(name, "The calendar is open.")
	case until.IsZero():
		return shut(name, "The calendar is closed.", until)
	}
	return shut(name, fmt.Sprintf("The calendar is closed until %s.", moment(until.UTC())), until)
}

// NoCalendar is the gate of a calendar that cannot be read, with the service's reason.
func NoCalendar(calendar, why string) rollout.Gate { return fail("calendar "+calendar, sentence(why)) }

// Flag compares a parameter with the value that it must hold. found is false when there is no such parameter: then the gate is
// shut, too, because nobody has said yes. Only the beginning of a wrong value is shown.
func Flag(f rollout.Flag, value string, found bool) rollout.Gate {
	name := "flag " + f.Parameter
	switch {
	case !found:
		return shut(name, fmt.Sprintf("There is no parameter %s; it must be %q.", f.Parameter, f.Equals), time.Time{})
	case value != f.Equals:
		return shut(name, fmt.Sprintf("Parameter %s is %.40q, and must be %q.", f.Parameter, value, f.Equals), time.Time{})
	}
	return pass(name, fmt.Sprintf("Parameter %s is %q.", f.Parameter, value))
}

// What AppConfig says of a feature flag.
const (
	FeatureOn   = "on"
	FeatureOff  = "off"
	FeatureNone = "" // there is none of this key, or nobody deployed it
)

// Feature compares a feature flag with what it must be. A flag that is not there is neither on nor off.
func Feature(f rollout.Feature, is string) rollout.Gate {
	must := map[bool]string{false: FeatureOn, true: FeatureOff}[f.Off]
	switch is {
	case must:
		return pass(f.Name(), fmt.Sprintf("Flag %s is %s.", f.Flag, is))
	case FeatureNone:
		return shut(f.Name(), fmt.Sprintf("There is no flag %s in what was deployed; it must be %s.", f.Flag, must), time.Time{})
	}
	return shut(f.Name(), fmt.Sprintf("Flag %s is %s, and must be %s.", f.Flag, is, must), time.Time{})
}
