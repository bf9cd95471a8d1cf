package faults

import (
	"flag"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"sluice/test/bench/budget"
	"sluice/test/scenario"
)

var loadBakes = flag.Int("bakes", 60, "how many releases bake at once in the load test")

// sluggish is how many of them have slow requests made by every look: each takes as long as a look may.
const sluggish = 3

// bakesLong bakes for hours, judged each minute beside stable. No two services share an alarm.
const bakesLong = `{"service":"checkout","target":{"lambdaAlias":{"function":"checkout","alias":"live"}},
	"strategy":{"canary":{"steps":[{"weight":10,"bake":"3h"}]}},"checks":{"errors":[{"cluster":1}]},
	"guard":{"alarms":["checkout-errors"]},"revertWindow":"5m"}`

// buysSlowly also makes requests of its own.
var buysSlowly = strings.Replace(bakesLong, `"checks":{`, `"checks":{"synthetic":{"perMinute":20},`, 1)

// Releases bake at once, a thousand of them by make load, and a few have slow requests made. Without the batches the slow ones starve the
// rest: whoever comes after them is not looked at for minutes.
func TestEveryBakeIsLookedAtEachMinuteUnderLoad(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := scenario.New(t, scenario.Options{Direct: true, Services: true, Edit: buying})
		defer w.Close()
		asked := bakes(w, *loadBakes)
		begun, allowed := time.Now(), time.Duration(budget.Looks.Limit)*time.Second
		w.Pass(2 * time.Minute) // the first looks learn from yesterday
		for range 3 {
			turn := nextTurn(w)
			w.Pass(allowed)
			late := slices.DeleteFunc(slices.Clone(asked), func(id string) bool { return lookedAt(w, id).After(turn) })
			if len(late) > 0 {
				t.Fatalf("%v after the turn of %v, %d of %d bakes were not looked at, such as %s: %s", allowed, turn.Sub(begun), len(late), len(asked), late[0], w.Trail(late[0]))
			}
			last := turn
			for _, id := range asked {
				if at := lookedAt(w, id); at.After(last) {
					last = at
				}
			}
			fmt.Println("load:", budget.Looks.Row(last.Sub(turn).Seconds(), fmt.Sprintf("here %d", len(asked))))
		}
		for _, f := range []string{"watch", "look", "sweep", "guard"} {
			if n := w.DeadLetters(f); n > 0 {
				t.Errorf("%d events of %s are dead letters", n, f)
			}
		}
	})
}

// bakes has a release of each service bake; those whose looks are slow come first.
func bakes(w *scenario.World, n int) (asked []string) {
	names := make([]string, n)
	for i := range names {
		names[i] = fmt.Sprintf("service-%d", i)
		definition := bakesLong
		if i < sluggish {
			names[i], definition = fmt.Sprintf("a-slow-%d", i), buysSlowly
		}
		w.For(names[i]).Make(definition)
	}
	w.Slows("1", 2*time.Second, 0, 0)
	w.Pass(2 * time.Minute)
	for _, name := range names {
		asked = append(asked, w.For(name).Requested("2"))
	}
	w.Pass(5 * time.Second)
	return asked
}

// nextTurn waits for watch's next turn, which begins with the list.
func nextTurn(w *scenario.World) time.Time {
	turns := func() int {
		return len(slices.DeleteFunc(w.Calls("watch"), func(c scenario.Call) bool { return c.Operation != "dynamodb:Query" }))
	}
	for before := turns(); turns() == before; {
		w.Pass(50 * time.Millisecond)
	}
	return time.Now().Add(-100 * time.Millisecond)
}

func lookedAt(w *scenario.World, id string) time.Time {
	l, err := w.Store.Ledger(w.T.Context(), id)
	if err != nil {
		w.T.Fatal(err)
	}
	return l.At
}

// buying lets look invoke every service, as a definition with synthetic requests does.
var buying = scenario.Allowing("Look", "arn:aws:lambda:us-east-1:123456789012:function:*", "lambda:InvokeFunction")
