package hook

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"sluice/shared/rollout"
	"sluice/shared/ssm"
)

// carry writes what a hook carries, or puts back what was there before. It can be repeated after each call. No value goes anywhere but to Parameter
// Store.
func (h *handler) carry(ctx context.Context, r rollout.Release, hook rollout.Hook) (rollout.Ran, error) {
	ran := rollout.Ran{Name: hook.Name, Verdict: rollout.GatePass, Ended: h.Now()}
	var did, failed []string
	for _, c := range hook.Carry {
		found := r.Carry(c.Parameter)
		if found == nil { // the release ended before it was planned to the end
			continue
		}
		what, err := h.move(ctx, r, hook, c, *found, &ran)
		refused := new(refusal)
		switch {
		case errors.As(err, &refused):
			failed = append(failed, refused.why)
		case err != nil:
			return ran, err
		default:
			did = append(did, what)
		}
		if err != nil && hook.After == "" { // the release goes back, or on without it: the less has to be put back
			break
		}
	}
	ran.Why = rollout.Sentence(cmp.Or(strings.Join(did, "; "), "there was nothing to do")) + "."
	if len(failed) > 0 {
		ran.Verdict, ran.Why = rollout.GateFail, rollout.Sentence(strings.Join(failed, "; "))+"."
	}
	return ran, nil
}

// move writes one parameter, or puts it back.
func (h *handler) move(ctx context.Context, r rollout.Release, hook rollout.Hook, c rollout.Carry, found rollout.Carried, ran *rollout.Ran) (did string, err error) {
	if hook.After != "" {
		return h.back(ctx, c, found, r.Carrying(hook))
	}
	did, wrote, err := h.forth(ctx, c, found)
	if wrote {
		ran.Put = append(ran.Put, c.Parameter)
	}
	return did, err
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

// forth writes the value of the environment before, in the version that people saw. wrote says that this try or one before it made a version.
func (h *handler) forth(ctx context.Context, c rollout.Carry, found rollout.Carried) (did string, wrote bool, err error) {
	from, err := h.values.At(ctx, found.From, found.Version)
	if err != nil {
		return "", false, final(found.From, err)
	}
	now, err := h.values.Now(ctx, c.Parameter)
	if err != nil {
		return "", false, final(c.Parameter, err)
	}
	move, why := found.Forth(now, from.Value)
	switch {
	case why != nil:
		return "", false, because(why)
	case move == rollout.Leave && now.Version == found.Before:
		return c.Parameter + " is as it should be", false, nil
	case move == rollout.Leave:
		return fmt.Sprintf("%s is at version %d", c.Parameter, now.Version), true, nil
	}
	version, err := h.values.Put(ctx, c.Parameter, cmp.Or(now.Type, from.Type), from.Value, c.Key, now.Version > 0) // a list that was a text stays a text
	if err != nil {
		return "", false, final(c.Parameter, err)
	}
	if version != found.Before+1 {
		return "", true, &refusal{fmt.Sprintf("somebody wrote %s in the same moment: that is its version %d, and version %d came after it", c.Parameter, version-1, version)}
	}
	return fmt.Sprintf("%s is at version %d", c.Parameter, version), true, nil
}

// back puts back what was there before, where nobody has written since. forth is how the hook stands that carried; nil when nobody wrote that it ran.
func (h *handler) back(ctx context.Context, c rollout.Carry, found rollout.Carried, forth *rollout.Ran) (did string, err error) {
	now, err := h.values.Now(ctx, c.Parameter)
	if err != nil {
		return "", final(c.Parameter, err)
	}
	ours := forth != nil && slices.Contains(forth.Put, c.Parameter)
	if !ours && forth == nil && now.Version == found.Before+1 { // its function may have died after it wrote
		from, err := h.values.At(ctx, found.From, found.Version)
		if err != nil {
			return "", final(found.From, err)
		}
		ours = from.Value == now.Value
	}
	var before rollout.Stored
	if found.Before > 0 && now.Version > found.Before {
		if before, err = h.values.At(ctx, c.Parameter, found.Before); err != nil {
			return "", final(c.Parameter, err)
		}
	}
	move, why := found.Back(now, ours, before.Value)
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
