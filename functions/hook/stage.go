package hook

import (
	"context"
	"errors"

	"sluice/shared/codepipeline"
	"sluice/shared/gates"
	"sluice/shared/rollout"
)

// takeBack has the stage that deployed the release's commit go back, too. While the stage runs, such as with Sluice as its action, the state tries
// again. A rollback has no key of ours: a second try finds the one that runs by the stage itself.
func (h *handler) takeBack(ctx context.Context, r rollout.Release, hook rollout.Hook) (rollout.Ran, error) {
	if r.Revision.Commit == "" {
		return gates.Unhooked(hook, "the release names no commit, so nobody can tell whether the stage has it", h.Now()), nil
	}
	id, err := h.stages.TakeBack(ctx, *hook.Stage, r.Revision.Commit)
	switch {
	case errors.Is(err, codepipeline.ErrMoved):
		return rollout.Ran{Name: hook.Name, Verdict: rollout.GatePass, Why: rollout.Sentence(err.Error()) + ".", Ended: h.Now()}, nil
	case codepipeline.IsUnable(err):
		return gates.Unhooked(hook, err.Error(), h.Now()), nil
	case err != nil:
		return rollout.Ran{}, err
	}
	return gates.Hooked(hook, rollout.Run{Handle: id, Since: h.Now()}, gates.Progress{}, h.Now()), nil
}

// takenBack looks at a stage that goes back. What takes longer than it may goes on by itself.
func (h *handler) takenBack(ctx context.Context, hook rollout.Hook, run rollout.Run) (rollout.Ran, error) {
	p, err := h.stages.Progress(ctx, *hook.Stage, run.Handle)
	if err != nil {
		return rollout.Ran{}, err
	}
	if !p.Ended && gates.TooLong(hook.Job, run, h.Now()) {
		p = gates.Progress{Ended: true, Failed: "the stage has not gone back within " + hook.Within.String() + ", and goes on"}
	}
	return gates.Hooked(hook, run, p, h.Now()), nil
}
