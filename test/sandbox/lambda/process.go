package lambda

import (
	"context"
	"os"
	"runtime"
	"slices"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/lambda/types"
)

// Processes run each execution environment as an operating system process of the version's `bootstrap`, in a process
// group of its own. Memory sizes are reported and not enforced, and /tmp is shared.
type Processes struct {
	// Address is the host:port at which Service.RuntimeAPI is served, under /_runtime/.
	Address string
	// Endpoint is the AWS_ENDPOINT_URL of the functions.
	Endpoint string
	// Dir is where deployment packages are unpacked; "" means a temporary folder, removed by Close.
	Dir string
	// PerVersion and Total bound the environments that exist at once; 0 means 50 and 200. What exceeds them is throttled.
	PerVersion, Total int
	// Idle is how long an environment waits for its next event; 0 means five minutes.
	Idle time.Duration
}

// initLimit is what the init phase may take before its time counts as the invocation's
// (https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html).
const initLimit = 10 * time.Second

// A pool holds the environments of all versions. Only those without an event are in idle, the last used last.
type pool struct {
	Processes
	o      Options
	starts chan func() // run on the one thread that starts processes
	ended  sync.WaitGroup

	mu        sync.Mutex
	closed    bool
	instances map[string]*instance
	idle      map[*version][]*instance
	alive     map[*version]int
	unpacked  map[string]string // code digest to folder; touched by the starting thread only
	temporary string            // the folder to remove, if Dir was not given; likewise
}

func newPool(p Processes, o Options) *pool {
	if p.PerVersion == 0 {
		p.PerVersion = 50
	}
	if p.Total == 0 {
		p.Total = 200
	}
	if p.Idle == 0 {
		p.Idle = 5 * time.Minute
	}
	pool := &pool{
		Processes: p, o: o, starts: make(chan func()),
		instances: map[string]*instance{}, idle: map[*version][]*instance{}, alive: map[*version]int{}, unpacked: map[string]string{},
	}
	go pool.startProcesses()
	return pool
}

// startProcesses starts every process from one thread that lives as long as the pool: Linux kills a child whose
// Pdeathsig is set when the *thread* that started it ends.
func (p *pool) startProcesses() {
	runtime.LockOSThread()
	for start := range p.starts {
		start()
	}
}

// onStarter runs f on the starting thread and waits for it.
func (p *pool) onStarter(f func() error) error {
	done := make(chan error, 1)
	p.starts <- func() { done <- f() }
	return <-done
}

// acquire gives an idle environment of the version, or a new one that has begun to wait for its first event.
func (p *pool) acquire(ctx context.Context, v *version) (environment, error) {
	i, warm, err := p.reserve(v)
	if err != nil || warm {
		return lease{instance: i}, err
	}
	defer p.ended.Done() // from here on the instance itself keeps the pool from closing
	start := time.Now()
	if err := p.onStarter(i.launch); err != nil {
		p.forget(i)
		return broken{"Runtime.InvalidEntrypoint", err.Error()}, nil
	}
	i.awaitReady(ctx, time.After(initLimit))
	return lease{i, time.Since(start)}, nil
}

// reserve takes an idle environment or the right to start one; in the latter case it counts as not ended.
func (p *pool) reserve(v *version) (i *instance, warm bool, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return nil, false, serviceFault("the sandbox's Lambda is closed")
	}
	if idle := p.idle[v]; len(idle) > 0 {
		i = idle[len(idle)-1]
		p.idle[v] = idle[:len(idle)-1]
		i.expiry.Stop()
		return i, true, nil
	}
	if p.alive[v] >= p.PerVersion || (len(p.instances) >= p.Total && !p.evict()) {
		return nil, false, throttled(types.ThrottleReasonConcurrentInvocationLimitExceeded)
	}
	i = newInstance(p, v)
	p.instances[i.id] = i
	p.alive[v]++
	p.ended.Add(1)
	return i, false, nil
}

// evict ends the idle environment that was used longest ago, if there is one; the caller holds the lock.
func (p *pool) evict() (evicted bool) {
	var oldest *instance
	for _, idle := range p.idle {
		if len(idle) > 0 && (oldest == nil || idle[0].used.Before(oldest.used)) {
			oldest = idle[0]
		}
	}
	if oldest == nil {
		return false
	}
	p.drop(oldest)
	return true
}

// giveBack makes an environment idle again after its event.
func (p *pool) giveBack(i *instance) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		i.kill()
		return
	}
	i.used = time.Now()
	i.expiry = time.AfterFunc(p.Idle, func() { p.expire(i) })
	p.idle[i.version] = append(p.idle[i.version], i)
}

func (p *pool) expire(i *instance) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if slices.Contains(p.idle[i.version], i) {
		p.drop(i)
	}
}

// drop ends an idle environment; the caller holds the lock.
func (p *pool) drop(i *instance) {
	p.unlist(i)
	i.kill()
}

// forget removes an environment that has ended.
func (p *pool) forget(i *instance) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.unlist(i)
}

// unlist takes an environment out of the books; the caller holds the lock.
func (p *pool) unlist(i *instance) {
	if p.instances[i.id] != i {
		return
	}
	delete(p.instances, i.id)
	if i.expiry != nil {
		i.expiry.Stop()
	}
	p.idle[i.version] = slices.DeleteFunc(p.idle[i.version], func(j *instance) bool { return i == j })
	if p.alive[i.version]--; p.alive[i.version] == 0 {
		delete(p.alive, i.version)
		delete(p.idle, i.version)
	}
}

func (p *pool) find(id string) *instance {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.instances[id]
}

// close kills every environment and waits until all have ended.
func (p *pool) close() {
	p.mu.Lock()
	first := !p.closed
	p.closed = true
	for _, i := range p.instances {
		i.kill()
	}
	p.mu.Unlock()
	p.ended.Wait()
	if first {
		close(p.starts)
		if p.temporary != "" {
			_ = os.RemoveAll(p.temporary) // a folder left in the system's temporary place does no harm
		}
	}
}
