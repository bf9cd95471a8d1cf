// Package apistage splits traffic between two deployments of a REST API by the canary of a stage
// (https://docs.aws.amazon.com/apigateway/latest/developerguide/canary-release.html).
//
// Stable is the stage's own deployment, the candidate is the canary's. API Gateway has no compare-and-set: the mover above asks again and undoes.
package apistage

import (
	"context"
	"fmt"
	"reflect"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/apigateway"
	"github.com/aws/aws-sdk-go-v2/service/apigateway/types"

	"sluice/shared/kind"
	"sluice/shared/rollout"
	"sluice/shared/traffic"
)

type api interface {
	GetStage(context.Context, *apigateway.GetStageInput, ...func(*apigateway.Options)) (*apigateway.GetStageOutput, error)
	UpdateStage(context.Context, *apigateway.UpdateStageInput, ...func(*apigateway.Options)) (*apigateway.UpdateStageOutput, error)
}

// Router is the traffic.Router of stages.
type Router struct{ api api }

var _ traffic.Router = (*Router)(nil)

// Ports opens everything that the kind can do, on the account and region of cfg.
func Ports(cfg aws.Config) traffic.Ports {
	client := apigateway.NewFromConfig(cfg)
	return traffic.Ports{Router: &Router{client}, Inspector: &Inspector{client}, Maker: &Maker{client}, Unlocked: true}
}

// New builds a router on the account and region of cfg.
func New(cfg aws.Config) *Router { return &Router{apigateway.NewFromConfig(cfg)} }

// Read implements traffic.Router.
func (r *Router) Read(ctx context.Context, t rollout.Target) (rollout.Split, error) {
	st, err := read(ctx, r.api, *t.APIStage)
	return st.split(), err
}

// most is how many changes a write makes at most: what is more, somebody else makes necessary.
const most = 6

// Write implements traffic.Router. API Gateway carries out each change of a stage as a whole, and answers the stage that it led to. Some writes take
// several changes, a promotion two. A forward write that sees somebody else's between its own stops: to go on would raise the candidate once more, and
// nobody has been asked whether that is still allowed.
func (r *Router) Write(ctx context.Context, t rollout.Target, to rollout.Split, lock string) (rollout.Split, error) {
	st, err := r.begin(ctx, *t.APIStage, to, lock)
	forward, reached := to.Candidate != "", false
	for n := 0; err == nil; n++ {
		next, there := st.toward(to.Plain()), st.split().Same(to)
		switch {
		case len(next) == 0:
			return st.split(), nil
		case n == most, forward && reached && !there:
			return st.split(), fmt.Errorf("updating %v: %w", t.APIStage, traffic.ErrMoved)
		}
		reached = reached || there
		st, err = r.step(ctx, st, next, to)
	}
	return st.split(), fmt.Errorf("updating %v: %w", t.APIStage, err)
}

// begin finds the stage as it is, or makes the first change without reading it. All that a way back takes before a promotion is that the canary goes,
// and after one that the stage gets stable's deployment again. Where the tag was outdated, API Gateway refuses the change, or the answer shows it.
func (r *Router) begin(ctx context.Context, target kind.APIStage, to rollout.Split, lock string) (stage, error) {
	if to.Candidate == "" && lock != "" {
		change := withoutCanary
		if !divided(lock) {
			change = stage{target: target}.deploy(to.Stable)
		}
		st, err := r.update(ctx, target, change)
		if !isBadRequest(err) {
			return st, err
		}
	}
	return read(ctx, r.api, target)
}

// step makes one change. Where it is refused, the stage may have changed since it was read, or the change was made already and its answer was lost: the
// stage as it is now tells whether the refusal stands.
func (r *Router) step(ctx context.Context, found stage, change []types.PatchOperation, to rollout.Split) (stage, error) {
	st, refused := r.update(ctx, found.target, change)
	if !isBadRequest(refused) {
		return st, refused
	}
	st, err := read(ctx, r.api, found.target)
	if err == nil && reflect.DeepEqual(change, st.toward(to.Plain())) {
		err = obstacle(found.target, to, refused)
	}
	return st, err
}

func (r *Router) update(ctx context.Context, target kind.APIStage, change []types.PatchOperation) (stage, error) {
	out, err := r.api.UpdateStage(ctx, &apigateway.UpdateStageInput{RestApiId: &target.API, StageName: &target.Stage, PatchOperations: change})
	if err != nil {
		return stage{target: target}, gone(target, err)
	}
	return stageOf(target, (*apigateway.GetStageOutput)(out)), nil
}

// getter is what reading a stage takes.
type getter interface {
	GetStage(context.Context, *apigateway.GetStageInput, ...func(*apigateway.Options)) (*apigateway.GetStageOutput, error)
}

func read(ctx context.Context, api getter, target kind.APIStage) (stage, error) {
	out, err := api.GetStage(ctx, &apigateway.GetStageInput{RestApiId: &target.API, StageName: &target.Stage})
	if err != nil {
		return stage{target: target}, fmt.Errorf("reading %v: %w", target, gone(target, err))
	}
	return stageOf(target, out), nil
}
