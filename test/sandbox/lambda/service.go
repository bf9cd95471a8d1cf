package lambda

import (
	"context"
	"math/rand/v2"
	"net/http"
	"sync"
	"time"

	"sluice/test/sandbox/wire"
)

// A Handler is a function that runs in this process: payload in, payload out. lambda.NewHandler(f).Invoke of
// aws-lambda-go is one.
type Handler = func(ctx context.Context, payload []byte) ([]byte, error)

// Options are what the service needs from the rest of the sandbox. Every hook may be nil; hooks are called without any
// lock held, except Rand.
type Options struct {
	Home wire.Home

	// Code fetches the deployment package of a function that was created with S3Bucket and S3Key.
	Code func(ctx context.Context, bucket, key string) ([]byte, error)
	// InProcess gives the handler of a version, or nil if it is not known here; then Processes runs it.
	InProcess func(functionName, version string) Handler
	// Processes runs versions as operating system processes; nil means that only InProcess runs any.
	Processes *Processes
	// Rand chooses between the two versions of a weighted alias: a number in [0,1). Calls do not overlap.
	Rand func() float64
	// Credentials are what the environments of a role sign their AWS calls with.
	Credentials func(roleARN string) Credentials

	// Record takes each metric value; the dimensions must not be changed.
	Record func(namespace, name string, dims map[string]string, unit string, value float64, at time.Time)
	// Logs takes each line of a function's log: its output, and Lambda's own START, END and REPORT.
	Logs func(function string, line []byte)
	// Deliver sends to on-failure and on-success destinations and to dead-letter queues.
	Deliver func(ctx context.Context, d Delivery) error
	// Policy learns the resource policy of a function, version or alias; a nil document means it is gone.
	Policy func(functionARN string, document []byte)

	// WebPort is the port on which the addresses of functions are served; "" makes addresses as on AWS.
	WebPort string
	// MayVisit decides whether anybody on the internet may use the address of a function.
	MayVisit func(functionARN string) error
	// Signed says who has signed a request to an address that wants a signature, if they may use it. Nil: nobody may.
	Signed func(r *http.Request, body []byte, functionARN string) (Signer, error)

	// Concurrency is the account's limit of concurrent executions; 0 means AWS's default of 1,000.
	Concurrency int
	// Provisioning is how long provisioned concurrency stays IN_PROGRESS; 0 means it is READY at once.
	Provisioning time.Duration
}

// A Signer is who has signed a request to the address of a function.
type Signer struct{ AccessKeyID, ARN, UserID string }

// Credentials sign the AWS calls of one role.
type Credentials struct{ AccessKeyID, SecretAccessKey, SessionToken string }

// A Service is one account's Lambda in one region.
type Service struct {
	o    Options
	ctx  context.Context
	stop context.CancelFunc

	processes *pool // nil without Options.Processes

	counted sync.Map // dimensions of metrics, by served

	mu        sync.Mutex
	closed    bool
	running   sync.WaitGroup
	functions map[string]*function
	images    map[string]string // what GetFunction says of functions that are images
	busy      int               // executions that use the unreserved concurrency of the account
}

// New starts a Lambda without functions. It ends with ctx or with Close, whichever comes first.
func New(ctx context.Context, o Options) *Service {
	if o.Rand == nil {
		o.Rand = rand.Float64
	}
	if o.Concurrency == 0 {
		o.Concurrency = 1000
	}
	s := &Service{o: o, functions: map[string]*function{}, images: map[string]string{}}
	s.ctx, s.stop = context.WithCancel(ctx)
	if o.Processes != nil {
		s.processes = newPool(*o.Processes, o)
	}
	context.AfterFunc(s.ctx, s.Close)
	return s
}

// Close ends every execution environment and every queued invocation, and returns when they have ended.
func (s *Service) Close() {
	s.mu.Lock()
	s.closed = true
	s.mu.Unlock()
	s.stop()
	if s.processes != nil {
		s.processes.close()
	}
	s.running.Wait()
}

// start runs f in a goroutine that Close waits for; it reports false when the service has closed.
func (s *Service) start(f func()) (started bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return false
	}
	s.running.Go(f)
	return true
}

// wait sleeps for d and reports false when the service has closed meanwhile.
func (s *Service) wait(d time.Duration) (open bool) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-s.ctx.Done():
		return false
	}
}
