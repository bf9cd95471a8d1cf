package faults

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	awsdynamodb "github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"sluice/test/sandbox"
	"sluice/test/sandbox/dynamodb"
	"sluice/test/sandbox/wire"
	"sluice/test/scenario"
)

// injector makes faults happen, and writes down every point that was passed.
type injector struct {
	mu       sync.Mutex
	faults   []Fault
	happened []Fault
	passed   []Point
	counts   map[Point]int  // by point without its number
	numbers  map[any]int    // of a call by its input, which the SDK's tries share
	done     map[any]bool   // calls that had their effect while their caller heard nothing
	throttle map[Point]int  // how often an operation is still throttled
	gaps     map[string]gap // by service
	changes  atomic.Int64   // of the table
}

func newInjector(faults []Fault) *injector {
	return &injector{faults: faults, counts: map[Point]int{}, numbers: map[any]int{}, done: map[any]bool{}, throttle: map[Point]int{}, gaps: map[string]gap{}}
}

// begin counts anew, from here on with other faults.
func (i *injector) begin(faults []Fault) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.faults, i.passed = faults, nil
	clear(i.counts)
	clear(i.throttle)
	clear(i.gaps)
}

// errKilled ends a handler as a killed process ends: nothing after the call happens.
var errKilled = errors.New("Runtime exited: killed by a fault")

// at numbers a call or delivery and looks up its fault.
func (i *injector) at(p Point, key any) Kind {
	i.mu.Lock()
	defer i.mu.Unlock()
	if n, again := i.numbers[key]; key != nil && again {
		p.N = n
	} else {
		i.counts[p]++
		n := i.counts[p]
		p.N = n
		if key != nil {
			i.numbers[key] = n
		}
		i.passed = append(i.passed, p)
	}
	for _, f := range i.faults {
		if always := f.N == 0; f.Point == p || (always && f.Function == p.Function && f.Operation == p.Operation) {
			return i.happens(f)
		}
	}
	return ""
}

func (i *injector) happens(f Fault) Kind {
	if !slices.Contains(i.happened, f) {
		i.happened = append(i.happened, f)
		if f.Kind == Throttle {
			i.throttle[Point{Function: f.Function, Operation: f.Operation}] = 4
		}
		if o, ok := outages[f.Kind]; ok {
			i.gaps[f.service()] = gap{o, time.Now().Add(o.lasts)}
		}
	}
	return f.Kind
}

// call is the middleware that breaks calls. The person at the keyboard is spared.
func (i *injector) call(next wire.Handler) wire.Handler {
	next = i.counted(next)
	return func(ctx context.Context, call *wire.Call) (any, error) {
		if call.Caller == "" {
			return next(ctx, call)
		}
		point := Point{Function: scenario.FunctionOf(call.Caller), Operation: operation(call)}
		if i.throttled(point) {
			return nil, wire.Throttled("a fault's throttling")
		}
		kind := i.at(point, call.Input)
		if err := i.gapOf(call.Service).err(); err != nil {
			return nil, err
		}
		if kind == Stale {
			ctx = dynamodb.Lagging(ctx, behind)
		}
		return i.perform(ctx, kind, call, func() (any, error) { return next(ctx, call) })
	}
}

// counted counts what changes the table, once it has.
func (i *injector) counted(next wire.Handler) wire.Handler {
	return func(ctx context.Context, call *wire.Call) (any, error) {
		out, err := next(ctx, call)
		if call.Service == "dynamodb" && !reads(call.Service+":"+call.Operation) {
			i.changes.Add(1)
		}
		return out, err
	}
}

// behind is how much an index is behind the table in a stale read.
const behind = 10 * time.Minute

func operation(call *wire.Call) string {
	if in, ok := call.Input.(*awsdynamodb.QueryInput); ok && in.IndexName != nil {
		return indexRead + *in.IndexName
	}
	return call.Service + ":" + call.Operation
}

func (i *injector) perform(ctx context.Context, kind Kind, call *wire.Call, next func() (any, error)) (any, error) {
	switch kind {
	case Refuse:
		return nil, wire.Internal("a fault before the effect")
	case Throttle:
		return nil, wire.Throttled("a fault's throttling")
	case Lose, Mute:
		if !i.again(call.Input) {
			_, _ = next()
		} else if kind == Lose {
			break
		}
		return nil, wire.ErrHangUp
	case Kill:
		_, _ = next()
		panic(errKilled)
	case Slow:
		_, _ = next()
		<-ctx.Done()
		return nil, ctx.Err()
	}
	return next()
}

// again says whether a call has had its effect before.
func (i *injector) again(key any) bool {
	i.mu.Lock()
	defer i.mu.Unlock()
	again := i.done[key]
	i.done[key] = true
	return again
}

// throttled counts down what one throttling fault has begun.
func (i *injector) throttled(p Point) bool {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.throttle[p] == 0 {
		return false
	}
	i.throttle[p]--
	return true
}

// hop breaks deliveries.
func (i *injector) hop(ctx context.Context, h sandbox.Hop, next func(context.Context) error) error {
	name := h.Target[strings.LastIndex(h.Target, ":")+1:]
	function, ours := strings.CutPrefix(name, "sluice-sandbox-")
	if !ours {
		return next(ctx)
	}
	kind := i.at(Point{Function: function, Operation: "<- " + h.From}, nil)
	switch kind {
	case Twice:
		context.AfterFunc(after(ctx, 3*time.Second), func() { _ = next(ctx) })
	case Late:
		context.AfterFunc(after(ctx, 7*time.Minute), func() { _ = next(ctx) })
		return nil
	case Drop:
		return nil
	case Reject:
		return wire.Internal("a fault before the invocation")
	case Forget:
		_ = next(ctx)
		return wire.Internal("a fault after the invocation")
	}
	return next(ctx)
}

// after is a context that ends when some time has passed.
func after(ctx context.Context, d time.Duration) context.Context {
	later, cancel := context.WithTimeout(context.WithoutCancel(ctx), d)
	context.AfterFunc(later, cancel)
	return later
}

// soFar are the faults that have happened.
func (i *injector) soFar() []Fault {
	i.mu.Lock()
	defer i.mu.Unlock()
	return slices.Clone(i.happened)
}
