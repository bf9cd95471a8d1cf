package scenario

import (
	"context"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"sluice/shared/rollout"
	"sluice/test/sandbox/wire"
)

// with replaces parts of a definition: old, new, old, new.
func with(definition string, oldnew ...string) string {
	return strings.NewReplacer(oldnew...).Replace(definition)
}

func equal(got, want []string) bool { return slices.Equal(got, want) }

func always() bool { return true }

func (w *World) recorded(id string) rollout.Release {
	w.T.Helper()
	r, err := w.Store.Release(w.ctx, id)
	w.must(err)
	return r
}

// fail makes a function's calls of an operation ("lambda:*") fail as long as a condition holds.
func fail(function, operation string, holds func() bool) []wire.Middleware {
	return []wire.Middleware{func(next wire.Handler) wire.Handler {
		return func(ctx context.Context, call *wire.Call) (any, error) {
			if match(call, function, operation) && holds() {
				return nil, &wire.Error{Status: 500, Code: "ServiceException", Message: "a story's fault"}
			}
			return next(ctx, call)
		}
	}}
}

// on does something right before a function's call of an operation.
func on(function, operation string, do func()) []wire.Middleware {
	return []wire.Middleware{func(next wire.Handler) wire.Handler {
		return func(ctx context.Context, call *wire.Call) (any, error) {
			if match(call, function, operation) {
				do()
			}
			return next(ctx, call)
		}
	}}
}

func match(call *wire.Call, function, operation string) bool {
	if call.Caller == "" || FunctionOf(call.Caller) != function {
		return false
	}
	ok, _ := path.Match(operation, call.Service+":"+call.Operation)
	return ok
}

func (w *World) alarmState(name string) string {
	w.T.Helper()
	out, err := w.CloudWatch.DescribeAlarms(w.ctx, &cloudwatch.DescribeAlarmsInput{AlarmNames: []string{name}})
	w.must(err)
	if len(out.MetricAlarms) == 0 {
		return "missing"
	}
	return string(out.MetricAlarms[0].StateValue)
}

// table is everything that Sluice remembers, by key.
func (w *World) table() map[string]string {
	w.T.Helper()
	out, err := w.Sandbox.DynamoDB.Scan(w.ctx, &dynamodb.ScanInput{TableName: aws.String(tableName)})
	w.must(err)
	items := map[string]string{}
	for _, it := range out.Items {
		var plain map[string]any
		w.must(attributevalue.UnmarshalMap(it, &plain))
		items[fmt.Sprint(plain["pk"], " ", plain["sk"])] = fmt.Sprint(plain)
	}
	return items
}
