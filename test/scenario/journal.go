package scenario

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-lambda-go/lambdacontext"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"

	"sluice/events"
	"sluice/shared/kind"
	"sluice/test/sandbox/memo"
	"sluice/test/sandbox/wire"
)

// Call is an AWS call that a function of Sluice made.
type Call struct {
	Function   string // "guard"
	Invocation string // id of its request; several may be under way at once
	Operation  string // "lambda:UpdateAlias"
	At         time.Time
	Err        error
}

// journal keeps what was called and told in a world.
type journal struct {
	mu      sync.Mutex
	last    string              // release that was asked for
	told    map[string][]string // types of events, by release
	calls   []Call
	callers map[string]string // short names, by role ARN
	invoked map[string][]byte // last event of each function
	tested  map[string]int    // how often functions that test releases were invoked
	news    chan struct{}     // has something when something was told
}

func newJournal() *journal {
	return &journal{told: map[string][]string{}, callers: map[string]string{}, invoked: map[string][]byte{}, tested: map[string]int{}, news: make(chan struct{}, 1)}
}

// record is the middleware that writes the journal.
func (j *journal) record(next wire.Handler) wire.Handler {
	return func(ctx context.Context, call *wire.Call) (any, error) {
		out, err := next(ctx, call)
		if call.Caller == "" {
			return out, err
		}
		made := Call{Operation: call.Service + ":" + call.Operation, At: time.Now(), Err: err}
		if invoked, ok := lambdacontext.FromContext(ctx); ok {
			made.Invocation = invoked.AwsRequestID
		}
		j.mu.Lock()
		defer j.mu.Unlock()
		made.Function = j.caller(call.Caller)
		j.calls = append(j.calls, made)
		if in, ok := call.Input.(*eventbridge.PutEventsInput); ok && err == nil {
			j.hear(in)
		}
		return out, err
	}
}

func (j *journal) hear(in *eventbridge.PutEventsInput) {
	for _, e := range in.Entries {
		var release events.Release
		if json.Unmarshal([]byte(aws.ToString(e.Detail)), &release) == nil {
			what := strings.TrimPrefix(aws.ToString(e.DetailType), "release.")
			j.told[release.Release] = append(j.told[release.Release], what)
		}
	}
	select {
	case j.news <- struct{}{}:
	default:
	}
}

// lastIs notes the release that was asked for last, by whom it may be: a fault asks for releases too.
func (j *journal) lastIs(release string) string {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.last = release
	return release
}

// Last is the release that was asked for last.
func (j *journal) Last() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.last
}

// Told lists the types of the events about a release, in order.
func (j *journal) Told(release string) []string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return slices.Clone(j.told[release])
}

// Calls lists what a function called, in order.
func (j *journal) Calls(function string) []Call {
	j.mu.Lock()
	defer j.mu.Unlock()
	var calls []Call
	for _, c := range j.calls {
		if c.Function == function {
			calls = append(calls, c)
		}
	}
	return calls
}

// CallsUntil lists what an invocation of a function called until it succeeded in one of these operations: the first invocation that did. Others,
// such as a look at the level of alarms in the same second, may have met it.
func (j *journal) CallsUntil(function string, operations ...string) []Call {
	before := map[string][]Call{} // by invocation
	for _, c := range j.Calls(function) {
		calls := append(before[c.Invocation], c)
		if slices.Contains(operations, c.Operation) && c.Err == nil {
			return calls
		}
		before[c.Invocation] = calls
	}
	return nil
}

// caller is FunctionOf, remembered.
func (j *journal) caller(role string) string {
	name, known := j.callers[role]
	if !known {
		name = FunctionOf(role)
		j.callers[role] = name
	}
	return name
}

// FunctionOf finds a function's short name in the ARN of its role, "TriggerRole" with CDK's letters around it. The name of any other role is answered as it
// is.
func FunctionOf(role string) string {
	name, _ := functionOf(role) // it has no errors
	return name
}

// functionOf is asked at each call of a story.
var functionOf = memo.Of(1000, func(role string) (string, error) {
	role = role[strings.LastIndex(role, "/")+1:]
	for _, f := range longestFirst { // webhook before hook
		_, after, found := strings.Cut(strings.ToLower(role), f)
		if !found {
			continue
		}
		for _, k := range kind.All() { // ShiftMemoryRole: made for a kind
			if k.Suffix != "" && strings.HasPrefix(after, strings.ReplaceAll(k.Suffix, "-", "")) {
				return f + k.Suffix, nil
			}
		}
		if strings.HasPrefix(after, "role") {
			return f, nil
		}
	}
	return role, nil
})
