// Package byhand calls one function at a time, in an account where nobody else calls any: no event is delivered and no task
// of the state machine is done unless the test does it. So a test can give a function what it meets late, twice, or in the
// wrong order, and look at what that one call did.
//
// Whole releases, led by the state machine, are stories of package scenario; the account is the same.
package byhand

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	cwtypes "github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/sfn"

	"sluice/shared/kind"
	"sluice/shared/rollout"
	"sluice/test/sandbox"
	"sluice/test/sandbox/wire"
	"sluice/test/scenario"
)

// World is an account with Sluice deployed in it, which does nothing by itself.
type World struct {
	*scenario.World
	ctx     context.Context
	woken   *woken
	service string
	kind    kind.ID // of the service's target
}

// Of is the same world with another service in it, as the people of that service see it.
func (w *World) Of(service, definition string) *World {
	w.T.Helper()
	other := *w
	other.World, other.service = w.World.For(service), service
	other.Given(definition)
	return &other
}

// Run makes a world with the service of scenario.Canary in it, in a bubble of virtual time.
func Run(t *testing.T, test func(w *World)) {
	t.Helper()
	RunWith(t, scenario.Options{}, scenario.Canary, test)
}

// RunWith is Run in a changed world, with another definition.
func RunWith(t *testing.T, o scenario.Options, definition string, test func(w *World)) {
	t.Helper()
	woken := &woken{}
	o.Direct, o.Hop, o.Middleware = true, nobody, append(o.Middleware, woken.hear)
	scenario.RunWith(t, o, func(story *scenario.World) {
		w := &World{World: story, ctx: story.T.Context(), woken: woken, service: scenario.Service, kind: kind.LambdaAliasID}
		if o.Kind != nil {
			w.kind = o.Kind.ID()
		}
		w.Given(definition)
		test(w)
	})
}

// nobody loses events and leaves tasks undone.
func nobody(ctx context.Context, h sandbox.Hop, _ func(context.Context) error) error {
	if h.From == "events" {
		return nil
	}
	<-ctx.Done()
	return ctx.Err()
}

// Call invokes a function and waits for its answer; an error is what Lambda would try again or dead-letter.
func (w *World) Call(function string, payload any) (answer []byte, err error) {
	w.T.Helper()
	text, err := json.Marshal(payload)
	w.must(err)
	out, err := w.Sandbox.Lambda.Call(w.ctx, "sluice-sandbox-"+kind.Of(w.kind).Function(function), text)
	w.must(err)
	if out.FunctionError != "" {
		return nil, fmt.Errorf("%s: %s", out.ErrorType, out.ErrorMessage)
	}
	return out.Payload, nil
}

// Does is Call for what must not fail.
func (w *World) Does(function string, payload any) {
	w.T.Helper()
	if _, err := w.Call(function, payload); err != nil {
		w.T.Fatalf("%s: %v", function, err)
	}
}

// Leads is what a function of the state machine makes of a cursor. The machine goes on from Rollback by itself, with the cursor that it had.
func (w *World) Leads(function string, c rollout.Cursor) rollout.Cursor {
	w.T.Helper()
	if function == "rollback" {
		w.Does(function, Back(c))
		c.Next = rollout.NextSettle
		return c
	}
	answer, err := w.Call(function, c)
	if err != nil {
		w.T.Fatalf("%s: %v", function, err)
	}
	var next rollout.Cursor
	w.must(json.Unmarshal(answer, &next))
	return next
}

// Refuses is Call for what must fail, and say so with a certain word.
func (w *World) Refuses(function string, payload any, word string) {
	w.T.Helper()
	if answer, err := w.Call(function, payload); err == nil || !strings.Contains(err.Error(), word) {
		w.T.Errorf("%s answers %s (%v), want an error with %q", function, answer, err, word)
	}
}

// Release reads a record.
func (w *World) Release(id string) rollout.Release {
	w.T.Helper()
	r, err := w.Store.Release(w.ctx, id)
	w.must(err)
	return r
}

// Waits is the token that news would wake a release with; empty when it has never waited.
func (w *World) Waits(release string) string {
	w.T.Helper()
	key := map[string]types.AttributeValue{"pk": &types.AttributeValueMemberS{Value: "wait#" + release}, "sk": &types.AttributeValueMemberS{Value: "wait"}}
	out, err := w.Sandbox.DynamoDB.GetItem(w.ctx, &dynamodb.GetItemInput{TableName: aws.String("sluice-sandbox"), Key: key})
	w.must(err)
	token, _ := out.Item["token"].(*types.AttributeValueMemberS)
	if token == nil {
		return ""
	}
	return token.Value
}

// Woken lists the tokens of the waits that were ended, in order.
func (w *World) Woken() []string {
	w.woken.mu.Lock()
	defer w.woken.mu.Unlock()
	return slices.Clone(w.woken.tokens)
}

// woken takes every task token for one that somebody waits by: here no state machine gives any.
type woken struct {
	mu     sync.Mutex
	tokens []string
}

func (o *woken) hear(next wire.Handler) wire.Handler {
	return func(ctx context.Context, call *wire.Call) (any, error) {
		in, wakes := call.Input.(*sfn.SendTaskSuccessInput)
		if !wakes {
			return next(ctx, call)
		}
		o.mu.Lock()
		defer o.mu.Unlock()
		o.tokens = append(o.tokens, aws.ToString(in.TaskToken))
		return &sfn.SendTaskSuccessOutput{}, nil
	}
}

// Made counts a function's calls of an operation.
func (w *World) Made(function, operation string) int {
	n := 0
	for _, c := range w.Calls(function) {
		if c.Operation == operation {
			n++
		}
	}
	return n
}

// Lock is the alias' RevisionId, which changes with every move.
func (w *World) Lock() string {
	w.T.Helper()
	out, err := w.Lambda.GetAlias(w.ctx, &lambda.GetAliasInput{FunctionName: &w.service, Name: aws.String(scenario.Alias)})
	w.must(err)
	return aws.ToString(out.RevisionId)
}

// Metric sums what functions wrote of a metric in the last hour, for pairs of dimension and value.
func (w *World) Metric(name string, dimensions ...string) float64 {
	w.T.Helper()
	in := &cloudwatch.GetMetricStatisticsInput{
		Namespace: aws.String("Sluice"), MetricName: &name, Statistics: []cwtypes.Statistic{cwtypes.StatisticSum},
		StartTime: aws.Time(time.Now().Add(-time.Hour)), EndTime: aws.Time(time.Now().Add(time.Minute)), Period: aws.Int32(60),
	}
	for i := 0; i < len(dimensions); i += 2 {
		in.Dimensions = append(in.Dimensions, cwtypes.Dimension{Name: &dimensions[i], Value: &dimensions[i+1]})
	}
	out, err := w.CloudWatch.GetMetricStatistics(w.ctx, in)
	w.must(err)
	sum := 0.0
	for _, p := range out.Datapoints {
		sum += aws.ToFloat64(p.Sum)
	}
	return sum
}

func (w *World) must(err error) {
	w.T.Helper()
	if err != nil {
		w.T.Fatal(err)
	}
}

// For lets a fault meet one function only.
func For(function string, fault wire.Middleware) wire.Middleware {
	return func(next wire.Handler) wire.Handler {
		faulty := fault(next)
		return func(ctx context.Context, call *wire.Call) (any, error) {
			if call.Caller != "" && scenario.FunctionOf(call.Caller) == function {
				return faulty(ctx, call)
			}
			return next(ctx, call)
		}
	}
}
