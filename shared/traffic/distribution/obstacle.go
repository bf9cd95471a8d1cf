package distribution

import (
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/service/cloudfront/types"

	"sluice/shared/traffic"
)

// isStale says whether CloudFront refused a change because its version is outdated.
func isStale(err error) bool {
	var stale *types.PreconditionFailed
	var invalid *types.InvalidIfMatchVersion
	return errors.As(err, &stale) || errors.As(err, &invalid)
}

// explained adds an Obstacle to an error that says that what was read does not exist.
func explained(err error, id string) error {
	var distribution *types.NoSuchDistribution
	var policy *types.NoSuchContinuousDeploymentPolicy
	switch {
	case errors.As(err, &distribution):
		return errors.Join(err, &traffic.Obstacle{What: "there is no distribution " + id, Remedy: "make it again (aws cloudfront copy-distribution), and write its id into the definition"})
	case errors.As(err, &policy):
		return errors.Join(err, &traffic.Obstacle{What: "there is no continuous deployment policy " + id, Remedy: "make it again (aws cloudfront create-continuous-deployment-policy), attach it, and write its id into the definition"})
	}
	return err
}

// refused is traffic.ErrMoved for an outdated version. It adds an Obstacle to what CloudFront will never let through.
func refused(err error) error {
	if isStale(err) {
		return traffic.ErrMoved
	}
	var update *types.IllegalUpdate
	var argument *types.InvalidArgument
	why := ""
	switch {
	case errors.As(err, &update):
		why = update.ErrorMessage()
	case errors.As(err, &argument):
		why = argument.ErrorMessage()
	default:
		return err
	}
	return errors.Join(err, &traffic.Obstacle{
		What:   fmt.Sprintf("CloudFront does not allow the change: %s", why),
		Remedy: "make both distributions the same in everything but behaviors, origins, error pages, geographic restrictions, root object and logging, and see that the policy is attached",
	})
}
