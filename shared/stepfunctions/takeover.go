package stepfunctions

import (
	"context"
	"fmt"

	"sluice/shared/rollout"
)

// Registry is where a takeover writes which execution leads a release. A takeover that was written before is no error, and
// is not written again.
type Registry interface {
	Led(ctx context.Context, r rollout.Release, lines ...rollout.Line) error
}

// TakeBack starts a new execution that brings a release back: its own is dead, or has ended with a promotion that does
// not hold. One whose end is written it only brings to settle, once more. Asked twice about the same release it starts one.
//
// It writes first and starts then: an execution may be over before its starter goes on, and a record that is opened after
// its end would stay open for ever. What dies in between has an execution that was never born, which sweep starts.
func (m *Machine) TakeBack(ctx context.Context, registry Registry, r rollout.Release, lines ...rollout.Line) error {
	r.Machines++
	r.Execution = m.Execution(takeover(r))
	if err := registry.Led(ctx, r, lines...); err != nil {
		return err
	}
	return m.Resume(ctx, r)
}

// Revert is TakeBack of a release that had been promoted. One whose takeover is written down already is only resumed.
func (m *Machine) Revert(ctx context.Context, registry Registry, r rollout.Release, lines ...rollout.Line) error {
	if r.Reverted {
		return m.Resume(ctx, r)
	}
	r.Reverted = true
	return m.TakeBack(ctx, registry, r, lines...)
}

// Resume starts the execution that a takeover has written down, unless it was started before.
func (m *Machine) Resume(ctx context.Context, r rollout.Release) error {
	next := rollout.NextBack
	if r.Decided() {
		next = rollout.NextSettle
	}
	_, err := m.Start(ctx, takeover(r), r.Cursor().Go(next))
	return err
}

func takeover(r rollout.Release) string { return fmt.Sprintf("%s-%d", r.ID, r.Machines) }
