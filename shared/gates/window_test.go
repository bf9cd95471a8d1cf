package gates_test

import (
	"testing"
	"time"
	_ "time/tzdata"

	"sluice/shared/gates"
	"sluice/shared/rollout"
)

func at(t *testing.T, text string) time.Time {
	t.Helper()
	when, err := time.Parse(time.RFC3339, text)
	if err != nil {
		t.Fatal(err)
	}
	return when
}

func TestWindowFollowsTheClocksOfItsZone(t *testing.T) {
	office := rollout.Window{Days: []rollout.Day{"mon", "tue", "wed", "thu"}, From: "09:00", Until: "16:00", Zone: "Europe/Berlin"}
	night := rollout.Window{Days: []rollout.Day{"fri"}, From: "22:00", Until: "02:00", Zone: "UTC"}
	early := rollout.Window{From: "02:15", Until: "02:45", Zone: "Europe/Berlin"}
	morning := rollout.Window{From: "02:30", Until: "04:00", Zone: "Europe/Berlin"}
	for name, test := range map[string]struct {
		window rollout.Window
		now    string
		opens  string // empty: it is open now
	}{
		"inside in winter":                        {office, "2026-11-30T08:00:00Z", ""},
		"the same hour in summer is inside, too":  {office, "2026-06-01T07:00:00Z", ""},
		"and an hour of winter is not yet":        {office, "2026-11-30T07:00:00Z", "2026-11-30T08:00:00Z"},
		"its end is outside":                      {office, "2026-11-30T15:00:00Z", "2026-12-01T08:00:00Z"},
		"the last second is inside":               {office, "2026-11-30T14:59:59Z", ""},
		"a weekend":                               {office, "2026-12-04T12:00:30Z", "2026-12-07T08:00:00Z"},
		"over the change of the clock in spring":  {office, "2026-03-26T15:30:00Z", "2026-03-30T07:00:00Z"},
		"past midnight":                           {night, "2026-12-05T01:59:00Z", ""},
		"past midnight, but not of another night": {night, "2026-12-04T01:59:00Z", "2026-12-04T22:00:00Z"},
		// On 29 March 2026 the clock jumps from 02:00 to 03:00 in Berlin: at 01:00 UTC.
		"02:15 is skipped: the next day's":         {early, "2026-03-29T00:59:00Z", "2026-03-30T00:15:00Z"},
		"a window that begins in the gap":          {morning, "2026-03-29T00:30:00Z", "2026-03-29T01:00:00Z"},
		"and holds on until its end":               {morning, "2026-03-29T01:59:00Z", ""},
		"its end in the new time":                  {morning, "2026-03-29T02:00:00Z", "2026-03-30T00:30:00Z"},
		"02:15 comes twice in autumn: the first":   {early, "2026-10-25T00:15:00Z", ""},
		"between the two":                          {early, "2026-10-25T00:50:00Z", "2026-10-25T01:15:00Z"},
		"and the second":                           {early, "2026-10-25T01:20:00Z", ""},
		"a window around the hour that comes back": {morning, "2026-10-25T01:10:00Z", "2026-10-25T01:30:00Z"},
	} {
		t.Run(name, func(t *testing.T) {
			g := gates.Windows([]rollout.Window{test.window}, time.LoadLocation, at(t, test.now))
			if test.opens == "" {
				if g.Verdict != rollout.GatePass {
					t.Errorf("%+v, want it open", g)
				}
				return
			}
			if g.Verdict != rollout.GateWait || !g.Until.Equal(at(t, test.opens)) {
				t.Errorf("%+v, want it shut until %s", g, test.opens)
			}
		})
	}
}

func TestOneOfTheWindowsIsEnough(t *testing.T) {
	windows := []rollout.Window{{From: "20:00", Until: "21:00", Zone: "UTC"}, {From: "10:00", Until: "11:00", Zone: "America/New_York"}}
	if g := gates.Windows(windows, time.LoadLocation, at(t, "2026-11-30T15:30:00Z")); g.Verdict != rollout.GatePass {
		t.Errorf("%+v, want it open: it is 10:30 in New York", g)
	}
	g := gates.Windows(windows, time.LoadLocation, at(t, "2026-11-30T16:30:00Z"))
	if want := "It is outside of the windows; daily 20:00-21:00 UTC opens on Mon 30 Nov 20:00 UTC."; g.Why != want {
		t.Errorf("%q, want %q", g.Why, want)
	}
}

func TestZoneThatNobodyKnowsIsAFailureAndNoWindow(t *testing.T) {
	g := gates.Windows([]rollout.Window{{Zone: "Europe/Atlantis", From: "00:00", Until: "24:00"}}, time.LoadLocation, at(t, "2026-11-30T15:30:00Z"))
	if g.Verdict != rollout.GateFail {
		t.Errorf("%+v", g)
	}
}

func TestFreezeSaysWhoFrozeAndWhy(t *testing.T) {
	freezes := []rollout.Freeze{
		{From: at(t, "2026-12-20T00:00:00+01:00"), Until: at(t, "2027-01-02T08:00:00+01:00"), Owner: "grace", Reason: "end of year"},
		{From: at(t, "2026-12-24T00:00:00Z"), Until: at(t, "2026-12-25T00:00:00Z"), Owner: "linus", Reason: "it is Christmas"},
	}
	for now, shut := range map[string]bool{"2026-12-19T22:59:59Z": false, "2026-12-19T23:00:00Z": true, "2026-12-24T12:00:00Z": true, "2027-01-02T06:59:59Z": true, "2027-01-02T07:00:00Z": false} {
		g := gates.Freezes(freezes, at(t, now))
		if (g.Verdict == rollout.GateWait) != shut {
			t.Errorf("at %s: %+v", now, g)
		}
		if want := "grace froze it until Sat 2 Jan 08:00 +0100: end of year."; shut && (g.Why != want || !g.Until.Equal(freezes[0].Until)) {
			t.Errorf("at %s: %q until %v, want %q", now, g.Why, g.Until, want)
		}
	}
}
