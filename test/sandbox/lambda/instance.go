package lambda

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"time"

	"sluice/test/sandbox/group"
)

// An instance is one execution environment: a process that asks the Runtime API for events, one after the other.
type instance struct {
	id      string
	pool    *pool
	version *version
	used    time.Time   // when it became idle; guarded by the pool, as is expiry
	expiry  *time.Timer // ends it when it has been idle for long

	ready   bool          // has asked for its first event; touched by the holder of the lease only
	waiting chan struct{} // the process asks for an event, and so is done with the last one
	work    chan *job
	exited  chan struct{} // closed when the process has ended and its output is read

	mu        sync.Mutex
	cmd       *exec.Cmd
	killed    bool
	gone      bool // its process id may belong to another by now
	output    *output
	asking    bool // between a request for an event and the event
	job       *job // in hand
	exit      string
	initError []byte // what the runtime reported before its first event
}

// A job is an invocation in an environment's hands, and what came of it.
type job struct {
	invocation
	out *outcome
}

func newInstance(p *pool, v *version) *instance {
	return &instance{
		id: newID(), pool: p, version: v,
		waiting: make(chan struct{}, 1), work: make(chan *job, 1), exited: make(chan struct{}),
	}
}

// launch starts the process; it runs on the pool's starting thread.
func (i *instance) launch() error {
	dir, err := i.pool.unpack(i.version)
	if err != nil {
		return err
	}
	out, write, err := openOutput(i.takeLine)
	if err != nil {
		return err
	}
	cmd := exec.Command(dir + "/bootstrap")
	cmd.Dir, cmd.Env, cmd.Stdout, cmd.Stderr, cmd.SysProcAttr = dir, i.environ(dir), write, write, group.Attributes()
	if err := startPatiently(cmd); err != nil {
		out.close()
		return fmt.Errorf("starting bootstrap: %w", err)
	}
	i.mu.Lock()
	i.cmd, i.output = cmd, out
	i.mu.Unlock()
	i.pool.ended.Go(i.reap)
	if i.isKilled() { // by a close that came before there was a process to kill
		i.kill()
	}
	return nil
}

// reap waits for the end of the process, ends what it left running, and reads the last of its output.
func (i *instance) reap() {
	err := i.cmd.Wait()
	i.mu.Lock()
	group.Kill(i.cmd.Process.Pid)
	i.gone = true
	i.mu.Unlock()
	i.output.close()
	i.mu.Lock()
	i.exit = "Runtime exited without providing a reason"
	if err != nil {
		i.exit = "Runtime exited with error: " + err.Error()
	}
	i.mu.Unlock()
	i.pool.forget(i)
	close(i.exited)
}

// kill ends the process and all it started.
func (i *instance) kill() {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.killed = true
	if i.cmd != nil && !i.gone {
		group.Kill(i.cmd.Process.Pid)
	}
}

func (i *instance) isKilled() bool {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.killed
}

// awaitReady waits until the process asks for its first event, ends, or takes too long.
func (i *instance) awaitReady(ctx context.Context, limit <-chan time.Time) {
	select {
	case <-i.waiting:
		i.ready = true
	case <-i.exited:
	case <-limit:
	case <-ctx.Done():
	}
}

// A lease is the right to give an environment one event; cold is how long its start took, 0 if it was idle.
type lease struct {
	*instance
	cold time.Duration
}

func (l lease) initialised() time.Duration { return l.cold }

// invoke hands the event over and waits until the process asks for the next one: only then is an invocation over.
func (l lease) invoke(ctx context.Context, v invocation) outcome {
	i := l.instance
	deadline := time.NewTimer(time.Until(v.deadline))
	defer deadline.Stop()
	if !i.ready {
		i.awaitReady(ctx, deadline.C)
	}
	if !i.ready {
		return i.abandon(&job{invocation: v})
	}
	j := &job{invocation: v}
	i.mu.Lock()
	i.job = j
	i.mu.Unlock()
	i.work <- j
	select {
	case <-i.waiting:
		return i.complete(j)
	case <-i.exited:
	case <-deadline.C:
	case <-ctx.Done():
	}
	return i.abandon(j)
}

// complete ends an invocation whose environment lives on.
func (i *instance) complete(j *job) outcome {
	i.output.flush()
	memory := peakMemory(i.cmd.Process.Pid)
	i.mu.Lock()
	i.job = nil
	o := *j.out
	i.mu.Unlock()
	o.memory = memory
	i.pool.giveBack(i)
	return o
}

// abandon ends an invocation together with its environment: it crashed, or is too slow. An answer given before counts.
func (i *instance) abandon(j *job) outcome {
	late := !time.Now().Before(j.deadline)
	i.kill()
	<-i.exited
	i.mu.Lock()
	defer i.mu.Unlock()
	i.job = nil
	switch {
	case j.out != nil:
		return *j.out
	case late:
		return timedOut(j.invocation)
	case i.initError != nil:
		return outcome{payload: i.initError, fault: unhandled, status: "error"}
	}
	return failed(j.invocation, "Runtime.ExitError", i.exit)
}

// takeLine passes a line of output on: to the log of the invocation in hand or, during init, to the sink alone.
func (i *instance) takeLine(line []byte) {
	i.mu.Lock()
	j := i.job
	i.mu.Unlock()
	switch logs := i.pool.o.Logs; {
	case j != nil:
		j.log(line)
	case logs != nil:
		logs(*i.version.config.FunctionName, line)
	}
}

// peakMemory is the most megabytes the process has held, as Linux tells it; 0 elsewhere.
func peakMemory(pid int) int {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0
	}
	_, rest, _ := strings.Cut(string(status), "VmHWM:")
	rest, _, _ = strings.Cut(rest, " kB")
	kilobytes, err := strconv.Atoi(strings.TrimSpace(rest))
	if err != nil {
		return 0
	}
	return (kilobytes + 1023) / 1024
}
