package faults

import (
	"cmp"
	"encoding/json"
	"flag"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"sluice/events"
	"sluice/shared/rollout"
	"sluice/test/bench/budget"
	"sluice/test/sandbox/eventbridge"
	"sluice/test/scenario"
)

var (
	loadServices = flag.Int("services", 20, "how many services the load test has")
	loadReleases = flag.Int("releases", 5, "how many releases each of them asks for at once")
	loadEvents   = flag.Int("events", 10_000, "how many events arrive besides: duplicates and noise")
)

// storm is how many events an alarm sends in the second in which it goes red.
const storm = 10

// Ten thousand releases of a thousand services, a million events of which hardly one means anything, and a storm of
// alarms: by make load. A fiftieth of it by make test.
func TestNothingIsLostOrDoubledUnderLoad(t *testing.T) {
	few := weighFew(t, *loadReleases, *loadEvents / *loadServices)
	whole := weigh(t, *loadServices, *loadReleases, *loadEvents)
	fmt.Printf("load: %v\nload: %v\n", few, whole)
	fmt.Println("load:", budget.Crowd.Row(whole.each.Seconds()/few.each.Seconds(), fmt.Sprintf("here %d and %d", whole.releases, few.releases)))
	if whole.each > 3*few.each && whole.releases >= 100 {
		t.Errorf("a release cost %v among %d, and %v among %d: want it flat", few.each, few.releases, whole.each, whole.releases)
	}
}

// weighFew is what the releases of one service cost. They take a moment, so it is the middle of several times; the first, which reads what a
// process reads once, is none of them.
func weighFew(t *testing.T, releases, noise int) weight {
	t.Helper()
	weigh(t, 1, releases, noise)
	var all []weight
	for range 5 {
		all = append(all, weigh(t, 1, releases, noise))
	}
	slices.SortFunc(all, func(a, b weight) int { return cmp.Compare(a.each, b.each) })
	return all[len(all)/2]
}

// weight is what a load was, and what it cost.
type weight struct {
	services, releases, events, alarms int
	took, each                         time.Duration
	heap                               uint64 // bytes in use when all was over
}

func (w weight) String() string {
	return fmt.Sprintf("%d releases of %d services, %d other events, %d alarm events in a second: %.0f s, %.1f ms a release, %d MiB in use",
		w.releases, w.services, w.events, w.alarms, w.took.Seconds(), float64(w.each.Microseconds())/1000, w.heap>>20)
}

func weigh(t *testing.T, services, releases, noise int) weight {
	t.Helper()
	begun := time.Now()
	l := &load{asked: map[string]string{}}
	var memory runtime.MemStats
	synctest.Test(t, func(t *testing.T) {
		w := scenario.New(t, scenario.Options{Direct: true, Services: true})
		defer w.Close()
		l.world = w
		l.services(services)
		l.request(releases, noise)
		w.Pass(2 * time.Minute)
		l.storm()
		w.Settled(nil, 24*time.Hour)
		l.check(t)
		runtime.ReadMemStats(&memory)
	})
	took := time.Since(begun)
	return weight{services, len(l.asked), noise, l.alarms, took, took / time.Duration(len(l.asked)), memory.HeapInuse}
}

// load is a crowd of services.
type load struct {
	world  *scenario.World
	names  []string
	asked  map[string]string // services by release
	alarms int
}

// patient is a release of one bake that waits in its queue for days.
const patient = `{"service":"checkout","target":{"lambdaAlias":{"function":"checkout","alias":"live"}},
	"strategy":{"canary":{"steps":[{"weight":10,"bake":"10m"}]}},
	"guard":{"alarms":["checkout-errors"]},"whenRunning":"queue","queueLimit":"168h","revertWindow":"5m"}`

func (l *load) services(n int) {
	for i := range n {
		name := fmt.Sprintf("service-%d", i)
		l.names = append(l.names, name)
		l.world.For(name).Make(patient)
	}
	l.world.Pass(2 * time.Minute)
}

// request asks for the releases of every service, each by an event that comes three times, among noise.
func (l *load) request(releases, noise int) {
	for i := range releases {
		for _, name := range l.names {
			e := events.ReleaseRequest{Service: name, Revision: fmt.Sprint(2 + i%2)}
			id := fmt.Sprintf("%s-request-%d", name, i)
			l.asked[events.ReleaseID(name, e.Revision, id)] = name
			for range 3 {
				l.emit("sluice-sandbox", eventbridge.Event{ID: id, Source: "ci", DetailType: events.ReleaseRequested}, e)
			}
		}
		l.world.Pass(time.Second)
		l.noise(noise / releases)
	}
}

// noise is events that concern nobody: of other types on both buses, and of alarms that guard nothing.
func (l *load) noise(n int) {
	for i := range n {
		switch i % 10 {
		case 0:
			l.emit("default", alarmEvent("somebody-elses-alarm"), alarm("somebody-elses-alarm"))
		case 1, 2:
			l.emit("sluice-sandbox", eventbridge.Event{Source: "ci", DetailType: "build.finished"}, map[string]int{"n": i})
		default:
			l.emit("default", eventbridge.Event{Source: "aws.ec2", DetailType: "EC2 Instance State-change Notification"}, map[string]int{"n": i})
		}
		if i%1000 == 999 {
			l.world.Pass(time.Second)
		}
	}
}

// storm has the alarm of every service go red, each with many events, in one second.
func (l *load) storm() {
	for range storm {
		for _, name := range l.names {
			l.emit("default", alarmEvent(name+"-errors"), alarm(name+"-errors"))
			l.alarms++
		}
	}
	l.world.Pass(time.Second)
}

func alarmEvent(name string) eventbridge.Event {
	return eventbridge.Event{Source: events.CloudWatchSource, DetailType: events.AlarmStateChange, Resources: []string{scenario.Here.Alarm(name)}}
}

func alarm(name string) map[string]any {
	changed := time.Now().Add(-2 * time.Second) // so that no release that the storm lets begin is meant
	at := changed.UTC().Format("2006-01-02T15:04:05.000-0700")
	return map[string]any{"alarmName": name, "state": map[string]string{"value": "ALARM", "timestamp": at, "reason": "storm"}}
}

func (l *load) emit(bus string, e eventbridge.Event, detail any) {
	text, err := json.Marshal(detail)
	if err == nil {
		e.Detail = text
		err = l.world.Sandbox.EventBridge.Emit(l.world.T.Context(), bus, e)
	}
	if err != nil {
		l.world.T.Fatal(err)
	}
}

// check finds every release once, and of each service the one taken back that the storm met.
func (l *load) check(t *testing.T) {
	t.Helper()
	back := map[string]int{}
	for id, service := range l.asked {
		r, found := l.world.Recorded(id)
		if !found || (r.End != rollout.Succeeded && r.End != rollout.RolledBack) {
			t.Fatalf("%s ended %q:\n%s\n%s", id, r.End, l.world.Trail(id), l.world.For(service).Standing())
		}
		if told := l.world.Told(id); len(told) == 0 || told[len(told)-1] != string(r.End) || slices.Index(told, string(r.End)) != len(told)-1 {
			t.Fatalf("people were told %v of %s, which ended %s by %s:\n%s", told, id, r.End, l.world.Path(r), l.world.Trail(id))
		}
		if r.End == rollout.RolledBack {
			back[service]++
		}
		if n := strings.Count(l.world.Trail(id), "all traffic is back"); n > 1 {
			t.Fatalf("the storm was written down %d times:\n%s", n, l.world.Trail(id))
		}
	}
	for _, name := range l.names {
		if back[name] != 1 {
			t.Errorf("%d releases of %s were taken back, want the one that was in flight:\n%s", back[name], name, l.story(name))
		}
	}
	if n := len(l.world.Executions()); n != len(l.asked) {
		t.Errorf("%d executions for %d releases", n, len(l.asked))
	}
	for _, f := range []string{"trigger", "guard", "decide", "sweep", "watch", "notify", "slack", "progress", "source", "github"} {
		if n := l.world.DeadLetters(f); n > 0 {
			t.Errorf("%d events of %s are dead letters", n, f)
		}
	}
}

func (l *load) story(service string) string {
	var b strings.Builder
	for id, of := range l.asked {
		if of == service {
			fmt.Fprintf(&b, "%s\n%s", id, l.world.Trail(id))
		}
	}
	return b.String()
}
