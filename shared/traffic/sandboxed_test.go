package traffic_test

import (
	"testing"

	"sluice/test/conformance"
	"sluice/test/sandbox"
	service "sluice/test/sandbox/memory"
	"sluice/test/sandbox/sandboxtest"
	"sluice/test/sandbox/wire"
)

const name = "checkout"

// sandboxed is a sandbox with the service memory, whose calls are counted and meddled with.
type sandboxed struct {
	*conformance.Watch
	box *sandbox.Sandbox
}

func newSandboxed(t *testing.T, writes ...string) sandboxed {
	watch := conformance.NewWatch(writes...)
	parts := []sandbox.Part{func(in sandbox.Surroundings) interface{ Wire() wire.Service } { return service.New(in.Home) }}
	return sandboxed{watch, sandboxtest.BootWith(t, sandbox.Options{Parts: parts, Middleware: []wire.Middleware{watch.Around}})}
}

func (s sandboxed) memory() *service.Service { return sandbox.PartOf[service.Service](s.box) }

func (s sandboxed) Revisions() conformance.Revisions {
	return conformance.Revisions{Stable: "1", Candidate: "2", Other: "3"}
}
