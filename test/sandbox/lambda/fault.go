package lambda

import (
	"fmt"

	"github.com/aws/aws-sdk-go-v2/service/lambda/types"
)

// AWS tells apart faults of the caller ("User") and its own ("Service").
const byUser = "User"

func notFound(format string, args ...any) error {
	return &types.ResourceNotFoundException{Message: new(fmt.Sprintf(format, args...)), Type: new(byUser)}
}

func invalid(format string, args ...any) error {
	return &types.InvalidParameterValueException{Message: new(fmt.Sprintf(format, args...)), Type: new(byUser)}
}

func conflict(format string, args ...any) error {
	return &types.ResourceConflictException{Message: new(fmt.Sprintf(format, args...)), Type: new(byUser)}
}

// stale is the answer to a RevisionId that is no longer the latest.
func stale() error {
	return &types.PreconditionFailedException{
		Message: new("The Revision Id provided does not match the latest Revision Id. " +
			"Call the GetFunction/GetAlias API to retrieve the latest Revision Id"),
		Type: new(byUser),
	}
}

func throttled(reason types.ThrottleReason) error {
	return &types.TooManyRequestsException{Message: new("Rate Exceeded."), Reason: reason, Type: new(byUser)}
}

// missing names what this sandbox leaves out, so that nobody takes silence for success.
func missing(what string) error {
	return invalid("%s is not implemented by this sandbox", what)
}

func serviceFault(format string, args ...any) error {
	return &types.ServiceException{Message: new(fmt.Sprintf(format, args...)), Type: new("Service")}
}
