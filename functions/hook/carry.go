package hook

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"sluice/shared/rollout"
	"sluice/shared/ssm"
)

// A report is what came of the parameters of a hook.
type report struct{ did, failed []string }

// note keeps what came of one parameter, and answers an error that may be none the next time.
func (w *report) note(did string, err error) error {
	refused := new(refusal)
	switch {
	case errors.As(err, &refused):
		w.failed = append(w.failed, refused.why)
	case err != nil:
		return err
	case did != "":
		w.did = append(w.did, did)
	}
	return nil
}

// ends is how the hook has ended.
func (w *report) ends(hook rollout.Hook, put []string, now time.Time) rollout.Ran {
	ran := rollout.Ran{Name: hook.Name, Verdict: rollout.GatePass, Ended: now, Put: put}
	ran.Why = rollout.Sentence(cmp.Or(strings.Join(w.did, "; "), "there was nothing to do")) + "."
	if len(w.failed) > 0 {
		ran.Verdict, ran.Why = rollout.GateFail, rollout.Sentence(strings.Join(w.failed, "; "))+"."
	}
	return ran
}

// carry writes what a hook carries. It can be repeated after each call. No value goes anywhere but to Parameter Store. What it is going to write stands
// in the record before it writes: another release may have written the same, and that is not this one's to put back.
func (h *handler) carry(ctx context.Context, r rollout.Release, hook rollout.Hook) (rollout.Release, rollout.Ran, error) {
	var w report
	var put []string
	before := r.Ran(hook.Name) // of a try that has died
	for _, c := range hook.Carry {
		if found := r.Carry(c.Parameter); found != nil {
			mine := before != nil && slices.Contains(before.Put, c.Parameter)
			writes, did, err := h.wants(ctx, c, *found, mine)
			if err := w.note(did, err); err != nil {
				return r, rollout.Ran{}, err
			}
			if writes {
				put = append(put, c.Parameter)
			}
		}
	}
	if len(w.failed) > 0 { // nothing is written where not all can be
		return r, w.ends(hook, put, h.Now()), nil
	}
	if len(put) > 0 { // also when a try before this one wrote it: this one can write for longer
		intent := rollout.Ran{Name: hook.Name, Verdict: rollout.GateWait, Until: h.until(ctx), Put: put}
		if err := h.store.Hooked(ctx, r.With(intent)); err != nil {
			return r, rollout.Ran{}, err
		}
		r = r.With(intent)
		r.Hooked++
	}
	for _, c := range hook.Carry {
		if !slices.Contains(put, c.Parameter) {
			continue
		}
		if err := w.note(h.forth(ctx, c, *r.Carry(c.Parameter))); err != nil {
			return r, rollout.Ran{}, err
		}
		if len(w.failed) > 0 { // the release goes back, or on without it: the less has to be put back
			break
		}
	}
	return r, w.ends(hook, put, h.Now()), nil
}

// until is when this try can have written for the last time: when its function has been cut off.
func (h *handler) until(ctx context.Context) time.Time {
	if deadline, cut := ctx.Deadline(); cut {
		return h.Now().Add(time.Until(deadline))
	}
	return h.Now().Add(longestTry)
}

// longestTry is how long Lambda lets a function run (https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html).
const longestTry = 15 * time.Minute

// putBack puts back what a hook wrote.
func (h *handler) putBack(ctx context.Context, r rollout.Release, hook rollout.Hook) (rollout.Ran, error) {
	var w report
	forth := r.Carrying(hook)
	for _, c := range hook.Carry {
		if found := r.Carry(c.Parameter); found != nil { // nil: the release ended before it was planned to the end
			if err := w.note(h.back(ctx, c, *found, forth != nil && slices.Contains(forth.Put, c.Parameter))); err != nil {
				return rollout.Ran{}, err
			}
		}
	}
	return w.ends(hook, nil, h.Now()), nil
}

// refusal is what keeps a parameter from being written, however often it is tried.
type refusal struct{ why string }

func (r *refusal) Error() string { return r.why }

// final is a refusal where Parameter Store's answer stays the same, and the error otherwise.
func final(parameter string, err error) error {
	if why := ssm.Refused(err); why != "" {
		return &refusal{parameter + ": " + why}
	}
	return err
}

func because(why *rollout.Rejection) error { return &refusal{why.Reason + ": " + why.Remedy} }

// weigh reads what is carried and what is there, and says what that takes.
func (h *handler) weigh(ctx context.Context, c rollout.Carry, found rollout.Carried) (move rollout.Move, from, now rollout.Stored, err error) {
	if from, err = h.values.At(ctx, found.From, found.Version); err != nil {
		return move, from, now, final(found.From, err)
	}
	if now, err = h.values.Now(ctx, c.Parameter); err != nil {
		return move, from, now, final(c.Parameter, err)
	}
	move, why := found.Forth(now, from.Value)
	if why != nil {
		return move, from, now, because(why)
	}
	return move, from, now, nil
}

// wants says whether this release writes a parameter, or that it is as it should be. mine says that a try before this one was about to: it may have done so.
func (h *handler) wants(ctx context.Context, c rollout.Carry, found rollout.Carried, mine bool) (writes bool, did string, err error) {
	move, _, now, err := h.weigh(ctx, c, found)
	switch {
	case err != nil || mine:
		return mine, "", err
	case move == rollout.Put:
		return true, "", nil
	case now.Version == found.Before:
		return false, c.Parameter + " is as it should be", nil
	}
	return false, fmt.Sprintf("%s is as it should be since somebody else wrote its version %d", c.Parameter, now.Version), nil
}

// forth writes the value of the environment before, in the version that people saw, if a try before this one has not.
func (h *handler) forth(ctx context.Context, c rollout.Carry, found rollout.Carried) (did string, err error) {
	move, from, now, err := h.weigh(ctx, c, found)
	if err != nil {
		return "", err
	}
	if move == rollout.Leave {
		return fmt.Sprintf("%s is at version %d", c.Parameter, now.Version), nil
	}
	version, err := h.values.Put(ctx, c.Parameter, cmp.Or(now.Type, from.Type), from.Value, c.Key, now.Version > 0) // a list that was a text stays a text
	if err != nil {
		return "", final(c.Parameter, err)
	}
	if version != found.Before+1 {
		return "", &refusal{fmt.Sprintf("somebody wrote %s in the same moment: that is its version %d, and version %d came after it", c.Parameter, version-1, version)}
	}
	return fmt.Sprintf("%s is at version %d", c.Parameter, version), nil
}

// back puts back what was there before, where nobody has written since. ours says that the release wrote it, or was about to.
func (h *handler) back(ctx context.Context, c rollout.Carry, found rollout.Carried, ours bool) (did string, err error) {
	if !ours {
		return c.Parameter + " is left as it is: this release has not written it", nil
	}
	now, err := h.values.Now(ctx, c.Parameter)
	if err != nil {
		return "", final(c.Parameter, err)
	}
	var before rollout.Stored
	if found.Before > 0 && now.Version > found.Before {
		if before, err = h.values.At(ctx, c.Parameter, found.Before); err != nil {
			return "", final(c.Parameter, err)
		}
	}
	move, why := found.Back(now, before.Value)
	switch {
	case why != nil:
		return "", because(why)
	case move == rollout.Remove:
		return c.Parameter + " is gone again", final(c.Parameter, h.values.Delete(ctx, c.Parameter))
	case move == rollout.Leave:
		return c.Parameter + " is as it was", nil
	}
	version, err := h.values.Put(ctx, c.Parameter, before.Type, before.Value, c.Key, true)
	if err != nil {
		return "", final(c.Parameter, err)
	}
	return fmt.Sprintf("%s is as it was, at version %d", c.Parameter, version), nil
}
