package dynamodb

import (
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"sluice/test/sandbox/wire"
)

const validationException = "ValidationException"

// invalid is AWS's answer to a request it does not accept; the SDK does not model it.
func invalid(format string, args ...any) error {
	return &wire.Error{Code: validationException, Message: fmt.Sprintf(format, args...)}
}

// invalidParameter is the form in which DynamoDB reports a value that does not fit the table.
func invalidParameter(format string, args ...any) error {
	return invalid("One or more parameter values were invalid: "+format, args...)
}

// validationMessage tells a refused request from other failures and gives its message.
func validationMessage(err error) (message string, refused bool) {
	var fault *wire.Error
	if errors.As(err, &fault) && fault.Code == validationException {
		return fault.Message, true
	}
	return "", false
}

func required(parameter string) error {
	return invalid("The parameter '%s' is required but was not present in the request", parameter)
}

// A complaint is what is wrong with an expression, in AWS's words; "Invalid UpdateExpression: " and the like go before it.
type complaint string

func complain(format string, args ...any) error { return complaint(fmt.Sprintf(format, args...)) }

// Error is the complaint itself.
func (c complaint) Error() string { return string(c) }

func tableMissing() error {
	return &types.ResourceNotFoundException{Message: aws.String("Requested resource not found")}
}

func tableNamedMissing(name string) error {
	return &types.ResourceNotFoundException{Message: aws.String("Requested resource not found: Table: " + name + " not found")}
}

func inUse(format string, args ...any) error {
	return &types.ResourceInUseException{Message: aws.String(fmt.Sprintf(format, args...))}
}

// A member names an optional part of a request and says whether the caller used it.
type member struct {
	name string
	used bool
}

// unsupported refuses the first used member that this sandbox does not carry out: a silent no would be a false test.
func unsupported(operation string, members ...member) error {
	for _, m := range members {
		if m.used {
			return invalid("the sandbox does not implement %s of %s", m.name, operation)
		}
	}
	return nil
}
