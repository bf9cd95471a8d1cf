package distribution_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/cloudfront/types"

	"sluice/shared/rollout"
	"sluice/shared/traffic"
	"sluice/test/conformance"
	"sluice/test/sandbox/wire"
)

// permit lets everything through.
type permit struct{}

func (permit) Allows(context.Context, rollout.Split) error { return nil }

func (f *fixture) mover() *traffic.Mover { return traffic.Over(traffic.Ports{Router: f.router}) }

func (f *fixture) at(w rollout.Weight) rollout.Split {
	return rollout.Split{Stable: f.revisions.Stable, Candidate: f.revisions.Candidate, Weight: w}
}

func (f *fixture) forward(w rollout.Weight) (rollout.Split, error) {
	return f.mover().Forward(f.t.Context(), f.Target(), f.at(w), permit{})
}

// brought makes the move back that a guard makes, with the lock that the lease has.
func (f *fixture) brought(lock string) rollout.Split {
	f.t.Helper()
	back := must(f.mover().Back(f.t.Context(), f.Target(), rollout.Split{Stable: f.revisions.Stable, Tag: lock}, permit{}))(f.t)
	if !back.Serves(f.revisions.Stable) {
		f.t.Errorf("after the way back it serves %v", back)
	}
	return back
}

// A promotion and the way back from it are one call each, besides what is prepared before and afterwards.
func TestTheWayBackFromAPromotionIsOneCall(t *testing.T) {
	f := newFixture(t)
	must(f.forward(1500))(t)
	promoted := must(f.forward(rollout.All))(t)
	if !f.Serves(t).Serves(f.revisions.Candidate) || f.named(f.target.Previous) != f.revisions.Stable || f.named(f.target.Staging) != f.revisions.Stable {
		t.Fatalf("after the promotion it serves %v, previous has %s, staging %s", f.Serves(t), f.named(f.target.Previous), f.named(f.target.Staging))
	}
	before := f.Calls()
	f.brought(promoted.Tag)
	if after := f.Calls(); after.Writes != before.Writes+1 {
		t.Errorf("the way back made %d writes", after.Writes-before.Writes)
	}
	if !f.Serves(t).Serves(f.revisions.Stable) {
		t.Errorf("at last it serves %v", f.Serves(t))
	}
}

// Whatever dies in the middle of a promotion: some distribution has the configuration to go back to, and the way back finds it.
func TestWhateverDiesInAPromotionTheWayBackFindsStable(t *testing.T) {
	const writes = 4 // keep, announce, promote, load staging
	for dies := range 2*writes + 1 {
		synctest.Test(t, func(t *testing.T) {
			f := newFixture(t)
			f.point(f.target.Previous, "other")
			at := must(f.forward(1500))(t)
			ctx, cancel := context.WithCancel(t.Context())
			f.dying(dies, cancel)
			_, err := f.mover().Forward(ctx, f.Target(), f.at(rollout.All), permit{})
			if (err == nil) != (dies == 2*writes) {
				t.Fatalf("dying at %d of %d it answers %v", dies, 2*writes, err)
			}
			time.Sleep(time.Hour)
			f.brought(at.Tag)
			if now := f.Serves(t); !now.Serves(f.revisions.Stable) {
				t.Errorf("dying at %d of %d it serves %v after the way back", dies, 2*writes, now)
			}
		})
	}
}

// dying cancels what is under way before one write happens or, at odd numbers, right after it.
func (f *fixture) dying(at int, cancel func()) {
	made := 0
	var each func()
	each = func() {
		if made == at/2 {
			cancel()
			return
		}
		made++
		f.OnWrite(conformance.Meddling{Before: each})
	}
	if at%2 == 1 {
		f.OnWrite(conformance.Meddling{Before: each})
		return
	}
	for _, operation := range []string{"UpdateDistribution", "UpdateContinuousDeploymentPolicy", "UpdateDistributionWithStagingConfig"} {
		f.dieBefore(operation, func() bool { made++; return made > at/2 }, cancel)
	}
}

// dieBefore keeps an operation from happening when it is time.
func (f *fixture) dieBefore(operation string, now func() bool, cancel func()) {
	f.before[operation] = func() error {
		if now() {
			cancel()
			return wire.ErrHangUp
		}
		f.dieBefore(operation, now, cancel)
		return nil
	}
}

// The same promotion is made again after a crash, and does not take what the first try announced for somebody else's.
func TestAPromotionThatDiedIsMadeAgain(t *testing.T) {
	f := newFixture(t)
	must(f.forward(1500))(t)
	ctx, cancel := context.WithCancel(t.Context())
	f.dieBefore("UpdateDistributionWithStagingConfig", func() bool { return true }, cancel)
	if _, err := f.mover().Forward(ctx, f.Target(), f.at(rollout.All), permit{}); !errors.Is(err, context.Canceled) {
		t.Fatalf("it answers %v", err)
	}
	found := must(f.mover().Read(t.Context(), f.Target()))(t)
	if !found.Same(f.at(rollout.All)) || found.Moving == "" || found.Serves(f.revisions.Stable) {
		t.Errorf("with a promotion announced it serves %+v, want the candidate, on the move", found)
	}
	must(f.forward(rollout.All))(t)
	if !f.Serves(t).Serves(f.revisions.Candidate) {
		t.Errorf("it serves %v", f.Serves(t))
	}
}

// Invariant I3: the rollback comes after the promotion was allowed and announced, and right before it. ETags of distributions alone would let it land.
func TestAPromotionLosesToARollback(t *testing.T) {
	f := newFixture(t)
	at := must(f.forward(1500))(t)
	f.before["UpdateDistributionWithStagingConfig"] = func() error { f.brought(at.Tag); return nil }
	if _, err := f.forward(rollout.All); !traffic.IsMoved(err) {
		t.Errorf("the promotion answers %v, want ErrMoved", err)
	}
	if now := f.Serves(t); !now.Serves(f.revisions.Stable) {
		t.Errorf("it serves %v", now)
	}
}

// The other way round: the promotion lands while a rollback is about to keep it from landing.
func TestARollbackThatMeetsAPromotionTakesItBack(t *testing.T) {
	f := newFixture(t)
	at := must(f.forward(1500))(t)
	ctx, cancel := context.WithCancel(t.Context())
	f.dieBefore("UpdateDistributionWithStagingConfig", func() bool { return true }, cancel)
	_, _ = f.mover().Forward(ctx, f.Target(), f.at(rollout.All), permit{}) // announced, and dead
	f.before["UpdateDistribution"] = func() error { must(f.forward(rollout.All))(t); return nil }
	f.brought(at.Tag)
	if now := f.Serves(t); !now.Serves(f.revisions.Stable) {
		t.Errorf("it serves %v", now)
	}
}

// Staging may still have what an earlier release took back. It gets no share before all edges have the candidate there.
func TestNoShareBeforeAllEdgesHaveTheCandidate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(t)
		f.point(f.target.Staging, "other")
		f.edge.Pace(5 * time.Minute)
		time.Sleep(5 * time.Minute)
		for range 2 {
			if now := must(f.forward(500))(t); now.Moving == "" || !f.Serves(t).Serves(f.revisions.Stable) {
				t.Fatalf("it answers %+v, and serves %v", now, f.Serves(t))
			}
			time.Sleep(2 * time.Minute)
		}
		time.Sleep(time.Minute)
		if now := must(f.forward(500))(t); now.Moving == "" || !f.Serves(t).Same(f.at(500)) {
			t.Errorf("with staging ready it answers %+v, and serves %v", now, f.Serves(t))
		}
		time.Sleep(5 * time.Minute)
		if now := must(f.forward(500))(t); now.Moving != "" {
			t.Errorf("with all edges told it serves %+v", now)
		}
	})
}

// A share that is only announced is taken back by one call, and never comes.
func TestAnAnnouncedShareIsTakenBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(t)
		f.edge.Pace(5 * time.Minute)
		announced := must(f.forward(500))(t)
		before := f.Calls()
		f.brought(announced.Tag)
		if after := f.Calls(); after.Writes != before.Writes+1 {
			t.Errorf("the way back made %d writes", after.Writes-before.Writes)
		}
		time.Sleep(10 * time.Minute)
		if now := must(f.router.Read(t.Context(), f.Target()))(t); !now.Serves(f.revisions.Stable) || now.Moving != "" {
			t.Errorf("it serves %+v", now)
		}
	})
}

func TestSessionsAreThoseOfTheDefinition(t *testing.T) {
	f := newFixture(t)
	f.target.Session = 600
	must(f.forward(500))(t)
	k := f.policy().ContinuousDeploymentPolicy.ContinuousDeploymentPolicyConfig.TrafficConfig.SingleWeightConfig.SessionStickinessConfig
	if k == nil || *k.IdleTTL != 600 || *k.MaximumTTL != 600 {
		t.Errorf("sessions are %+v", k)
	}
}

// A configuration that nobody has any more cannot come back: people are told, and not a retry.
func TestAConfigurationThatIsGoneIsAnObstacle(t *testing.T) {
	f := newFixture(t)
	to := f.at(500)
	to.Candidate = "0123456789ab"
	_, err := f.mover().Forward(t.Context(), f.Target(), to, permit{})
	if o := traffic.ObstacleOf(err); o == nil || !strings.Contains(o.What, to.Candidate) || o.Remedy == "" {
		t.Errorf("it answers %v", err)
	}
}

func TestATargetThatIsGoneIsAnObstacle(t *testing.T) {
	for name, lose := range map[string]func(*fixture){
		"the primary distribution": func(f *fixture) { f.target.Primary = "E0NOWHERE" },
		"the staging distribution": func(f *fixture) { f.target.Staging = "E0NOWHERE" },
		"the policy":               func(f *fixture) { f.target.Policy = "nowhere" },
	} {
		f := newFixture(t)
		lose(f)
		_, err := f.router.Read(t.Context(), f.Target())
		if o := traffic.ObstacleOf(err); o == nil || o.Remedy == "" {
			t.Errorf("without %s it answers %v", name, err)
		}
	}
}

// A policy that sends requests to somebody else's distribution is no release of ours.
func TestAForeignStagingDistributionIsSeen(t *testing.T) {
	f := newFixture(t)
	must(f.forward(500))(t)
	policy := f.policy().ContinuousDeploymentPolicy.ContinuousDeploymentPolicyConfig
	policy.StagingDistributionDnsNames.Items[0] = *f.read(f.target.Draft).Distribution.DomainName
	f.steer(policy)
	if now := must(f.router.Read(t.Context(), f.Target()))(t); now.Candidate == f.revisions.Candidate || now.Weight != 500 {
		t.Errorf("it serves %v", now)
	}
}

// Marked requests are a person's who tries the configuration.
func TestMarkedRequestsAreNoShare(t *testing.T) {
	f := newFixture(t)
	f.point(f.target.Staging, "other")
	policy := f.policy().ContinuousDeploymentPolicy.ContinuousDeploymentPolicyConfig
	on, header := true, "aws-cf-cd-try"
	policy.Enabled = &on
	policy.TrafficConfig = &types.TrafficConfig{Type: types.ContinuousDeploymentPolicyTypeSingleHeader, SingleHeaderConfig: &types.ContinuousDeploymentSingleHeaderConfig{Header: &header, Value: &header}}
	f.steer(policy)
	if now := must(f.router.Read(t.Context(), f.Target()))(t); !now.Serves(f.revisions.Stable) || now.Moving != "" {
		t.Errorf("it serves %+v", now)
	}
}
