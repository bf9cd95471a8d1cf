package faults

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/aws/aws-lambda-go/lambdacontext"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"sluice/test/sandbox/wire"
	"sluice/test/scenario"
)

// A move is the next call of a rival: who makes it, what it touches, and whether it changes it.
type move struct {
	rival  string // "shift#1"
	what   string // "lambda:UpdateAlias"
	place  string // what it touches; "" touches everything
	writes bool
}

// independent says whether two moves lead to the same state in either order: they touch different things, or both read.
func (m move) independent(other move) bool {
	if m.rival == other.rival || m.place == "" || other.place == "" {
		return false
	}
	return m.place != other.place || (!m.writes && !other.writes)
}

// referee holds back every call of some invocations until it is their turn. The rest of the world goes on by itself.
type referee struct {
	rivals map[string]int // how many invocations of a function take part

	mu     sync.Mutex
	on     bool
	known  map[string]string // rivals by request id
	ids    map[string]string // release ids, numbered: they differ from telling to telling
	parked map[move]chan struct{}
}

func newReferee(rivals map[string]int) *referee {
	return &referee{rivals: rivals, known: map[string]string{}, ids: map[string]string{}, parked: map[move]chan struct{}{}}
}

// call is the middleware that holds calls back.
func (r *referee) call(next wire.Handler) wire.Handler {
	return func(ctx context.Context, call *wire.Call) (any, error) {
		if turn := r.park(ctx, call); turn != nil {
			<-turn
		}
		return next(ctx, call)
	}
}

func (r *referee) park(ctx context.Context, call *wire.Call) chan struct{} {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.on || call.Caller == "" {
		return nil
	}
	rival := r.rival(ctx, scenario.FunctionOf(call.Caller))
	if rival == "" {
		return nil
	}
	turn := make(chan struct{})
	place, writes := touches(call)
	place = releaseID.ReplaceAllStringFunc(place, r.numbered)
	r.parked[move{rival, call.Service + ":" + call.Operation, place, writes}] = turn
	return turn
}

var releaseID = regexp.MustCompile(`[a-z]+-[0-9a-f]{12}`)

func (r *referee) numbered(id string) string {
	if r.ids[id] == "" {
		r.ids[id] = fmt.Sprintf("release %d", len(r.ids)+1)
	}
	return r.ids[id]
}

// rival names the invocation that makes a call, if it takes part.
func (r *referee) rival(ctx context.Context, function string) string {
	lc, ok := lambdacontext.FromContext(ctx)
	if !ok {
		return ""
	}
	if name, ok := r.known[lc.AwsRequestID]; ok {
		return name
	}
	n := 1
	for _, name := range r.known {
		if strings.HasPrefix(name, function+"#") {
			n++
		}
	}
	if n > r.rivals[function] {
		return ""
	}
	name := fmt.Sprintf("%s#%d", function, n)
	r.known[lc.AwsRequestID] = name
	return name
}

// begin holds back from now on.
func (r *referee) begin() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.on = true
}

// end lets everybody go.
func (r *referee) end() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.on = false
	for m, turn := range r.parked {
		close(turn)
		delete(r.parked, m)
	}
}

// moves lists the calls that wait for their turn, in a stable order.
func (r *referee) moves() []move {
	r.mu.Lock()
	defer r.mu.Unlock()
	var all []move
	for m := range r.parked {
		all = append(all, m)
	}
	slices.SortFunc(all, func(a, b move) int { return strings.Compare(a.rival, b.rival) })
	return all
}

func (r *referee) let(m move) {
	r.mu.Lock()
	defer r.mu.Unlock()
	close(r.parked[m])
	delete(r.parked, m)
}

// touches says what a call reads or writes. A call that may set other functions going touches everything.
func touches(call *wire.Call) (place string, writes bool) {
	switch in := call.Input.(type) {
	case *dynamodb.GetItemInput:
		return itemOf(in.Key), false
	case *dynamodb.UpdateItemInput:
		return itemOf(in.Key), true
	case *dynamodb.DeleteItemInput:
		return itemOf(in.Key), true
	case *dynamodb.PutItemInput:
		return itemOf(in.Item), true
	}
	switch {
	case call.Service == "lambda":
		return "alias", !reads(call.Service + ":" + call.Operation)
	case call.Service == "cloudwatch":
		return "alarms", false
	case call.Service == "ssm":
		return "definitions", false
	case call.Service == "events":
		return "bus", true
	}
	return "", true
}

func itemOf(key map[string]types.AttributeValue) string {
	var parts []string
	for _, name := range []string{"pk", "sk"} {
		if v, ok := key[name].(*types.AttributeValueMemberS); ok {
			parts = append(parts, v.Value)
		}
	}
	return "item " + strings.Join(parts, " ")
}
