package appconfig

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	api "github.com/aws/aws-sdk-go-v2/service/appconfig"
	"github.com/aws/aws-sdk-go-v2/service/appconfig/types"

	"sluice/shared/kind"
	"sluice/shared/rollout"
	"sluice/shared/traffic"
)

// flagClient is what the router asks of AppConfig.
type flagClient interface {
	client
	content
	CreateHostedConfigurationVersion(context.Context, *api.CreateHostedConfigurationVersionInput, ...func(*api.Options)) (*api.CreateHostedConfigurationVersionOutput, error)
}

type content interface {
	GetHostedConfigurationVersion(context.Context, *api.GetHostedConfigurationVersionInput, ...func(*api.Options)) (*api.GetHostedConfigurationVersionOutput, error)
}

// Router is the traffic.Router of feature flags.
type Router struct{ client flagClient }

var _ traffic.Router = (*Router)(nil)

// FlagPorts opens all that the kind of single flags can do.
func FlagPorts(cfg aws.Config) traffic.Ports {
	c := api.NewFromConfig(cfg)
	return traffic.Ports{Router: &Router{c}, Inspector: &FlagInspector{c}, Unlocked: true}
}

// sight is what is seen of a flag.
type sight struct {
	history
	document
	split rollout.Split
	trace trace // of the deployment that brought what is served, or will be
}

// Read implements traffic.Router.
func (r *Router) Read(ctx context.Context, t rollout.Target) (rollout.Split, error) {
	s, err := see(ctx, r.client, *t.FeatureFlag)
	return s.split, err
}

// viewer is what it takes to see a flag.
type viewer interface {
	past
	content
}

// see reads what all users will have when nothing else happens.
func see(ctx context.Context, of viewer, f kind.FeatureFlag) (s sight, err error) {
	if s.history, err = read(ctx, of, f.Of()); err != nil {
		return s, err
	}
	if s.document, s.split, err = divided(ctx, of, f, s.heads()); err != nil {
		return s, err
	}
	leading := s.leading()
	out, err := get(ctx, of, f.Of(), leading.DeploymentNumber)
	if err != nil {
		return s, err
	}
	s.trace = traced(f, leading.DeploymentNumber, aws.ToString(out.Description))
	s.split.Tag = s.trace.tag()
	return s, s.rest(ctx, of, f)
}

// leading is the deployment whose version is served when nothing else happens.
func (h history) leading() types.DeploymentSummary {
	if forward(h.last().State) {
		return h.last()
	}
	return h.completed()[0]
}

// rest says what is under way: a move of the flag, or something else that only keeps others from beginning.
func (s *sight) rest(ctx context.Context, of viewer, f kind.FeatureFlag) error {
	s.split.Busy = s.busy()
	moves := along(s.last())
	if moves == "" {
		return nil
	}
	other := s.rests()
	if s.last().State == types.DeploymentStateRollingBack {
		other = aws.ToString(s.last().ConfigurationVersion)
	}
	_, leaves, err := divided(ctx, of, f, other)
	if traffic.ObstacleOf(err) == nil && err != nil {
		return err
	}
	if err != nil || !leaves.Same(s.split) {
		s.split.Moving, s.split.Busy = moves, ""
	}
	return nil
}

// divided reads how a version divides the users of a flag.
func divided(ctx context.Context, of content, f kind.FeatureFlag, version string) (document, rollout.Split, error) {
	number, _ := strconv.ParseInt(version, 10, 32)
	out, err := of.GetHostedConfigurationVersion(ctx, &api.GetHostedConfigurationVersionInput{ApplicationId: &f.Application, ConfigurationProfileId: &f.Profile, VersionNumber: aws.Int32(int32(number))})
	if err != nil {
		return document{}, rollout.Split{}, failed("reading version "+version+" of "+f.Of().String(), err)
	}
	d, err := parse(out.Content, f.Flag, f.By)
	if err == nil {
		s, unclear := d.serves()
		if unclear == nil {
			return d, s, nil
		}
		err = unclear
	}
	return d, rollout.Split{}, &traffic.Obstacle{What: fmt.Sprintf("version %s of %s: %v", version, f.Of(), err), Remedy: "deploy a version in which the flag is there, and one variant has a share by " + f.By + " at most"}
}

// Write implements traffic.Router. With the tag of a deployment after which nothing came, a way back is one call: a version that says stable is there already.
func (r *Router) Write(ctx context.Context, t rollout.Target, to rollout.Split, lock string) (rollout.Split, error) {
	f, known := *t.FeatureFlag, parsed(lock)
	if back := to.Plain(); back.Candidate == "" && back.Stable == known.stable && to.Weight == rollout.None {
		return r.start(ctx, f, order{to: back, version: known.back, on: known.number})
	}
	now, err := see(ctx, r.client, f)
	switch {
	case err != nil:
		return to, err
	case now.underWay != nil:
		return r.blocked(ctx, f, order{to: to})
	}
	if err := now.lacks(to); err != nil {
		return to, err
	}
	o := order{to: to, on: now.trace.number}
	if to.Weight > rollout.None {
		if o.back, err = r.returns(ctx, f, now, to.Stable); err != nil {
			return to, err
		}
	}
	if o.version, err = r.version(ctx, f, now.document, to); err != nil {
		return to, err
	}
	return r.start(ctx, f, o)
}

// lacks is the obstacle of a split between what are no variants of the flag.
func (s sight) lacks(to rollout.Split) error {
	for _, name := range []string{to.Stable, to.Candidate} {
		if name != "" && s.named(name) < 0 {
			return &traffic.Obstacle{What: fmt.Sprintf("flag %s has no variant %s: it has %s", s.flag, name, strings.Join(s.names(), ", ")), Remedy: "deploy a version in which it has both"}
		}
	}
	return nil
}

// returns is a version in which everybody has stable, and in which everything else is as it is deployed.
func (r *Router) returns(ctx context.Context, f kind.FeatureFlag, now sight, stable string) (version string, err error) {
	switch {
	case now.split.Serves(stable):
		return now.heads(), nil
	case now.trace.stable == stable:
		return now.trace.back, nil
	}
	return r.version(ctx, f, now.document, rollout.Split{Stable: stable})
}

// version stores a division of the users as a new version. It is made from what is deployed, and not from the latest version: what somebody has saved
// and not deployed is nobody's yet. A version that is there twice does no harm, so it is no compare-and-set.
func (r *Router) version(ctx context.Context, f kind.FeatureFlag, d document, to rollout.Split) (string, error) {
	text, err := d.dividing(to)
	if err != nil {
		return "", fmt.Errorf("writing %v for %s: %w", to, f, err)
	}
	out, err := r.client.CreateHostedConfigurationVersion(ctx, &api.CreateHostedConfigurationVersionInput{
		ApplicationId: &f.Application, ConfigurationProfileId: &f.Profile, Content: text, ContentType: aws.String("application/json"), Description: aws.String(told(f, to)),
	})
	if err != nil {
		return "", refused(fmt.Sprintf("storing %v of %s", to, f), err)
	}
	return strconv.Itoa(int(out.VersionNumber)), nil
}

// order is a deployment that is wanted.
type order struct {
	to      rollout.Split
	version string
	on      int32  // the number of the deployment whose version it was made from; 0: it does not matter
	back    string // the version in which everybody has stable; empty when nobody has anything else
}

func (o order) trace(number int32) trace {
	if o.back == "" {
		return trace{number: number}
	}
	return trace{number: number, back: o.back, stable: o.to.Stable}
}

// start deploys a version.
func (r *Router) start(ctx context.Context, f kind.FeatureFlag, o order) (rollout.Split, error) {
	out, err := r.client.StartDeployment(ctx, started(f.Of(), o.version, f.Strategy, described(f, o)))
	var conflict *types.ConflictException
	if errors.As(err, &conflict) {
		return r.blocked(ctx, f, o)
	}
	if err != nil {
		return o.to, refused(fmt.Sprintf("deploying version %s of %s", o.version, f.Of()), err)
	}
	return r.confirmed(ctx, f, o, out.DeploymentNumber)
}

// confirmed looks whether somebody has deployed the configuration between what a version was made from and its own deployment. What they changed would be
// undone by that, so it is stopped before users learn of it.
func (r *Router) confirmed(ctx context.Context, f kind.FeatureFlag, o order, number int32) (rollout.Split, error) {
	h, err := read(ctx, r.client, f.Of())
	if err != nil {
		return o.to, err
	}
	if before := h.before(number); before != 0 && before != o.on {
		if err := r.stop(ctx, f, number); err != nil {
			return o.to, err
		}
		return o.to, fmt.Errorf("deployment %d of %s came after %d: %w", before, f.Of(), o.on, traffic.ErrMoved)
	}
	now := o.to.Plain()
	now.Tag, now.Moving = o.trace(number).tag(), along(h.last())
	return now, nil
}

// before is the number of the deployment that had completed before another one; 0 when that is unknown.
func (h history) before(number int32) int32 {
	for _, one := range h.completed() {
		if one.DeploymentNumber < number {
			return one.DeploymentNumber
		}
	}
	return 0
}

func (r *Router) stop(ctx context.Context, f kind.FeatureFlag, number int32) error {
	_, err := r.client.StopDeployment(ctx, &api.StopDeploymentInput{ApplicationId: &f.Application, EnvironmentId: &f.Environment, DeploymentNumber: &number, AllowRevert: aws.Bool(true)})
	var bad *types.BadRequestException
	if errors.As(err, &bad) { // it has been stopped
		return nil
	}
	if err != nil {
		return failed(fmt.Sprintf("stopping deployment %d of %s", number, f.Of()), err)
	}
	return nil
}

// blocked finds out what keeps AppConfig from beginning a deployment: this very one, whose answer was lost; one of the flag's own, which a way back stops; or
// somebody else's, which is waited for.
func (r *Router) blocked(ctx context.Context, f kind.FeatureFlag, o order) (rollout.Split, error) {
	now, err := see(ctx, r.client, f)
	if err != nil {
		return o.to, err
	}
	last, forth := now.last(), o.to.Weight > rollout.None
	if own := now.underWay != nil && !now.foreign() && now.trace.ours; own && forward(last.State) {
		switch {
		case o.version != "" && aws.ToString(last.ConfigurationVersion) == o.version:
			return r.confirmed(ctx, f, o, last.DeploymentNumber)
		case !forth && !now.split.Serves(o.to.Stable):
			if err := r.stop(ctx, f, last.DeploymentNumber); err != nil {
				return o.to, err
			}
			return r.Read(ctx, rollout.Target{FeatureFlag: &f})
		}
	}
	why := cmp.Or(now.split.Moving, now.split.Busy)
	if forth || why == "" {
		return o.to, &rollout.NotReady{What: cmp.Or(why, "AppConfig has just ended another deployment")}
	}
	now.split.Moving = why
	return now.split, nil
}
