package faults

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"sluice/test/sandbox/wire"
	"sluice/test/scenario"
)

// The kinds of outages. One begins with a call: from then on everything that any function asks of the same service fails for
// so many minutes. Four are longer than Lambda tries an event: it gives up three minutes after the first time.
const (
	Away1        Kind = "away-1m" // errors of the service itself
	Away4        Kind = "away-4m"
	Away30       Kind = "away-30m"
	Throttling1  Kind = "throttling-1m" // refusals because of its rate
	Throttling4  Kind = "throttling-4m"
	Throttling30 Kind = "throttling-30m"
)

// An outage is what a kind does to a service.
type outage struct {
	lasts     time.Duration
	throttled bool
}

var outages = map[Kind]outage{
	Away1: {lasts: time.Minute}, Away4: {lasts: 4 * time.Minute}, Away30: {lasts: 30 * time.Minute},
	Throttling1: {time.Minute, true}, Throttling4: {4 * time.Minute, true}, Throttling30: {30 * time.Minute, true},
}

var outageKinds = []Kind{Away1, Throttling1, Away4, Throttling4, Away30, Throttling30}

// A gap is the time in which a service is away; nobody's gap is over.
type gap struct {
	outage
	until time.Time
}

// err is what a caller hears now; nil when the service answers.
func (g gap) err() error {
	switch {
	case !time.Now().Before(g.until):
		return nil
	case g.throttled:
		return wire.Throttled("an outage's throttling")
	}
	return wire.Internal("an outage")
}

// service is what a call asks, "lambda"; "" for a delivery.
func (p Point) service() string {
	service, _, called := strings.Cut(p.Operation, ":")
	if !called {
		return ""
	}
	return service
}

// isAWS says whether a call goes to AWS, and not to Slack or GitHub.
func (p Point) isAWS() bool { return p.service() != "slack" && p.service() != "github" }

// gapOf is the last outage of a service.
func (i *injector) gapOf(service string) gap {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.gaps[service]
}

// outageEnds is when the last outage ends or has ended; long ago when there was none.
func (i *injector) outageEnds() time.Time {
	i.mu.Lock()
	defer i.mu.Unlock()
	var last time.Time
	for _, g := range i.gaps {
		if g.until.After(last) {
			last = g.until
		}
	}
	return last
}

// outside takes Slack and GitHub away, as far as they can tell an outage: 503, or 429 with a time to wait.
func (i *injector) outside(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		point := Point{Function: "slack", Operation: "slack:" + strings.TrimPrefix(r.URL.Path, "/api/")}
		if r.Host == "api.github.com" {
			point = Point{Function: "github", Operation: "github:" + r.Method}
		}
		i.at(point, nil)
		g := i.gapOf(point.service())
		switch {
		case g.err() == nil:
			next.ServeHTTP(w, r)
		case g.throttled:
			w.Header().Set("Retry-After", "30")
			w.WriteHeader(http.StatusTooManyRequests)
		default:
			w.WriteHeader(http.StatusServiceUnavailable)
		}
	})
}

// lastTry is when what a function failed on lies in its dead-letter queue at the latest.
const lastTry = 10 * time.Minute

// cleanUp is what a person does when an outage is over, of whom the alarm of a dead-letter queue asked it: everything that lies
// there is sent again. It says how much that was.
func (i *injector) cleanUp(w *scenario.World) (letters int) {
	i.mu.Lock()
	out := slices.IndexFunc(i.faults, func(f Fault) bool { _, is := outages[f.Kind]; return is })
	i.mu.Unlock()
	if out < 0 {
		return 0
	}
	w.Pass(outages[i.faults[out].Kind].lasts + lastTry)
	if letters = w.Redrives(); letters > 0 {
		w.Pass(lastTry)
	}
	return letters
}
