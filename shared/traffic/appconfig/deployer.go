package appconfig

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	api "github.com/aws/aws-sdk-go-v2/service/appconfig"
	"github.com/aws/aws-sdk-go-v2/service/appconfig/types"

	"sluice/shared/kind"
	"sluice/shared/rollout"
	"sluice/shared/traffic"
)

// client is what the deployer asks of AppConfig.
type client interface {
	past
	StartDeployment(context.Context, *api.StartDeploymentInput, ...func(*api.Options)) (*api.StartDeploymentOutput, error)
	StopDeployment(context.Context, *api.StopDeploymentInput, ...func(*api.Options)) (*api.StopDeploymentOutput, error)
}

// Deployer is the traffic.Deployer of AppConfig's configurations.
type Deployer struct{ client client }

var _ traffic.Deployer = (*Deployer)(nil)

// Ports opens all that the kind can do.
func Ports(cfg aws.Config) traffic.Ports {
	c := api.NewFromConfig(cfg)
	return traffic.Ports{Deployer: &Deployer{c}, Inspector: &Inspector{c}, Maker: &Maker{c}}
}

// Read implements traffic.Deployer.
func (d *Deployer) Read(ctx context.Context, t rollout.Target) (rollout.Split, error) {
	h, err := read(ctx, d.client, *t.Configuration)
	if err != nil {
		return rollout.Split{}, err
	}
	now := rollout.Split{Stable: h.heads(), Tag: h.handle(), Moving: along(h.last())}
	if now.Moving == "" {
		now.Busy = h.busy()
	}
	return now, nil
}

// along says how far a deployment is; empty when its version, or the one before it, is with all callers.
func along(one types.DeploymentSummary) string {
	switch one.State {
	case types.DeploymentStateDeploying, types.DeploymentStateValidating:
		return fmt.Sprintf("version %s is with %.0f %% of the callers", aws.ToString(one.ConfigurationVersion), aws.ToFloat32(one.PercentageComplete))
	case types.DeploymentStateRollingBack:
		return fmt.Sprintf("AppConfig goes back from version %s", aws.ToString(one.ConfigurationVersion))
	}
	return ""
}

// Start implements traffic.Deployer.
func (d *Deployer) Start(ctx context.Context, t rollout.Target, w traffic.Deployment) (handle string, err error) {
	c := *t.Configuration
	h, err := read(ctx, d.client, c)
	if err != nil {
		return "", err
	}
	if began, err := d.began(ctx, h, w.Token); began || err != nil {
		return h.handle(), err
	}
	out, err := d.client.StartDeployment(ctx, started(c, w.Revision, c.Strategy, noted(w)))
	var conflict *types.ConflictException
	if errors.As(err, &conflict) {
		return d.conflict(ctx, c, w.Token)
	}
	if err != nil {
		return "", refused(fmt.Sprintf("deploying version %s of %s", w.Revision, c), err)
	}
	return strconv.Itoa(int(out.DeploymentNumber)), nil
}

// noted is the description by which a repeated start finds the deployment that the first one began.
func noted(w traffic.Deployment) string {
	return fmt.Sprintf("Sluice, release %s (%s)", w.Release, w.Token)
}

func started(c kind.Configuration, version, strategy, description string) *api.StartDeploymentInput {
	return &api.StartDeploymentInput{
		ApplicationId: &c.Application, EnvironmentId: &c.Environment, ConfigurationProfileId: &c.Profile, ConfigurationVersion: &version,
		DeploymentStrategyId: &strategy, Description: &description,
	}
}

// began says whether the last deployment was begun by a start with this token.
func (d *Deployer) began(ctx context.Context, h history, token string) (bool, error) {
	out, err := get(ctx, d.client, h.of, h.last().DeploymentNumber)
	if err != nil {
		return false, err
	}
	return strings.Contains(aws.ToString(out.Description), "("+token+")"), nil
}

// conflict finds out whose deployment is under way: our own, whose answer was lost; somebody else's of this configuration; or one of another configuration,
// which passes by itself.
func (d *Deployer) conflict(ctx context.Context, c kind.Configuration, token string) (handle string, err error) {
	h, err := read(ctx, d.client, c)
	if err != nil {
		return "", err
	}
	if began, err := d.began(ctx, h, token); began || err != nil {
		return h.handle(), err
	}
	if h.foreign() {
		return "", &rollout.NotReady{What: fmt.Sprintf("the environment of %s still gets deployment %d, of another configuration", c, h.underWay.DeploymentNumber)}
	}
	return "", fmt.Errorf("deployment %s of %s is under way: %w", h.handle(), c, traffic.ErrMoved)
}

// refused is what a start came to that AppConfig does not take: a validator says no, or something is not there.
func refused(doing string, err error) error {
	if err == nil {
		return nil
	}
	var bad *types.BadRequestException
	if errors.As(err, &bad) {
		return &traffic.Obstacle{What: "AppConfig refuses it: " + aws.ToString(bad.Message), Remedy: "mend that, and release again"}
	}
	return failed(doing, err)
}

// Look implements traffic.Deployer.
func (d *Deployer) Look(ctx context.Context, t rollout.Target, handle string) (traffic.Progress, error) {
	number, err := strconv.ParseInt(handle, 10, 32)
	if err != nil {
		return traffic.Progress{}, fmt.Errorf("reading the handle %q: %w", handle, err)
	}
	out, err := get(ctx, d.client, *t.Configuration, int32(number))
	if err != nil {
		return traffic.Progress{}, err
	}
	switch out.State {
	case types.DeploymentStateRolledBack:
		return traffic.Progress{Failed: why(out.EventLog), Brings: aws.ToString(out.ConfigurationVersion)}, nil
	case types.DeploymentStateReverted:
		return traffic.Progress{Failed: "somebody has reverted it", Brings: aws.ToString(out.ConfigurationVersion)}, nil
	}
	return traffic.Progress{Moving: along(types.DeploymentSummary{State: out.State, ConfigurationVersion: out.ConfigurationVersion, PercentageComplete: out.PercentageComplete})}, nil
}

// why says why a deployment went back, in AppConfig's words.
func why(log []types.DeploymentEvent) string {
	for _, e := range log {
		if e.EventType == types.DeploymentEventTypeRollbackStarted {
			return "AppConfig went back: " + aws.ToString(e.Description)
		}
	}
	return "AppConfig went back"
}

// Stop implements traffic.Deployer. AppConfig goes back by itself from a deployment that is under way, and for 72 hours from one that has completed; both
// ignore alarms. Otherwise stable is deployed anew.
func (d *Deployer) Stop(ctx context.Context, t rollout.Target, handle, stable string) error {
	c := *t.Configuration
	h, err := read(ctx, d.client, c)
	switch {
	case err != nil:
		return err
	case handle != "" && handle != h.handle():
		return fmt.Errorf("deployment %s of %s came after %s: %w", h.handle(), c, handle, traffic.ErrMoved)
	case h.heads() == stable:
		return nil
	case h.last().State == types.DeploymentStateRollingBack:
		return fmt.Errorf("AppConfig goes back from deployment %s of %s, and not to version %s: wait for its end", h.handle(), c, stable)
	case h.reverts(time.Now()) == stable:
		return d.undo(ctx, h, stable)
	case forward(h.last().State):
		if err := d.undo(ctx, h, stable); err != nil {
			return err
		}
		return fmt.Errorf("AppConfig goes back from deployment %s of %s first", h.handle(), c)
	}
	return d.renew(ctx, c, stable)
}

// undo has AppConfig go back from the last deployment. One that it will not revert is deployed over.
func (d *Deployer) undo(ctx context.Context, h history, stable string) error {
	_, err := d.client.StopDeployment(ctx, &api.StopDeploymentInput{
		ApplicationId: &h.of.Application, EnvironmentId: &h.of.Environment, DeploymentNumber: aws.Int32(h.last().DeploymentNumber), AllowRevert: aws.Bool(true),
	})
	var bad *types.BadRequestException
	if !errors.As(err, &bad) {
		if err != nil {
			err = failed(fmt.Sprintf("stopping deployment %s of %s", h.handle(), h.of), err)
		}
		return err
	}
	now, err := read(ctx, d.client, h.of)
	switch {
	case err != nil:
		return err
	case now.handle() != h.handle():
		return fmt.Errorf("deployment %s of %s came after %s: %w", now.handle(), h.of, h.handle(), traffic.ErrMoved)
	case now.heads() == stable: // the SDK tried again after an answer that did not arrive
		return nil
	}
	return d.renew(ctx, h.of, stable)
}

// renew deploys stable anew.
func (d *Deployer) renew(ctx context.Context, c kind.Configuration, stable string) error {
	_, err := d.client.StartDeployment(ctx, started(c, stable, c.Returns(), "Sluice brings version "+stable+" back"))
	var conflict *types.ConflictException
	if err == nil || !errors.As(err, &conflict) {
		return refused(fmt.Sprintf("deploying version %s of %s", stable, c), err)
	}
	switch now, err := read(ctx, d.client, c); {
	case err != nil:
		return err
	case now.heads() == stable: // our own, whose answer was lost
		return nil
	case now.foreign():
		return fmt.Errorf("deployment %d of another configuration is under way in the environment of %s", now.underWay.DeploymentNumber, c)
	default:
		return fmt.Errorf("deployment %s of %s is under way: %w", now.handle(), c, traffic.ErrMoved)
	}
}
