package appconfig_test

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"sluice/shared/rollout"
	"sluice/shared/traffic"
	"sluice/test/conformance"
)

func TestFlagRouterKeepsThePort(t *testing.T) {
	conformance.Router(t, func(t *testing.T) conformance.Fixture { return newFlagFixture(t) })
}

func inFlagFixture(t *testing.T, test func(f *flagFixture)) {
	synctest.Test(t, func(t *testing.T) { test(newFlagFixture(t)) })
}

func (f *flagFixture) write(to rollout.Split, lock string) rollout.Split {
	f.t.Helper()
	return must(f.ports.Router.Write(f.t.Context(), f.Target(), to, lock))(f.t)
}

func (f *flagFixture) read() rollout.Split {
	f.t.Helper()
	return must(f.ports.Router.Read(f.t.Context(), f.Target()))(f.t)
}

// gives moves a share forward, on top of what is there.
func (f *flagFixture) gives(weight rollout.Weight) rollout.Split {
	f.t.Helper()
	return f.write(rollout.Split{Stable: "old", Candidate: "new", Weight: weight}, f.read().Tag)
}

// says fails unless two documents mean the same.
func (f *flagFixture) says(got, want string) {
	f.t.Helper()
	var a, b any
	must(0, json.Unmarshal([]byte(got), &a))(f.t)
	must(0, json.Unmarshal([]byte(want), &b))(f.t)
	if diff := cmp.Diff(b, a); diff != "" {
		f.t.Errorf("deployed (-want +got):\n%s", diff)
	}
}

// A share changes the rule of the candidate's variant, and a promotion which variant is the default; nothing else.
func TestOnlyTheShareOfAFlagChanges(t *testing.T) {
	inFlagFixture(t, func(f *flagFixture) {
		const others = `{"enabled":true,"note":"<b>","n":1.50}`
		before := strings.Replace(flagsAs(shares("old", "", 0), others), `"list":{"name":"list"}`, `"list":{"name":"list","attributes":{"note":{},"n":{}}}`, 1)
		f.deploy(before)
		f.gives(2500)
		f.says(f.deployed(), strings.Replace(before, `split pct::0 by::$userId)","attributeValues":{"size":3}`, `split pct::25 by::$userId)","attributeValues":{"size":3}`, 1))
		f.gives(rollout.All)
		if got, want := f.deployed(), `"n":1.50`; !strings.Contains(got, want) {
			t.Errorf("%s lacks %s", got, want)
		}
		f.write(rollout.Split{Stable: "old"}, f.read().Tag)
		f.says(f.deployed(), before)
	})
}

// A flag without variants has them while both states have users, and is as simple as before when everybody has one.
func TestFlagWithoutVariantsIsOnOrOff(t *testing.T) {
	const simple = `{"version":"1","flags":{"cart":{"name":"Cart","attributes":{"size":{}}}},"values":{"cart":{"_createdAt":"2026-01-01","enabled":false,"size":3}}}`
	inFlagFixture(t, func(f *flagFixture) {
		f.deploy(simple)
		f.write(rollout.Split{Stable: "off", Candidate: "on", Weight: 500}, f.read().Tag)
		f.says(f.deployed(), strings.Replace(simple, `"enabled":false,"size":3`,
			`"_variants":[{"name":"on","enabled":true,"attributeValues":{"size":3},"rule":"(split pct::5 by::$userId)"},{"name":"off","enabled":false,"attributeValues":{"size":3}}]`, 1))
		f.write(rollout.Split{Stable: "off", Candidate: "on", Weight: rollout.All}, f.read().Tag)
		f.says(f.deployed(), strings.Replace(simple, "false", "true", 1))
		if now := f.read(); now.Stable != "on" || now.Candidate != "" {
			t.Errorf("it reads %v", now)
		}
		f.write(rollout.Split{Stable: "off"}, "")
		f.says(f.deployed(), simple)
	})
}

// A rule's seed stays: it decides which users are in the share.
func TestSeedOfARuleStays(t *testing.T) {
	inFlagFixture(t, func(f *flagFixture) {
		f.deploy(strings.ReplaceAll(flagsAs(shares("old", "", 0), `{"enabled":false}`), `(split pct::0 by::$userId)`, `(split by::$userId pct::0 seed::\"pct::9\")`))
		f.gives(700)
		if got, want := f.deployed(), `(split by::$userId pct::7 seed::\"pct::9\")`; !strings.Contains(got, want) {
			t.Errorf("%s lacks the rule %s", got, want)
		}
	})
}

// A version that somebody has stored and not deployed is nobody's yet.
func TestWhatIsNotDeployedStaysSo(t *testing.T) {
	inFlagFixture(t, func(f *flagFixture) {
		f.store(flagsAs(shares("newer", "", 0), `{"enabled":true}`))
		f.gives(500)
		if got := f.deployed(); !strings.Contains(got, `"list":{"enabled":false}`) {
			t.Errorf("deployed is %s", got)
		}
	})
}

// Somebody turns another flag of the profile on while a release runs. A way back does not turn that off, not even for a moment.
func TestWayBackLeavesOtherFlagsAlone(t *testing.T) {
	for name, lock := range map[string]func(left, found string) string{
		"with the tag that was left": func(left, _ string) string { return left },
		"with what is read":          func(_, found string) string { return found },
	} {
		t.Run(name, func(t *testing.T) {
			inFlagFixture(t, func(f *flagFixture) {
				left := f.gives(2500).Tag
				f.deploy(strings.Replace(f.deployed(), `"list":{"enabled":false}`, `"list":{"enabled":true}`, 1))
				agent := must(f.of.Agent("shop", "prod", "flags", 0))(t)
				f.asIs = true
				back := rollout.Split{Stable: "old", Tag: lock(left, f.read().Tag)}
				now, err := traffic.Over(f.ports).Back(f.t.Context(), f.Target(), back, mine{})
				for range 30 {
					if list, _ := agent.Flag("list", nil); !list.Enabled {
						t.Fatal("the other flag is off")
					}
					time.Sleep(time.Second)
					soon := new(rollout.NotReady) // the deployment that was in the way ended between two calls: whoever brings traffic back tries again
					switch {
					case errors.As(err, &soon):
						now, err = traffic.Over(f.ports).Back(f.t.Context(), f.Target(), back, mine{})
					case now.Moving != "":
						now, err = traffic.Over(f.ports).Resume(f.t.Context(), f.Target(), rollout.Split{Stable: "old", Tag: now.Tag}, mine{})
					}
				}
				if err != nil || now.Moving != "" || !f.read().Serves("old") {
					t.Errorf("it answers %+v, %v, and reads %v", now, err, f.read())
				}
			})
		})
	}
}

type mine struct{}

func (mine) Allows(context.Context, rollout.Split) error { return nil }

// AppConfig carries out one deployment to an environment at a time, and Sluice stops none that it did not begin.
func TestSomebodyElsesDeploymentIsWaitedFor(t *testing.T) {
	for name, theirs := range map[string]func(f *flagFixture) (profile, version string){
		"of another profile": func(f *flagFixture) (string, string) {
			profile, mine := f.profile("other"), f.target.Profile
			f.target.Profile = profile
			defer func() { f.target.Profile = mine }()
			return profile, f.store(flagsAs(shares("old", "", 0), `{"enabled":false}`))
		},
		"of the same profile": func(f *flagFixture) (string, string) {
			return f.target.Profile, f.store(strings.Replace(f.deployed(), `"list":{"enabled":false}`, `"list":{"enabled":true}`, 1))
		},
	} {
		t.Run(name, func(t *testing.T) {
			inFlagFixture(t, func(f *flagFixture) {
				left := f.gives(500)
				profile, version := theirs(f)
				f.begin(profile, version, f.strategy(30, 10))
				mover := traffic.Over(f.ports)
				now, err := mover.Forward(f.t.Context(), f.Target(), rollout.Split{Stable: "old", Candidate: "new", Weight: 2500, Tag: left.Tag}, mine{})
				if err != nil || now.Moving == "" || now.Weight != 500 {
					t.Errorf("a move forward answers %+v, %v; want that it waits", now, err)
				}
				now, err = mover.Back(f.t.Context(), f.Target(), rollout.Split{Stable: "old", Tag: left.Tag}, mine{})
				if err != nil || now.Moving == "" || now.Serves("old") {
					t.Errorf("a way back answers %+v, %v; want that it waits", now, err)
				}
				time.Sleep(41 * time.Minute)
				now, err = mover.Resume(f.t.Context(), f.Target(), rollout.Split{Stable: "old", Tag: now.Tag}, mine{})
				if err != nil || !now.Serves("old") {
					t.Errorf("after it, a way back answers %+v, %v", now, err)
				}
				time.Sleep(settles)
				if got := f.deployed(); strings.Contains(got, "pct::5 ") || name == "of the same profile" && !strings.Contains(got, `"list":{"enabled":true}`) {
					t.Errorf("deployed is %s", got)
				}
			})
		})
	}
}

// A way back does not wait until the move that it takes back has come to its end.
func TestWayBackStopsTheMoveBeforeIt(t *testing.T) {
	for _, from := range []rollout.Weight{0, 500} {
		inFlagFixture(t, func(f *flagFixture) {
			if from > 0 {
				f.gives(from)
			}
			f.asIs = true
			left := f.gives(2500)
			now, err := traffic.Over(f.ports).Back(f.t.Context(), f.Target(), rollout.Split{Stable: "old", Tag: left.Tag}, mine{})
			if err != nil || now.Moving == "" {
				t.Errorf("it answers %+v, %v", now, err)
			}
			time.Sleep(settles)
			now, err = traffic.Over(f.ports).Resume(f.t.Context(), f.Target(), rollout.Split{Stable: "old", Tag: now.Tag}, mine{})
			time.Sleep(settles)
			if err != nil || !f.read().Serves("old") || f.Serves(f.t).Candidate != "" {
				t.Errorf("from %v it answers %+v, %v, and reads %v", from, now, err, f.read())
			}
		})
	}
}

// The tag that a release finds leads to what was stable before the one that was promoted last.
func TestTagOfAnEarlierReleaseLeadsNowhere(t *testing.T) {
	inFlagFixture(t, func(f *flagFixture) {
		f.gives(rollout.All)
		f.write(rollout.Split{Stable: "new"}, f.read().Tag)
		if now := f.Serves(f.t); now.Stable != "new" {
			t.Errorf("%v serves", now)
		}
	})
}

func TestWhatAFlagCannotGiveIsRefusedBefore(t *testing.T) {
	for name, test := range map[string]struct {
		variant string
		change  func(f *flagFixture)
		want    string
	}{
		"a variant that is there": {"new", nil, ""},
		"one that is not":         {"newest", nil, "no variant newest: it has new, newer, old"},
		"a flag that is not":      {"new", func(f *flagFixture) { f.target.Flag = "carts" }, "no flag carts"},
		"a rule that picks some users": {"new", func(f *flagFixture) {
			f.deploy(strings.Replace(f.deployed(), "(split pct::0 by::$userId)", `(ends_with $email \"qa.example\")`, 1))
		}, "has the rule (ends_with"},
		"a share by something else":       {"new", func(f *flagFixture) { f.target.By = "tenant" }, "has the rule (split"},
		"two variants with a share":       {"new", func(f *flagFixture) { f.deploy(strings.ReplaceAll(f.deployed(), "pct::0", "pct::9")) }, "two variants of flag cart have a share"},
		"a strategy that grows":           {"new", func(f *flagFixture) { f.target.Strategy = f.strategy(10, 0) }, "grows for 10 minutes"},
		"a strategy that bakes":           {"new", func(f *flagFixture) { f.target.Strategy = "AppConfig.AllAtOnce" }, "bakes for 10"},
		"a strategy that there is not":    {"new", func(f *flagFixture) { f.target.Strategy = "none001" }, "no deployment strategy none001"},
		"a configuration of another sort": {"new", func(f *flagFixture) { f.target.Profile = "none001" }, "was ever deployed"},
	} {
		t.Run(name, func(t *testing.T) {
			inFlagFixture(t, func(f *flagFixture) {
				if test.change != nil {
					test.change(f)
				}
				why, err := f.ports.Inspector.Inspect(f.t.Context(), f.Target(), test.variant, "old")
				if err != nil || (why == nil) != (test.want == "") || why != nil && !strings.Contains(why.Reason, test.want) {
					t.Errorf("it answers %+v, %v", why, err)
				}
			})
		})
	}
}

func TestPeopleAreToldWhatMayComeInBetween(t *testing.T) {
	inFlagFixture(t, func(f *flagFixture) {
		caution := func() string { return must(f.ports.Inspector.(traffic.Wary).Caution(f.t.Context(), f.Target()))(t) }
		if said := caution(); said != "" {
			t.Errorf("it says %q", said)
		}
		f.store(flagsAs(shares("newer", "", 0), `{"enabled":true}`))
		if said := caution(); !strings.Contains(said, "Version 2 of the profile is stored and version 1 is deployed") {
			t.Errorf("it says %q", said)
		}
	})
}
