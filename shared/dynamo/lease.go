package dynamo

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"sluice/shared/rollout"
)

// Lease reads the lease of a target; a target that never had one has a free lease of epoch 0.
func (s *Store) Lease(ctx context.Context, target string) (rollout.Lease, error) {
	l := rollout.Lease{Target: target, Phase: rollout.Free}
	if err := s.get(ctx, leaseKey(target), &l); err != nil && !IsNotFound(err) {
		return l, fmt.Errorf("reading lease of %s: %w", target, err)
	}
	return l, nil
}

// Acquire gives the lease to a release when it is free, armed without a raised fence, or expired, and nobody retires a pool. It returns the lease under
// its new owner; stable, candidate, weight, tag and promise are still as the previous owner left them. ErrConflict comes with
// the lease of the present owner, which may be the asker itself: its first attempt may have got through unseen.
func (s *Store) Acquire(ctx context.Context, r rollout.Release, target string, now, expires time.Time) (rollout.Lease, error) {
	u := change().set("target", target).set("spec", r.Definition.Target).set("service", r.Service).set("owner", r.ID).set("phase", rollout.Held).
		set("expires", expires.Unix()).add("epoch", 1).remove("fence", "returned", "promote", "held", "heard", "alarms", "red", "armedUntil", "began", "clears", "baking", "moving", "since", "stirred", "retiring", "idle")
	phase, owner, fence, retiring := u.name("phase"), u.name("owner"), u.name("fence"), u.name("retiring")
	u.when("attribute_not_exists(pk) OR %s = %s OR (%s = %s AND attribute_not_exists(%s)) OR (%s < %s AND %s <> %s)",
		phase, u.value(rollout.Free), phase, u.value(rollout.Armed), fence, u.name("expires"), u.value(now.Unix()), owner, u.value(r.ID))
	u.when("attribute_not_exists(%s) OR %s <= %s", retiring, retiring, u.value(now.Unix()))
	return s.lease(ctx, target, u, "acquiring")
}

// Begin arms the guard and writes what the release goes from and to.
func (s *Store) Begin(ctx context.Context, l rollout.Lease) (rollout.Lease, error) {
	u := change().set("alarms", l.Alarms).set("red", l.Red).set("guard", l.Guard).set("began", l.Began).set("stable", l.Stable).
		set("candidate", l.Candidate).set("weight", l.Weight).set("tag", l.Tag).whileHeld(l)
	return s.lease(ctx, l.Target, u, "beginning")
}

// Moved writes the split that was read back and the bake that follows, unless the fence is up.
func (s *Store) Moved(ctx context.Context, l rollout.Lease) (rollout.Lease, error) {
	u := change().set("stable", l.Stable).set("candidate", l.Candidate).set("weight", l.Weight).set("tag", l.Tag).set("moving", l.Moving).
		set("since", l.Since).set("takes", l.Takes).set("takesLater", l.TakesLater).set("baking", l.Baking).set("expires", l.Expires.Unix()).whileHeld(l)
	return s.lease(ctx, l.Target, u, "writing")
}

// Renew prolongs the lease of an owner that waits to move forward. It fails with ErrConflict when the fence is up or somebody else took over.
func (s *Store) Renew(ctx context.Context, l rollout.Lease) (rollout.Lease, error) {
	return s.lease(ctx, l.Target, change().set("expires", l.Expires.Unix()).whileHeld(l), "renewing")
}

// Permit is Renew for an owner that is about to move traffic. It ends a promise that the owner overtakes.
func (s *Store) Permit(ctx context.Context, l rollout.Lease, now time.Time) (rollout.Lease, error) {
	u := change().set("expires", l.Expires.Unix()).set("stirred", true).whileHeld(l)
	if l.Overtakes(now) != nil {
		u.remove("promise")
	}
	return s.lease(ctx, l.Target, u, "permitting a move of")
}

// Raise raises the fence of the lease that a release holds or is armed with. If the fence is up already, Raise returns that
// lease and no error: the first reason stands.
func (s *Store) Raise(ctx context.Context, target, owner string, epoch int, f rollout.Fence) (rollout.Lease, error) {
	u := change().set("fence", f).set("phase", rollout.Held).set("expires", f.At.Add(rollout.Margin).Unix())
	u.when("%s = %s AND %s = %s AND %s <> %s AND attribute_not_exists(%s)", u.name("owner"), u.value(owner),
		u.name("epoch"), u.value(epoch), u.name("phase"), u.value(rollout.Free), u.name("fence"))
	l, err := s.lease(ctx, target, u, "raising the fence on")
	if IsConflict(err) && l.Owner == owner && l.Epoch == epoch && l.Fence != nil {
		return l, nil
	}
	return l, err
}

// RaiseByAlarm raises the fence of the release that an alarm guards on a target. It is one conditional write, so the guard
// needs no read before it. ErrConflict comes with the lease as it is; its Fence says whether the fence was up already.
func (s *Store) RaiseByAlarm(ctx context.Context, target, alarm string, changed, now time.Time, f rollout.Fence) (rollout.Lease, error) {
	u := change().set("fence", f).set("phase", rollout.Held).set("expires", now.Add(rollout.Margin).Unix())
	phase, alarms := u.name("phase"), u.name("alarms")
	u.when("%s = %s OR (%s = %s AND %s > %s)", phase, u.value(rollout.Held), phase, u.value(rollout.Armed),
		u.name("armedUntil"), u.value(now.Unix()))
	u.when("contains(%s, %s) AND (%s <= %s OR %s <= %s) AND attribute_not_exists(%s)", alarms, u.value(alarm),
		u.name("began"), u.value(rollout.MomentOf(changed)), u.name("clears"), u.value(now.Unix()), u.name("fence"))
	return s.lease(ctx, target, u, "raising the fence on")
}

// Hold remembers that an alarm has been unclear since a time, and that the definition says to hold for it. The alarm counts as
// Inconclusive until the second time; a zero until leaves the verdict to the alarm's state.
func (s *Store) Hold(ctx context.Context, l rollout.Lease, alarm string, since, until time.Time) error {
	u := change().set("heard", with(l.Heard, alarm, since)).whileOwned(l)
	if !until.IsZero() {
		u.set("held", with(l.Held, alarm, until))
	}
	_, err := s.lease(ctx, l.Target, u, "holding")
	return err
}

// Rearm lets an alarm that was red before the release guard it. ErrConflict means that the lease changed hands, or that the alarm is not among
// Red any more and does not guard either. An alarm that guards already is no error: the first attempt may have got through unseen.
func (s *Store) Rearm(ctx context.Context, l rollout.Lease, alarm string) (rollout.Lease, error) {
	red := slices.DeleteFunc(slices.Clone(l.Red), func(a string) bool { return a == alarm })
	l.Red, l.Alarms = red, append(slices.Clone(l.Alarms), alarm)
	u := change().set("red", l.Red).set("alarms", l.Alarms).whileOwned(l)
	if l.Promise != nil && l.Promise.Release == l.Owner {
		u.set("promise", l.Promises())
	}
	u.when("contains(%s, %s)", u.name("red"), u.value(alarm))
	now, err := s.lease(ctx, l.Target, u, "rearming")
	if IsConflict(err) && now.Owner == l.Owner && now.Epoch == l.Epoch && now.Phase != rollout.Free && slices.Contains(now.Alarms, alarm) {
		return now, nil
	}
	return now, err
}

// Promote asks the owner to go to 100 % at once.
func (s *Store) Promote(ctx context.Context, l rollout.Lease, by string) (rollout.Lease, error) {
	return s.lease(ctx, l.Target, change().set("promote", by).whileHeld(l), "promoting")
}

// Returning writes the tag of a rollback that its service is still carrying out: whoever looks after the rest of it needs that. A lease that has
// changed hands stays as it is, without an error.
func (s *Store) Returning(ctx context.Context, l rollout.Lease) error {
	_, err := s.lease(ctx, l.Target, change().set("tag", l.Tag).whileOwned(l), "writing")
	if IsConflict(err) {
		return nil
	}
	return err
}

// Returned writes the split after a rollback, and the invocation that brought it about; the fence stays up until the lease is let go.
// ErrConflict means that another invocation has written it, or that the lease has changed hands.
func (s *Store) Returned(ctx context.Context, l rollout.Lease, by string) error {
	u := change().set("weight", l.Weight).set("tag", l.Tag).set("expires", l.Expires.Unix()).set("returned", by).whileOwned(l)
	returned := u.name("returned")
	u.when("attribute_not_exists(%s) OR %s = %s", returned, returned, u.value(by))
	_, err := s.lease(ctx, l.Target, u, "writing")
	return err
}

// LetGo frees the lease of a release that was promoted or reverted, or leaves it armed until the end of the revert window. Both end the
// promise of an earlier promotion. A release that was not promoted calls GiveBack instead.
func (s *Store) LetGo(ctx context.Context, l rollout.Lease) error {
	u := change().set("phase", l.Phase).set("armedUntil", l.ArmedUntil.Unix()).remove("promote").whileOwned(l)
	if l.Phase == rollout.Armed {
		u.set("promise", l.Promises()).when("attribute_not_exists(%s)", u.name("fence"))
	} else {
		u.remove("promise")
	}
	_, err := s.lease(ctx, l.Target, u, "letting go of")
	return err
}

// whileOwned adds the condition that nobody else took the lease over.
func (u *update) whileOwned(l rollout.Lease) *update {
	return u.when("%s = %s AND %s = %s", u.name("owner"), u.value(l.Owner), u.name("epoch"), u.value(l.Epoch))
}

// whileHeld adds the condition that the owner may move forward: nobody took the lease over, and the fence is down.
func (u *update) whileHeld(l rollout.Lease) *update {
	return u.whileOwned(l).when("%s = %s AND attribute_not_exists(%s)", u.name("phase"), u.value(rollout.Held), u.name("fence"))
}

func (s *Store) lease(ctx context.Context, target string, u *update, verb string) (rollout.Lease, error) {
	l := rollout.Lease{Target: target, Phase: rollout.Free}
	if err := s.apply(ctx, leaseKey(target), u, &l); err != nil {
		return l, fmt.Errorf("%s lease of %s: %w", verb, target, err)
	}
	return l, nil
}

// Watch lets the guard find the target by the ARN of each alarm, with one query.
// The entries stay; the lease decides whether an alarm counts.
func (s *Store) Watch(ctx context.Context, target string, alarms []string) error {
	for len(alarms) > 0 {
		n := min(len(alarms), 25) // the limit of one batch
		if err := s.watch(ctx, target, alarms[:n]); err != nil {
			return fmt.Errorf("writing guard of %s: %w", target, err)
		}
		alarms = alarms[n:]
	}
	return nil
}

// errThrottled asks the caller's own retry to try again: DynamoDB takes a part of a batch when it is throttled.
var errThrottled = errors.New("part of the batch was not taken")

// with is a copy of times, by alarm, with one more entry.
func with(times map[string]time.Time, alarm string, at time.Time) map[string]time.Time {
	more := map[string]time.Time{alarm: at}
	for name, t := range times {
		if name != alarm {
			more[name] = t
		}
	}
	return more
}
