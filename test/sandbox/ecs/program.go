package ecs

import (
	"net/http"

	"sluice/test/sandbox/network"
)

// A Program is what an image runs.
type Program func(s Start) (*Process, error)

// Start is how a task starts its program.
type Start struct {
	Image   string
	Env     map[string]string // of the container definition
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

// PutImage pushes an image, by the name that container definitions have ("shop/web:2", "shop/web@sha256:..."). An image that nobody pushed cannot be
// pulled.
func (s *Service) PutImage(image string, p Program) {
	defer s.lock()()
	s.images[image] = p
}
