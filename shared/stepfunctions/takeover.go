package stepfunctions

import (
	"context"
	"fmt"

	"sluice/shared/rollout"
)

// Ledger is where a takeover writes which execution leads a release.
type Ledger interface {
	Led(ctx context.Context, r rollout.Release, line rollout.Line) error
}

// TakeBack starts a new execution that brings a release back: its own is dead, or has ended with a promotion that does
// not hold. Asked twice about the same release it starts one.
func (m *Machine) TakeBack(ctx context.Context, ledger Ledger, r rollout.Release, line rollout.Line) error {
	name := fmt.Sprintf("%s-%d", r.ID, r.Machines+1)
	cursor := rollout.Cursor{Release: r.ID, Step: r.Step}
	arn, err := m.Start(ctx, name, cursor.Go(rollout.NextBack))
	if err != nil {
		return err
	}
	r.Execution, r.Machines = arn, r.Machines+1
	return ledger.Led(ctx, r, line)
}
