package lambdaalias

import (
	"context"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/service/lambda/types"

	"sluice/shared/kind"
	invoke "sluice/shared/lambda"
	"sluice/shared/rollout"
	"sluice/shared/traffic"
)

// gone adds an Obstacle to an error of GetAlias when there is no such alias or no such function: both are "not found"
// (https://docs.aws.amazon.com/lambda/latest/api/API_GetAlias.html).
func gone(a *kind.LambdaAlias, err error) error {
	if !isNotFound(err) {
		return err
	}
	return errors.Join(err, &traffic.Obstacle{
		What: fmt.Sprintf("there is no alias %s of function %s", a.Alias, a.Function),
		Remedy: fmt.Sprintf("make it on a version that works: aws lambda create-alias --function-name %s --name %s --function-version <version>",
			a.Function, a.Alias),
	})
}

// refused adds an Obstacle to an error of UpdateAlias that will never pass: the version was deleted, or Lambda does not allow such an alias. A
// version that an alias names cannot be deleted, but the one before it can
// (https://docs.aws.amazon.com/lambda/latest/api/API_UpdateAlias.html, API_DeleteFunction.html). Lambda says "not found" for a missing function,
// alias and version alike, so the alias is read to tell them apart.
func (r *Router) refused(ctx context.Context, t rollout.Target, to rollout.Split, err error) error {
	a := t.LambdaAlias
	remedy := fmt.Sprintf("publish code that works as a new version and bring the alias to it: aws lambda update-alias --function-name %s --name %s --function-version <version> --routing-config '{\"AdditionalVersionWeights\":{}}'",
		a.Function, a.Alias)
	var invalid *types.InvalidParameterValueException
	switch {
	case errors.As(err, &invalid):
		return errors.Join(err, &traffic.Obstacle{What: fmt.Sprintf("Lambda does not let alias %s:%s serve %v: %s", a.Function, a.Alias, to, invalid.ErrorMessage()), Remedy: remedy})
	case invoke.IsNotReady(err):
		return &rollout.NotReady{What: fmt.Sprintf("alias %s:%s cannot serve %v yet: %v", a.Function, a.Alias, to, err)}
	case !isNotFound(err):
		return err
	}
	if _, missing := r.Read(ctx, t); traffic.ObstacleOf(missing) != nil {
		return missing
	}
	versions := "version " + to.Stable
	if to.Candidate != "" {
		versions = fmt.Sprintf("version %s or %s", to.Stable, to.Candidate)
	}
	return errors.Join(err, &traffic.Obstacle{What: fmt.Sprintf("%s of function %s does not exist any more: it was deleted", versions, a.Function), Remedy: remedy})
}
