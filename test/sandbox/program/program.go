// Package program is what runs in tasks and on instances of the sandbox: something that answers requests at an address.
package program

import (
	"net/http"

	"sluice/test/sandbox/network"
)

// A Program is what an image or a launch template runs.
type Program func(s Start) (*Process, error)

// Start is how a program is started.
type Start struct {
	Image   string            // of a task: the name of its image
	Env     map[string]string // of a task: what its container definition says
	Address string            // where it shall listen, in the network of the load balancers
	Network *network.Network
}

// A Process is a program that runs.
type Process struct {
	Address string          // where it listens, if elsewhere: a real process takes a port of 127.0.0.1
	Stop    func()          // ends it
	Ended   <-chan struct{} // is closed when it has ended by itself; nil: it never does
}

// Handler makes a program of a handler in this process.
func Handler(make func(env map[string]string) http.Handler) Program {
	return func(s Start) (*Process, error) {
		return &Process{Stop: s.Network.Serve(s.Address, make(s.Env))}, nil
	}
}

// End ends a process that may not have begun.
func (p *Process) End() {
	if p != nil && p.Stop != nil {
		p.Stop()
	}
}

// HasEnded says whether it has ended by itself.
func (p *Process) HasEnded() bool {
	if p == nil || p.Ended == nil {
		return false
	}
	select {
	case <-p.Ended:
		return true
	default:
		return false
	}
}
