package gates

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"sluice/shared/rollout"
)

// Zones finds a time zone by its name, as time.LoadLocation does.
type Zones func(name string) (*time.Location, error)

// ahead is how far Windows looks for the next opening: a week, one more for a window that a change of the clock skips, and a day.
const ahead = 15 * 24 * time.Hour

// Windows says whether one of the windows is open. The clock of the window's zone decides, so a change of the clock needs no rule
// of its own: 02:30 is skipped in spring and comes twice in autumn, and so does a window at that time.
func Windows(windows []rollout.Window, zones Zones, now time.Time) rollout.Gate {
	const name = "windows"
	places := make([]*time.Location, len(windows))
	for i, w := range windows {
		place, err := zones(w.Zone)
		if err != nil {
			return fail(name, fmt.Sprintf("Time zone %s is not known: write one of the IANA database, such as Europe/Berlin.", w.Zone))
		}
		places[i] = place
	}
	for t := now; t.Before(now.Add(ahead)); t = t.Truncate(time.Minute).Add(time.Minute) {
		i := first(windows, places, t)
		switch {
		case i >= 0 && t.Equal(now):
			return pass(name, fmt.Sprintf("It is inside %s.", text(windows[i])))
		case i >= 0:
			return shut(name, fmt.Sprintf("It is outside of the windows; %s opens on %s.", text(windows[i]), moment(t.In(places[i]))), t)
		}
	}
	return fail(name, "None of the windows opens within two weeks.")
}

// first is the index of the first window that is open at a time; -1 when none is.
func first(windows []rollout.Window, places []*time.Location, t time.Time) int {
	for i, w := range windows {
		if holds(w, t.In(places[i])) {
			return i
		}
	}
	return -1
}

// holds says whether the clock shows a time inside the window. A window over midnight belongs to the day on which it begins.
func holds(w rollout.Window, clock time.Time) bool {
	at := clock.Format("15:04") // compares as text does, up to 24:00
	today, yesterday := on(w, clock.Weekday()), on(w, (clock.Weekday()+6)%7)
	if w.From < w.Until {
		return today && w.From <= at && at < w.Until
	}
	return today && w.From <= at || yesterday && at < w.Until
}

func on(w rollout.Window, day time.Weekday) bool {
	return len(w.Days) == 0 || slices.Contains(w.Days, rollout.Days[day])
}

// text is a window as people write it: "mon, tue 09:00-16:00 Europe/Berlin".
func text(w rollout.Window) string {
	days := "daily"
	if len(w.Days) > 0 {
		names := make([]string, len(w.Days))
		for i, d := range w.Days {
			names[i] = string(d)
		}
		days = strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s %s-%s %s", days, w.From, w.Until, w.Zone)
}

// Freezes says whether a freeze keeps releases out now. If there are several, it names the one that ends last.
func Freezes(freezes []rollout.Freeze, now time.Time) rollout.Gate {
	const name = "freezes"
	var present *rollout.Freeze
	for i, f := range freezes {
		if !now.Before(f.From) && now.Before(f.Until) && (present == nil || f.Until.After(present.Until)) {
			present = &freezes[i]
		}
	}
	if present == nil {
		return pass(name, "Nothing is frozen.")
	}
	return shut(name, fmt.Sprintf("%s froze it until %s: %s", present.Owner, moment(present.Until), sentence(present.Reason)), present.Until)
}

// Frozen is the gate that a freeze shuts which somebody set. It is open without one.
func Frozen(f *rollout.Frozen) rollout.Gate {
	if f == nil {
		return pass(rollout.FreezeGate, "Nobody keeps it any more.")
	}
	g := shut(rollout.FreezeGate, sentence(rollout.Sentence(f.Sentence())), f.Until)
	g.Since = f.At
	return g
}

// sentence gives a reason that somebody wrote a full stop at its end.
func sentence(s string) string {
	s = strings.TrimSpace(s)
	if strings.HasSuffix(s, ".") || strings.HasSuffix(s, "!") || strings.HasSuffix(s, "?") {
		return s
	}
	return s + "."
}
