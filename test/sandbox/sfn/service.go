package sfn

import (
	"context"
	"math/rand/v2"
	"sync"

	"sluice/test/sandbox/wire"
)

// Options say where the service lives and what it reaches.
type Options struct {
	Home wire.Home

	// Invoke calls a Lambda function for a Task state and waits for its answer. roleARN is the execution role, on whose
	// permissions the call rests; functionARN is what the definition says, qualifier included. A function that ran
	// and failed is a FunctionError (output may then hold the error payload); err says that it could not be called.
	// The context ends with the service, not with the state: as on AWS, a function outlives the state that gave up on it.
	Invoke func(ctx context.Context, roleARN, functionARN string, payload []byte) (output []byte, functionError *FunctionError, err error)

	// Emit publishes an "aws.states" event on the default bus; detail is a StatusChange. It is called from the
	// execution's goroutine, in order, and must not wait for the event's consumers. Nil: nobody listens.
	Emit func(ctx context.Context, detailType string, resources []string, detail any)

	// Rand feeds jitter and ids; nil means an unpredictable source.
	Rand rand.Source
}

// A FunctionError is the failure that a Lambda function reported: errorType and errorMessage of its payload.
type FunctionError struct{ Type, Message string }

// A Service holds state machines and their executions. It is safe for concurrent use.
type Service struct {
	options Options
	random  *random
	tokens  tokenMint

	ctx    context.Context
	cancel context.CancelFunc
	work   sync.WaitGroup

	mu         sync.RWMutex
	closed     bool
	machines   map[string]*stateMachine // by ARN
	executions map[string]*execution    // by ARN
}

// New opens the service; everything it starts ends with ctx or Close, whichever is first.
func New(ctx context.Context, options Options) *Service {
	source := newRandom(options.Rand)
	s := &Service{
		options:    options,
		random:     source,
		tokens:     newTokenMint(source),
		machines:   map[string]*stateMachine{},
		executions: map[string]*execution{},
	}
	s.ctx, s.cancel = context.WithCancel(ctx)
	return s
}

// Close ends every execution where it stands, without a trace in its history, and waits until all goroutines are gone.
func (s *Service) Close() {
	s.mu.Lock()
	s.closed = true
	s.mu.Unlock()
	s.cancel()
	s.work.Wait()
}

// Wire registers the service's operations.
func (s *Service) Wire() wire.Service {
	return wire.Service{
		Name:        "states",
		Target:      "AWSStepFunctions",
		JSONVersion: "1.0",
		EpochTimes:  true,
		Impl:        s,
		Scope:       s.scope,
	}
}
