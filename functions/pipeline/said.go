package pipeline

import (
	"context"
	"errors"
	"slices"

	"sluice/events"
	"sluice/shared/codepipeline"
	"sluice/shared/rollout"
)

// said hands on what somebody said in an action, for the releases of the commit that was there. CloudTrail does not say which execution
// was there, so the action has to stand as the answer says: otherwise another execution has come since.
func (h *handler) said(ctx context.Context, a events.PipelineApproval) error {
	p := action(a.PipelineAction)
	state, err := h.look(ctx, p)
	if err != nil {
		return err
	}
	stands := state.Status == codepipeline.Rejected && !a.Approve || state.Status == codepipeline.Approved && a.Approve
	if !stands {
		h.Log.WarnContext(ctx, "an answer in a pipeline came too late to know whose it is", "pipeline", p.Source(), "by", a.By)
		return nil
	}
	found, err := h.releases(ctx, p, state.Execution)
	var failed []error
	for _, r := range found {
		failed = append(failed, h.handOn(ctx, r, p, a))
	}
	return errors.Join(append(failed, err)...)
}

// handOn hands an answer to decide. It passes over an answer that only repeats the decision, as Sluice's own answer to the action does.
func (h *handler) handOn(ctx context.Context, r rollout.Release, p rollout.Pipeline, a events.PipelineApproval) error {
	step, approval := r.Through(p)
	decision, _ := r.Decision(*approval)
	if r.End != "" || decision == rollout.Approved && a.Approve || decision == rollout.Refused && !a.Approve {
		return nil
	}
	word := events.Word{
		Release: r.ID, Do: events.Reject, Step: step, Digest: r.Digest(step), How: rollout.ByCodePipeline, By: a.By,
		Comment: a.Summary, Origin: a.Origin, At: a.At,
	}
	if a.Approve {
		word.Do = events.Approve
	}
	if err := word.Check(); err != nil {
		return err
	}
	return h.decide.Send(ctx, events.Spoken{Word: &word})
}

// recent is how many releases of a service pipeline looks at: few of them have not ended.
const recent = 10

// releases finds the releases, newest first, that ask by an action and whose commit an execution carries.
func (h *handler) releases(ctx context.Context, p rollout.Pipeline, execution string) ([]rollout.Release, error) {
	commits, err := h.approvals.Commits(ctx, p.Name, execution)
	if err != nil || len(commits) == 0 {
		return nil, err
	}
	services, err := h.sources.Services(ctx, p.Source())
	if err != nil {
		return nil, err
	}
	var found []rollout.Release
	for _, service := range services {
		newest, err := h.store.Recent(ctx, service, recent)
		if err != nil {
			return nil, err
		}
		for _, listed := range newest {
			if !slices.Contains(commits, listed.Revision.Commit) {
				continue
			}
			r, err := h.store.Release(ctx, listed.ID)
			if err != nil {
				return nil, err
			}
			if _, a := r.Through(p); a != nil {
				found = append(found, r)
			}
		}
	}
	return found, nil
}
