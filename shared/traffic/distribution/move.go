package distribution

import (
	"context"
	"fmt"
	"reflect"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudfront"
	"github.com/aws/aws-sdk-go-v2/service/cloudfront/types"

	"sluice/shared/kind"
	"sluice/shared/rollout"
	"sluice/shared/traffic"
)

// A move is one write. Each call that it makes brings its lock up to date.
type move struct {
	*Router
	d    *kind.Distribution
	lock lock
}

// share gives the candidate a share, or marked requests, as soon as staging is ready.
func (m *move) share(ctx context.Context, to rollout.Split) error {
	if m.lock.staging.digest != to.Candidate || m.lock.weight == rollout.None {
		if ready, err := m.prepare(ctx, to); err != nil || !ready {
			return err
		}
	}
	if to.Marked {
		return m.steer(ctx, marking(m.lock.domain, *m.d.Marked))
	}
	return m.steer(ctx, weighing(m.d, m.lock.domain, to.Weight))
}

// prepare has the staging distribution hold the candidate, and says whether it does so at all edges. A share would meet what staging had before
// elsewhere, and that may be what an earlier release took back. So until then the share is announced, and nothing has any.
func (m *move) prepare(ctx context.Context, to rollout.Split) (ready bool, err error) {
	coming := announcement{to.Candidate, to.Weight, to.Marked}
	if m.lock.staging.digest != to.Candidate {
		if err := m.announce(ctx, coming); err != nil {
			return false, err
		}
		if err := m.stage(ctx, to.Candidate); err != nil {
			return false, err
		}
	}
	staging, err := m.see(ctx, m.d.Staging)
	if err != nil || !staging.arriving {
		return err == nil, err
	}
	return false, m.announce(ctx, coming)
}

// announce writes into the policy what is about to come. Whoever goes back then finds its lock outdated, and reads.
func (m *move) announce(ctx context.Context, a announcement) error {
	if m.lock.announced == a {
		return nil
	}
	return m.steer(ctx, announcing(m.lock.domain, a))
}

// withdraw brings everything to the primary distribution as it is: one call, unless a promotion was announced. That one may be under way, and is kept
// from landing by a new version of the staging distribution.
func (m *move) withdraw(ctx context.Context) error {
	if m.lock.announced.promotes() {
		if err := m.stage(ctx, m.lock.primary.digest); err != nil {
			return err
		}
	}
	return m.turn(ctx, off(m.d, m.lock.domain))
}

// promote gives the candidate everything. What the primary distribution has is kept first, by the distribution that is there for this. After the
// promotion staging gets it, so that the way back is one call.
func (m *move) promote(ctx context.Context, candidate string) error {
	old, err := m.keep(ctx)
	if err != nil {
		return err
	}
	if err := m.announce(ctx, announcement{configuration: candidate, weight: rollout.All}); err != nil {
		return err
	}
	if m.lock.staging.digest != candidate {
		if err := m.stage(ctx, candidate); err != nil {
			return err
		}
	}
	if err := m.copy(ctx); err != nil {
		return err
	}
	return m.load(ctx, m.d.Staging, old, &m.lock.staging)
}

// restore brings a configuration back that a promotion overwrote: from staging, where the promotion has left it, in one call; else from where it was
// kept.
func (m *move) restore(ctx context.Context, stable string) error {
	if m.lock.staging.digest != stable {
		if err := m.stage(ctx, stable); err != nil {
			return err
		}
	}
	return m.copy(ctx)
}

// keep puts what the primary distribution has into the one that keeps it, unless it is there.
func (m *move) keep(ctx context.Context) (seen, error) {
	primary, err := m.see(ctx, m.d.Primary)
	if err != nil {
		return primary, err
	}
	if primary.etag != m.lock.primary.etag {
		return primary, fmt.Errorf("keeping the configuration of distribution %s: %w", m.d.Primary, traffic.ErrMoved)
	}
	previous, err := m.see(ctx, m.d.Previous)
	if err != nil || previous.digest == primary.digest {
		return primary, err
	}
	return primary, m.load(ctx, m.d.Previous, primary, &held{etag: previous.etag})
}

// stage has the staging distribution hold a configuration that another of the four has.
func (m *move) stage(ctx context.Context, configuration string) error {
	for _, id := range []string{m.d.Primary, m.d.Previous, m.d.Draft} {
		found, err := m.see(ctx, id)
		if err != nil {
			return err
		}
		if found.digest == configuration {
			return m.load(ctx, m.d.Staging, found, &m.lock.staging)
		}
	}
	return fmt.Errorf("staging configuration %s: %w", configuration, &traffic.Obstacle{
		What:   fmt.Sprintf("none of the distributions %s, %s and %s has configuration %s any more", m.d.Primary, m.d.Previous, m.d.Draft, configuration),
		Remedy: fmt.Sprintf("write it into distribution %s again and release it, or write a configuration that works into distribution %s by hand", m.d.Draft, m.d.Primary),
	})
}

// load gives a distribution another one's configuration, on top of the version that is known. If the version is outdated but the configuration is there,
// an earlier try did it whose answer was lost.
func (m *move) load(ctx context.Context, id string, from seen, known *held) error {
	now, err := m.see(ctx, id)
	if err != nil {
		return err
	}
	out, err := m.cloudfront.UpdateDistribution(ctx, &cloudfront.UpdateDistributionInput{Id: &id, IfMatch: &known.etag, DistributionConfig: with(now.config, carriedOf(from.config))})
	if isStale(err) {
		if now, again := m.see(ctx, id); again == nil && now.digest == from.digest {
			*known = held{now.digest, now.etag}
			return nil
		}
	}
	if err != nil {
		return fmt.Errorf("giving distribution %s configuration %s: %w", id, from.digest, refused(err))
	}
	*known = held{from.digest, aws.ToString(out.ETag)}
	return nil
}

// copy promotes what the staging distribution has. That turns the policy off.
func (m *move) copy(ctx context.Context) error {
	both := m.lock.primary.etag + ", " + m.lock.staging.etag
	out, err := m.cloudfront.UpdateDistributionWithStagingConfig(ctx, &cloudfront.UpdateDistributionWithStagingConfigInput{Id: &m.d.Primary, StagingDistributionId: &m.d.Staging, IfMatch: &both})
	if err != nil {
		return fmt.Errorf("promoting configuration %s of distribution %s: %w", m.lock.staging.digest, m.d.Primary, refused(err))
	}
	m.lock.primary = held{m.lock.staging.digest, aws.ToString(out.ETag)}
	return nil
}

// steer changes the policy for a forward move. If the version is outdated but the policy is as wanted, an earlier try did it whose answer was lost:
// nobody who goes back wants what steer wants.
func (m *move) steer(ctx context.Context, to *types.ContinuousDeploymentPolicyConfig) error {
	err := m.turn(ctx, to)
	if !traffic.IsMoved(err) {
		return err
	}
	now, etag, again := m.policy(ctx, m.d)
	if again != nil || !reflect.DeepEqual(now, to) {
		return err
	}
	m.know(now, etag)
	return nil
}

// turn changes the policy on top of the version that is known.
func (m *move) turn(ctx context.Context, to *types.ContinuousDeploymentPolicyConfig) error {
	out, err := m.cloudfront.UpdateContinuousDeploymentPolicy(ctx, &cloudfront.UpdateContinuousDeploymentPolicyInput{Id: &m.d.Policy, IfMatch: &m.lock.policy, ContinuousDeploymentPolicyConfig: to})
	if err != nil {
		return fmt.Errorf("changing policy %s of distribution %s: %w", m.d.Policy, m.d.Primary, refused(err))
	}
	m.know(to, aws.ToString(out.ETag))
	return nil
}

func (m *move) know(p *types.ContinuousDeploymentPolicyConfig, etag string) {
	m.lock.policy, m.lock.weight = etag, share(p)
	m.lock.announced = announced(p)
}
