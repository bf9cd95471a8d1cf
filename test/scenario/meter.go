package scenario

import (
	"context"
	"strings"
	"sync"

	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/sns"

	"sluice/infra/prices"
	"sluice/test/sandbox"
	"sluice/test/sandbox/wire"
)

// A Meter counts what the functions of a world use. An item of DynamoDB counts once, whatever its size.
type Meter struct {
	mu    sync.Mutex
	calls int
	used  prices.Used
}

// Begin forgets what was counted.
func (m *Meter) Begin() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.calls, m.used = 0, prices.Used{}
}

// Read is what was counted since.
func (m *Meter) Read() (calls int, used prices.Used) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.calls, m.used
}

// Options are those of a world whose functions are counted.
func (m *Meter) Options(k Kind) Options {
	return Options{Kind: k, Middleware: []wire.Middleware{m.call}, Hop: m.hop}
}

func (m *Meter) call(next wire.Handler) wire.Handler {
	return func(ctx context.Context, call *wire.Call) (any, error) {
		if call.Caller != "" {
			m.count(call.Input)
		}
		return next(ctx, call)
	}
}

func (m *Meter) count(input any) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.calls++
	switch in := input.(type) {
	case *dynamodb.GetItemInput, *dynamodb.QueryInput:
		m.used.Reads++
	case *dynamodb.BatchGetItemInput:
		for _, t := range in.RequestItems {
			m.used.Reads += len(t.Keys)
		}
	case *dynamodb.PutItemInput, *dynamodb.UpdateItemInput, *dynamodb.DeleteItemInput:
		m.used.Writes++
	case *dynamodb.BatchWriteItemInput:
		for _, all := range in.RequestItems {
			m.used.Writes += len(all)
		}
	case *cloudwatch.GetMetricDataInput:
		for _, q := range in.MetricDataQueries {
			if q.MetricStat != nil {
				m.used.Metrics++
			}
		}
	case *eventbridge.PutEventsInput:
		m.used.Events += len(in.Entries)
	case *sns.PublishInput:
		m.used.Messages++
	case *lambda.InvokeInput:
		m.used.Invocations++
	}
}

// hop counts what is brought to a function.
func (m *Meter) hop(ctx context.Context, h sandbox.Hop, next func(context.Context) error) error {
	if strings.Contains(h.Target, ":function:") {
		m.mu.Lock()
		m.used.Invocations++
		m.mu.Unlock()
	}
	return next(ctx)
}
