package sfn

import (
	"context"
	"sync"

	"github.com/aws/aws-sdk-go-v2/service/sfn/types"
)

// maxIterations is how many iterations of an inline Map run at a time, whatever MaxConcurrency says.
// https://docs.aws.amazon.com/step-functions/latest/dg/state-map-inline.html
const maxIterations = 40

// runParallel runs all branches on the same input; the result is the array of their outputs.
func (v *visit) runParallel(args any) (any, error) {
	if err := v.record(event{kind: types.HistoryEventTypeParallelStateStarted, state: v.state}); err != nil {
		return nil, err
	}
	input, branches := newDocument(args), v.state.parallel
	return v.fan(len(branches), len(branches), func(t *thread, i int) (document, error) {
		return t.walk(branches[i], input)
	})
}

// runMap runs the item processor for each item; the result is the array of its outputs, in the items' order.
func (v *visit) runMap(s scope) (any, error) {
	items, limit, err := v.items(s)
	if err != nil {
		return nil, err
	}
	err = v.record(event{kind: types.HistoryEventTypeMapStateStarted, state: v.state, index: int32(len(items))})
	if err != nil {
		return nil, err
	}
	return v.fan(len(items), limit, func(t *thread, i int) (document, error) { return v.iterate(t, s, i, items[i]) })
}

func (v *visit) items(s scope) (items []any, limit int, err error) {
	value, err := v.state.each.items.apply(s, "ItemsPath")
	if err != nil {
		return nil, 0, err
	}
	items, ok := value.([]any)
	if !ok {
		return nil, 0, runtimeFailure("Reference path \"ItemsPath\" must point to array, got: %s", encode(value))
	}
	most, err := v.state.each.most.value(s, "MaxConcurrency")
	if most == 0 || most > maxIterations {
		most = maxIterations
	}
	return items, int(most), err
}

// iterate is one iteration: its input is the item, or what ItemSelector makes of it, where "$" is the Map's own input.
func (v *visit) iterate(t *thread, s scope, index int, item any) (document, error) {
	t.item = map[string]any{"Index": number(int64(index)), "Value": item}
	trace := func(kind types.HistoryEventType) error {
		return t.record(event{kind: kind, state: v.state, index: int32(index)})
	}
	if err := trace(types.HistoryEventTypeMapIterationStarted); err != nil {
		return document{}, err
	}
	output, err := v.process(t, s, item)
	switch {
	case err == nil:
		err = trace(types.HistoryEventTypeMapIterationSucceeded)
	case err == errEnded:
		_ = trace(types.HistoryEventTypeMapIterationAborted)
	default:
		_ = trace(types.HistoryEventTypeMapIterationFailed)
	}
	return output, err
}

func (v *visit) process(t *thread, s scope, item any) (document, error) {
	input := item
	if v.state.parameters != nil {
		own := *s.context
		own.item, own.built = t.item, nil
		var err error
		if input, err = v.state.parameters(scope{input: s.input, context: &own}); err != nil {
			return document{}, err
		}
	}
	return t.walk(v.state.each.processor, newDocument(input))
}

// fan runs n lines of control, at most limit at a time. The first failure stops the others and is the state's own.
func (v *visit) fan(n, limit int, line func(t *thread, i int) (document, error)) (any, error) {
	ctx, cancel := context.WithCancel(v.ctx)
	defer cancel()
	var (
		started = v.previous
		places  = make(chan struct{}, max(limit, 1))
		outputs = make([]any, n)
		group   sync.WaitGroup
		mu      sync.Mutex // guards fault and last
		fault   error
		last    = started
	)
	for i := range n {
		if !occupy(ctx, places) {
			break
		}
		group.Go(func() {
			defer func() { <-places }()
			t := &thread{run: v.run, ctx: ctx, previous: started, item: v.item}
			output, err := line(t, i)
			mu.Lock()
			defer mu.Unlock()
			_, failed := asFailure(err)
			switch {
			case failed && fault == nil:
				fault, last = err, t.previous
				cancel()
			case fault == nil:
				last = max(last, t.previous)
			}
			outputs[i] = output.value
		})
	}
	group.Wait()
	return v.join(outputs, fault, last)
}

// occupy takes a place as soon as one is free; not ok when the lines are to stop.
func occupy(ctx context.Context, places chan struct{}) bool {
	select {
	case places <- struct{}{}:
		return ctx.Err() == nil
	case <-ctx.Done():
		return false
	}
}

// join closes a Parallel or Map state after all its lines have ended.
func (v *visit) join(outputs []any, fault error, last int32) (any, error) {
	v.previous = last
	switch {
	case fault != nil:
		_ = v.record(event{kind: types.HistoryEventType(v.state.kind + "StateFailed"), state: v.state})
		return nil, fault
	case v.ctx.Err() != nil:
		return nil, errEnded
	}
	return outputs, v.record(event{kind: types.HistoryEventType(v.state.kind + "StateSucceeded"), state: v.state})
}
