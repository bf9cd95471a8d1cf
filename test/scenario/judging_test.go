package scenario

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	cwtypes "github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"

	"sluice/events"
	"sluice/shared/judge"
	"sluice/shared/rollout"
)

// checked is a canary of three half hours with checks alone: no alarm guards it.
func checked(checks string) string { return with(guarded(checks), `["checkout-errors"]`, `[]`) }

// guarded is the same with the guard alarm of the other stories.
func guarded(checks string) string {
	d := strings.ReplaceAll(Canary, `"bake":"10m"`, `"bake":"30m"`)
	d = with(d, `{"weight":5,`, `{"weight":10,`)
	return with(d, `"revertWindow"`, `"checks":`+checks+`,"revertWindow"`)
}

// comparing compares errors; one broken client is not expected, so that the stories need less traffic.
const comparing = `{"errors":[{"cluster":1,"tolerate":1.25}]}`

// judged leads a release of version 2 to its end.
func judged(t *testing.T, definition string, given func(w *World), then func(w *World, r rollout.Release)) {
	t.Helper()
	judgedWith(t, Options{}, definition, given, then)
}

func judgedWith(t *testing.T, o Options, definition string, given func(w *World), then func(w *World, r rollout.Release)) {
	t.Helper()
	RunWith(t, o, func(w *World) {
		w.Given(definition)
		given(w)
		then(w, w.Ended(w.Requested("2")))
	})
}

func says(t *testing.T, r rollout.Release, words ...string) {
	t.Helper()
	for _, word := range words {
		if !strings.Contains(Story(r), word) {
			t.Errorf("nothing says %q in\n%s", word, Story(r))
		}
	}
}

func TestGoodReleaseIsNotAccused(t *testing.T) {
	judged(t, checked(comparing), func(w *World) {
		w.Breaks("1", 0.02)
		w.Breaks("2", 0.02)
		w.Traffic(120)
	}, func(w *World, r rollout.Release) {
		w.Then(r, rollout.Succeeded, began+step+step+step+step+ends, "2")
		says(t, r, "in the same minutes (2 %): surely less than 2.5 times as many.")
	})
}

// At 100 % there is nothing to compare with: what was compared stands, and whatever else watches decides.
func TestLastBakeIsJudgedWithoutStable(t *testing.T) {
	const all = `{"errors":[{"enough":100000}],"ceilings":[{"percent":5,"requests":100}],"whenInconclusive":{"then":"goOn"}}`
	for broken, end := range map[float64]rollout.End{0: rollout.Succeeded, 0.2: rollout.RolledBack} {
		judged(t, with(checked(all), `{"weight":50,"bake":"30m"}`, `{"weight":100,"bake":"30m"}`), func(w *World) {
			w.Traffic(60)
			time.AfterFunc(65*time.Minute, func() { w.Breaks("2", broken) })
		}, func(w *World, r rollout.Release) {
			if r.End != end {
				t.Errorf("with %v broken it ended %s\n%s", broken, r.End, Story(r))
			}
			if end == rollout.Succeeded {
				says(t, r, "within the ceiling of 5 %.")
			} else if r.Cause.By != "ceiling" || r.Ended.Sub(r.Started) > 70*time.Minute {
				t.Errorf("it went back after %v because of %+v", r.Ended.Sub(r.Started), r.Cause)
			}
		})
	}
}

// The same errors on both versions are nobody's fault: an absolute threshold would take the release back.
func TestOutageOfBothVersionsAccusesNobody(t *testing.T) {
	judged(t, checked(comparing), func(w *World) {
		w.Traffic(120)
		time.AfterFunc(10*time.Minute, func() { w.Breaks("1", 0.3); w.Breaks("2", 0.3) })
		time.AfterFunc(40*time.Minute, func() { w.Breaks("1", 0); w.Breaks("2", 0) })
	}, func(w *World, r rollout.Release) {
		w.Then(r, rollout.Succeeded, began+step+step+step+step+ends, "2")
	})
}

func TestBadReleaseIsSeenLongBeforeItsBakeEnds(t *testing.T) {
	judged(t, checked(comparing), func(w *World) {
		w.Breaks("1", 0.01)
		w.Breaks("2", 0.10)
		w.Traffic(120)
	}, func(w *World, r rollout.Release) {
		w.Then(r, rollout.RolledBack, began+step+back, "1")
		if took := r.Ended.Sub(r.Started); took > 12*time.Minute || r.Cause.Kind != rollout.ByCheck || r.Cause.By != "errors" {
			t.Errorf("it took %v, because of %+v", took, r.Cause)
		}
		says(t, r, "look", "times as many, and surely more than the 1.25 times that are tolerated.")
		w.replaysAlike(r)
	})
}

// One request in twenty takes ten times as long: the average hardly moves, and a quarter of the slowest shows it.
func TestBurstThatAveragesHideIsSeen(t *testing.T) {
	judged(t, checked(`{"latency":[{"cluster":1}]}`), func(w *World) {
		w.Slows("1", 100*time.Millisecond, 150*time.Millisecond, 0.02)
		w.Slows("2", 95*time.Millisecond, 800*time.Millisecond, 0.08)
		w.Traffic(120)
		w.Pass(3 * time.Hour)
	}, func(w *World, r rollout.Release) {
		w.Then(r, rollout.RolledBack, began+step+back, "1")
		if r.Cause.By != "latency" || !strings.Contains(r.Cause.Reason, "requests were slow") {
			t.Errorf("it went back because of %+v", r.Cause)
		}
	})
}

func TestLittleTrafficIsNoGoodNews(t *testing.T) {
	for name, test := range map[string]struct {
		policy string
		broken float64
		end    rollout.End
		path   string
		serves string
		words  []string
	}{
		"extended, then back": {`{"extend":1}`, 0, rollout.RolledBack, began + step + step + back, "1", []string{"of the 300 requests that are needed were seen. The step bakes again (1 of 1).", "Then it goes back (checks.whenInconclusive.then is rollBack, the default)."}},
		"on, when nothing was worse in a few": {
			`{"then":"goOn","noneWorseIn":20}`, 0, rollout.Succeeded, began + step + step + step + step + ends, "2",
			[]string{"of the 300 requests that are needed were seen. The definition says to go on then."},
		},
		"back, when something was": {
			`{"then":"goOn","noneWorseIn":20}`, 0.1, rollout.RolledBack, began + step + back, "1",
			[]string{"when nothing worse is seen in 20 requests, which is not so."},
		},
	} {
		t.Run(name, func(t *testing.T) {
			judged(t, checked(`{"errors":[{"enough":300,"cluster":3}],"whenInconclusive":`+test.policy+`}`), func(w *World) {
				w.Breaks("2", test.broken)
				w.Traffic(20)
			}, func(w *World, r rollout.Release) {
				w.Then(r, test.end, test.path, test.serves)
				says(t, r, test.words...)
			})
		})
	}
}

// The release holds until somebody decides, at the last step, too.
func TestPeopleAreAskedWhereEvidenceIsMissing(t *testing.T) {
	asking := with(checked(`{"errors":[{"enough":100000}],"whenInconclusive":{"then":"ask","ask":{"from":["grace"],"within":"4h"}}}`),
		`"guard"`, `"people":{"grace":{"event":"grace"}},"guard"`, `{"weight":50,`, `{"weight":100,`)
	Run(t, func(w *World) {
		w.Given(asking)
		w.Traffic(20)
		id := w.Requested("2")
		for s := 1; s <= 3; s++ {
			w.Asks(id, s)
			w.Answered(id, "grace", events.Approve)
		}
		r := w.Ended(id)
		const ask = "Ask Count "
		w.Then(r, rollout.Succeeded, began+step+ask+step+ask+step+ask+ends, "2")
		says(t, r, "The definition says to ask people then.", "grace approved: version 2 may get its promotion.")
	})
}

func TestSyntheticRequestsBuySamples(t *testing.T) {
	synthetic := checked(`{"errors":[{"cluster":1}],"synthetic":{"perMinute":20}}`)
	buying := Options{Edit: Allowing("Look", "arn:aws:lambda:us-east-1:123456789012:function:checkout:*", "lambda:InvokeFunction")}
	judgedWith(t, buying, synthetic, func(w *World) {}, func(w *World, r rollout.Release) {
		w.Then(r, rollout.Succeeded, began+step+step+step+step+ends, "2")
		says(t, r, "requests failed (0 %), of stable's 0 of ", "nothing worse was seen.")
	})
	judgedWith(t, buying, synthetic, func(w *World) { w.Breaks("2", 0.5) }, func(w *World, r rollout.Release) {
		w.Then(r, rollout.RolledBack, began+step+back, "1")
		if took := r.Ended.Sub(r.Started); took > 5*time.Minute {
			t.Errorf("it took %v", took)
		}
	})
}

func TestCheckThatOnlyRecordsTakesNothingBack(t *testing.T) {
	judged(t, guarded(`{"errors":[{"cluster":1,"dryRun":true}],"ceilings":[{"percent":1,"dryRun":true}]}`), func(w *World) {
		w.Breaks("2", 0.1)
		w.Traffic(20)
	}, func(w *World, r rollout.Release) {
		w.Then(r, rollout.Succeeded, began+step+step+step+step+ends, "2")
		l, err := w.Store.Ledger(w.T.Context(), r.ID)
		w.must(err)
		failed := slices.ContainsFunc(l.Findings, func(f judge.Finding) bool { return f.DryRun && f.Verdict == judge.Fail && f.By == "errors" })
		if !failed {
			t.Errorf("what it would have said was not recorded: %+v", l.Findings)
		}
	})
}

func TestMetricOutOfItsBoundTakesTheReleaseBack(t *testing.T) {
	bounds := guarded(`{"bounds":[{"name":"queue","metrics":{"m1":{"namespace":"Shop","name":"Waiting","dimensions":{"Version":"${candidate}"}},"m2":{"namespace":"Shop","name":"Waiting","dimensions":{"Version":"${stable}"}}},"expression":"m1 / m2","atMost":2,"for":3}]}`)
	for name, waiting := range map[string]float64{"within": 150, "out": 250} {
		t.Run(name, func(t *testing.T) {
			judged(t, bounds, func(w *World) { w.measured("Waiting", map[string]float64{"1": 100, "2": waiting}) }, func(w *World, r rollout.Release) {
				if name == "within" {
					w.Then(r, rollout.Succeeded, began+step+step+step+step+ends, "2")
					return
				}
				w.Then(r, rollout.RolledBack, began+step+back, "1")
				says(t, r, "queue is 2.5, out of its bound of at most 2.")
				if took := r.Ended.Sub(r.Started); took > 10*time.Minute {
					t.Errorf("it took %v", took)
				}
			})
		})
	}
}

// A dry run's expression that only CloudWatch can tell is wrong must neither take a good release back nor hide a bad one from the other checks.
func TestMistypedDryRunBlindsNoOtherCheck(t *testing.T) {
	checks := checked(`{"errors":[{"cluster":1}],"ceilings":[{"percent":5,"errors":10,"requests":100}],"bounds":[{"name":"share","dryRun":true,"metrics":{"m1":{"namespace":"Shop","name":"Waiting"}},"expression":"100 * m1 / SUM(m1, m1)","atMost":5}]}`)
	for broken, end := range map[float64]rollout.End{0: rollout.Succeeded, 0.3: rollout.RolledBack} {
		judged(t, checks, func(w *World) {
			w.Breaks("2", broken)
			w.Traffic(120)
		}, func(w *World, r rollout.Release) {
			if took := r.Ended.Sub(r.Started); r.End != end || end == rollout.RolledBack && took > 6*time.Minute {
				t.Errorf("with %v broken it ended %s after %v\n%s", broken, r.End, took, Story(r))
			}
			l, err := w.Store.Ledger(w.T.Context(), r.ID)
			w.must(err)
			if f := l.Findings[len(l.Findings)-1]; f.By != "share" || f.Verdict != judge.Error || !f.DryRun || !strings.Contains(f.Why, "SUM") {
				t.Errorf("the bound says %+v", f)
			}
		})
	}
}

// What earlier releases show of errors that fall to one version together, the next one weighs its evidence by: otherwise a broken instance of a good
// release, which fails ten at a time, would take it back.
func TestReleaseLearnsFromEarlierOnesHowErrorsFallTogether(t *testing.T) {
	Run(t, func(w *World) {
		w.Given(checked(`{"errors":[{}]}`))
		w.Breaks("1", 0.02)
		w.Breaks("2", 0.02)
		w.Breaks("3", 0.02)
		w.Traffic(120)
		r := w.Ended(w.Requested("2"))
		w.Then(r, rollout.Succeeded, began+step+step+step+step+ends, "2")
		l, err := w.Store.Ledger(w.T.Context(), r.ID)
		w.must(err)
		if split := l.Split("errors0"); split.Bad < 20 || split.Cluster() > 1.5 {
			t.Errorf("single errors split as %+v, %v at a time", split, split.Cluster())
		}
		tens := l.Series["errors0"]
		tens.Scatter = judge.Scatter{Square: 4000, Bad: 400, Pairs: 4000, Scarce: 4400, Peak: 20}
		l.Series["errors0"] = tens
		l.Version++
		w.must(w.Store.KeepLedger(w.T.Context(), r.ID, l))
		id := w.Requested("3")
		w.AtStep(id, 0)
		w.Pass(3 * time.Minute)
		next, err := w.Store.Ledger(w.T.Context(), id)
		w.must(err)
		if c := next.Cluster["errors0"]; c < 8 || c > 20 {
			t.Errorf("the next release thinks that %v errors fall together", c)
		}
		w.Aborted(id)
		w.Ended(id)
	})
}

// An alarm that is a check does not act at once, as the guard's do, but at the end of the bake.
func TestAlarmThatIsACheckIsReadWhenTheBakeEnds(t *testing.T) {
	Run(t, func(w *World) {
		w.Given(guarded(`{"alarms":["checkout-slow"]}`))
		w.GreenAlarm("checkout-slow")
		w.Pass(2 * time.Minute)
		id := w.Requested("2")
		w.AtStep(id, 0)
		w.AlarmRed("checkout-slow")
		w.keepsRed("checkout-slow")
		r := w.Ended(id)
		w.Then(r, rollout.RolledBack, began+step+back, "1")
		if took := r.Ended.Sub(r.Started); took < 30*time.Minute || r.Cause.By != "checkout-slow" || r.Cause.Kind != rollout.ByCheck {
			t.Errorf("it took %v, because of %+v", took, r.Cause)
		}
	})
}

func TestEvidenceThatCannotBeReadIsReadAgainAndThenThePolicyDecides(t *testing.T) {
	unread := func(holds func() bool) Options {
		return Options{Middleware: fail("judge", "cloudwatch:GetMetricData", holds)}
	}
	given := func(w *World) { w.Traffic(120) }
	judgedWith(t, unread(times(6)), checked(comparing), given, func(w *World, r rollout.Release) { // the SDK tries three times
		w.Then(r, rollout.Succeeded, began+step+step+step+step+step+step+ends, "2")
		says(t, r, "Error: CloudWatch could not be read (", "It is tried again (2 of 5).")
		if strings.Contains(Story(r), "tried again (3 of 5)") || strings.Count(Story(r), "step 1 of 4") != 1 {
			t.Errorf("people hear too much:\n%s", Story(r))
		}
	})
	judgedWith(t, unread(always), checked(comparing), given, func(w *World, r rollout.Release) {
		w.Then(r, rollout.RolledBack, began+strings.Repeat(step, 6)+back, "1")
		if r.Cause.Kind != rollout.ByBreakdown {
			t.Errorf("it went back because of %+v", r.Cause)
		}
	})
}

// A look that comes twice, or beside another one, counts nothing twice.
func TestLookThatComesTwiceCountsOnce(t *testing.T) {
	Run(t, func(w *World) {
		w.Given(checked(comparing))
		w.Breaks("1", 0.1)
		w.Breaks("2", 0.1)
		w.Traffic(120)
		id := w.Requested("2")
		w.AtStep(id, 0)
		w.Pass(14*time.Minute + 30*time.Second)
		before, err := w.Store.Ledger(w.T.Context(), id)
		w.must(err)
		look := w.LastEvent("look")
		for range 3 {
			w.Redeliver("look", look)
			w.Redeliver("look", look)
			w.Pass(time.Second)
		}
		after, err := w.Store.Ledger(w.T.Context(), id)
		w.must(err)
		if before.Version >= after.Version || before.Findings[0].Arms != after.Findings[0].Arms {
			t.Errorf("looks %d to %d count %+v, then %+v", before.Version, after.Version, before.Findings[0].Arms, after.Findings[0].Arms)
		}
		minutes, err := w.Store.Minutes(w.T.Context(), id)
		w.must(err)
		seen := map[int64]bool{}
		for _, m := range minutes {
			if seen[m.Point.At] {
				t.Errorf("the minute %v stands twice in the history", time.Unix(m.Point.At, 0).UTC())
			}
			seen[m.Point.At] = true
		}
		if len(seen) < 14 {
			t.Errorf("the history has %d minutes of 14", len(seen))
		}
		w.Aborted(id)
		w.Ended(id)
	})
}

func TestLookTakesOneCallForAllChecks(t *testing.T) {
	all := checked(`{"errors":[{"cluster":1},{"cluster":1,"metrics":{"namespace":"Shop","requests":"R","errors":"E","revisionDimension":"V"},"dryRun":true}],
		"latency":[{"cluster":1,"dryRun":true}],"ceilings":[{"percent":50,"requests":10}],"bounds":[{"name":"queue","metrics":{"m1":{"namespace":"Shop","name":"Waiting"}},"atMost":2,"dryRun":true}]}`)
	Run(t, func(w *World) {
		w.Given(all)
		w.Slows("1", 100*time.Millisecond, 0, 0)
		w.Slows("2", 100*time.Millisecond, 0, 0)
		w.Traffic(120)
		w.Pass(2 * time.Hour)
		id := w.Requested("2")
		w.AtStep(id, 0)
		w.Pass(90 * time.Second) // the first look learns from yesterday
		before := len(w.Calls("look"))
		w.Pass(time.Minute)
		metrics := slices.DeleteFunc(w.Calls("look")[before:], func(c Call) bool { return c.Operation != "cloudwatch:GetMetricData" })
		if len(metrics) != 1 {
			t.Errorf("a look reads metrics %d times", len(metrics))
		}
		w.Aborted(id)
		w.Ended(id)
	})
}

// replaysAlike judges the release's evidence again, which must say the same in the same minute; one that tolerates more says less.
func (w *World) replaysAlike(r rollout.Release) {
	w.T.Helper()
	l, err := w.Store.Ledger(w.ctx, r.ID)
	w.must(err)
	minutes, err := w.Store.Minutes(w.ctx, r.ID)
	w.must(err)
	rec := judge.RecordOf(r, l, minutes)
	glances := rec.Replay(r.Definition.Checks)
	last := glances[len(glances)-1]
	if f := last.Findings[0]; f.Verdict != judge.Fail || f.Why != r.Cause.Reason || r.Cause.At.Sub(last.At) > time.Second {
		w.T.Errorf("the replay says %+v at %v, the release %+v", f, last.At, r.Cause)
	}
	lenient := r.Definition.Checks
	lenient.Errors = []rollout.Compared{{Cluster: 1, Tolerate: 10}}
	glances = rec.Replay(lenient)
	if f := glances[len(glances)-1].Findings[0]; f.Verdict == judge.Fail {
		w.T.Errorf("ten times as many are tolerated, and the replay says %+v", f)
	}
}

// measured puts a custom metric each minute, by version.
func (w *World) measured(name string, values map[string]float64) {
	w.every(time.Minute, func() {
		for version, v := range values {
			dims := []cwtypes.Dimension{{Name: aws.String("Version"), Value: &version}}
			_, err := w.CloudWatch.PutMetricData(w.ctx, &cloudwatch.PutMetricDataInput{Namespace: aws.String("Shop"), MetricData: []cwtypes.MetricDatum{{MetricName: &name, Dimensions: dims, Value: &v}}})
			w.must(err)
		}
	})
}

// every does something in the world's time, until it ends.
func (w *World) every(d time.Duration, do func()) {
	go func() {
		ticks := time.NewTicker(d)
		defer ticks.Stop()
		for {
			select {
			case <-w.ctx.Done():
				return
			case <-ticks.C:
				do()
			}
		}
	}()
}

// times holds so many times.
func times(n int) func() bool {
	return func() bool { n--; return n >= 0 }
}

// keepsRed sets an alarm red again and again: its own evaluation would turn it green.
func (w *World) keepsRed(alarm string) { w.every(20*time.Second, func() { w.AlarmRed(alarm) }) }

// The hotfix lane: a release that says what it fixes may begin while the alarm is red, and is judged beside stable.
func TestFixMayBeginWhileItsAlarmIsRed(t *testing.T) {
	fix := events.ReleaseRequest{Service: Service, Revision: "2", Author: "ada", Fixes: "errors at checkout (INC-42)"}
	for name, test := range map[string]struct {
		checks string
		broken float64
		end    rollout.End
		path   string
		serves string
		words  []string
	}{
		"one that helps": {comparing, 0.01, rollout.Succeeded, began + step + step + step + step + ends, "2", []string{
			"It fixes errors at checkout (INC-42): guard alarms that are red already (checkout-errors) are ignored until they have been green once",
		}},
		"one that makes it worse":        {comparing, 0.5, rollout.RolledBack, began + step + back, "1", []string{"surely more than the 1.25 times"}},
		"one that nothing would compare": {`{"errors":[{"dryRun":true}]}`, 0.01, rollout.Rejected, began + ends, "1", []string{"nothing compares the fix with stable"}},
	} {
		t.Run(name, func(t *testing.T) {
			Run(t, func(w *World) {
				w.Given(guarded(test.checks))
				w.Breaks("1", 0.1)
				w.Breaks("2", test.broken)
				w.Traffic(120)
				w.Pass(5 * time.Minute)
				r := w.Ended(w.Request(fix))
				w.Then(r, test.end, test.path, test.serves)
				says(t, r, test.words...)
			})
		})
	}
}

// Once it has been green, the alarm takes the fix back as any other release.
func TestAlarmThatWasGreenOnceTakesTheFixBack(t *testing.T) {
	fixTakenBack(t, Options{Middleware: fail("look", "cloudwatch:DescribeAlarms", always)}, "unseen")
	fixTakenBack(t, Options{}, "seen by a look")
}

func fixTakenBack(t *testing.T, o Options, green string) {
	t.Helper()
	RunWith(t, o, func(w *World) {
		w.GivesUp("look") // where it may not read
		w.Given(guarded(comparing))
		w.AlarmRed(Alarm)
		id := w.Request(events.ReleaseRequest{Service: Service, Revision: "2", Author: "ada", Fixes: "INC-42"})
		w.AtStep(id, 0)
		w.Pass(5 * time.Second)
		w.AlarmRed(Alarm) // no change, no event
		w.AlarmGreen(Alarm)
		w.Pass(2 * time.Minute)
		red := time.Now()
		w.AlarmRed(Alarm)
		r := w.Ended(id)
		w.Then(r, rollout.RolledBack, began+step+back, "1")
		if r.Cause.Kind != rollout.ByAlarm || r.Ended.Sub(red) > time.Second {
			t.Errorf("it went back %v later because of %+v", r.Ended.Sub(red), r.Cause)
		}
		if looked := strings.Contains(Story(r), "has turned green: it guards again."); looked != (green != "unseen") {
			t.Errorf("a look saw it: %v\n%s", looked, Story(r))
		}
	})
}

func TestPushSaysByItsMessageWhatItFixes(t *testing.T) {
	for message, want := range map[string]string{"Fixes: errors (INC-42)": "errors (INC-42)", "fixes : INC-42\n\nmore": "INC-42", "fix the tests": "", "checkout: fixes: nothing": ""} {
		if got := rollout.Fixes(message); got != want {
			t.Errorf("%q fixes %q, want %q", message, got, want)
		}
	}
}

// Whoever may look sees what each check says, what is missing, and the numbers behind it.
func TestPageShowsTheEvidence(t *testing.T) {
	Run(t, func(w *World) {
		w.Given(with(chatting(guarded(`{"errors":[{"cluster":1,"enough":300}],"latency":[{"dryRun":true}]}`)), `"guard"`, `"people":{"grace":{"mail":"grace@example.com"}},"guard"`))
		w.Breaks("1", 0.02)
		w.Breaks("2", 0.04)
		w.Traffic(40)
		id := w.Requested("2")
		w.AtStep(id, 0)
		w.Pass(20 * time.Minute)
		b := w.Browser().Opens(w.Invited(id)).Continues()
		for _, words := range []string{"Checks", "of the 300 requests that are needed were seen", "% of the evidence that takes a release back", "recorded only"} {
			if !strings.Contains(b.Page, words) {
				t.Errorf("the page does not say %q:\n%s", words, b.Page)
			}
		}
		var rec judge.Record
		if err := json.Unmarshal([]byte(b.Goes("/releases/"+id+"/evidence.json").Page), &rec); err != nil || len(rec.Minutes) < 15 || rec.Candidate != "2" {
			t.Errorf("the evidence has %d minutes of %s (%v)", len(rec.Minutes), rec.Candidate, err)
		}
		if b.Goes("/releases/nobody/evidence.json"); b.Status != 404 {
			t.Errorf("the evidence of nobody answers %d", b.Status)
		}
		w.Aborted(id)
		w.Ended(id)
	})
}
