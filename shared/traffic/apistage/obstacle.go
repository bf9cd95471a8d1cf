package apistage

import (
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/service/apigateway/types"

	"sluice/shared/kind"
	"sluice/shared/rollout"
	"sluice/shared/traffic"
)

// gone adds an Obstacle to an error that says that there is no such stage, or no such API. An HTTP or WebSocket API is none of API Gateway's REST APIs,
// so it is not found either (https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-vs-rest.html).
func gone(target kind.APIStage, err error) error {
	if !isNotFound(err) {
		return err
	}
	return errors.Join(err, &traffic.Obstacle{What: "there is no " + target.String() + " among the REST APIs", Remedy: instead})
}

// instead is what people do whose stage has no canary.
const instead = "name a REST API's id and stage (aws apigateway get-rest-apis). HTTP and WebSocket APIs have no canaries, and their stages may deploy by themselves (AutoDeploy): " +
	"release the Lambda alias behind the API (target lambdaAlias), or give each revision an API of its own and divide between them by weighted records of DNS or a distribution"

// obstacle makes an Obstacle of a refusal that stands: the deployment was deleted, or API Gateway does not take such a stage.
func obstacle(target kind.APIStage, to rollout.Split, refused error) error {
	return errors.Join(refused, &traffic.Obstacle{
		What:   fmt.Sprintf("API Gateway does not let %v serve %v: %s", target, to, reasonOf(refused)),
		Remedy: "if the deployment was deleted, deploy what worked again (aws apigateway create-deployment --rest-api-id " + target.API + ") and bring the stage to it: " + target.Restore("<deployment>"),
	})
}

func isNotFound(err error) bool {
	var missing *types.NotFoundException
	return errors.As(err, &missing)
}

func isBadRequest(err error) bool {
	var refused *types.BadRequestException
	return errors.As(err, &refused)
}
