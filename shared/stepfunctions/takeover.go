package stepfunctions

import (
	"context"
	"fmt"

	"sluice/shared/rollout"
)

// Registry records which execution leads a release. Led of a takeover that was written before is no error, and writes nothing.
type Registry interface {
	Led(ctx context.Context, r rollout.Release, lines ...rollout.Line) error
}

// TakeBack starts a new execution that brings a release back: its own execution is dead, or has ended with a promotion that
// does not hold. If the end of the release is written, the new execution only settles it once more. Two calls about the same
// record start one execution.
//
// TakeBack writes first and then starts: an execution may be over before its starter goes on, and a record that is opened
// after its end would stay open for ever. If TakeBack dies in between, sweep starts the execution that was written.
func (m *Machine) TakeBack(ctx context.Context, registry Registry, r rollout.Release, lines ...rollout.Line) error {
	r.Machines++
	r.Execution = m.Execution(takeover(r))
	if err := registry.Led(ctx, r, lines...); err != nil {
		return err
	}
	return m.Resume(ctx, r)
}

// Revert is TakeBack of a release that had been promoted. If its takeover is written already, Revert only resumes it.
func (m *Machine) Revert(ctx context.Context, registry Registry, r rollout.Release, lines ...rollout.Line) error {
	if r.Reverted {
		return m.Resume(ctx, r)
	}
	r.Reverted = true
	return m.TakeBack(ctx, registry, r, lines...)
}

// Resume starts the execution that a takeover has written, unless it was started before.
func (m *Machine) Resume(ctx context.Context, r rollout.Release) error {
	next := rollout.NextBack
	if r.Decided() {
		next = rollout.NextSettle
	}
	_, err := m.Start(ctx, takeover(r), r.Cursor().Go(next))
	return err
}

// SeeToHooks starts an execution that sees to the hooks which are left when a release has ended. It is not the one that leads the release: a promotion
// may be on its way back while it waits for a hook.
func (m *Machine) SeeToHooks(ctx context.Context, r rollout.Release) error {
	_, err := m.Start(ctx, fmt.Sprintf("%s-hooks-%d", r.ID, r.Machines), r.Cursor().AfterEnd())
	return err
}

func takeover(r rollout.Release) string { return fmt.Sprintf("%s-%d", r.ID, r.Machines) }
