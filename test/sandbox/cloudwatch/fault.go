package cloudwatch

import (
	"fmt"

	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"

	"sluice/test/sandbox/wire"
)

// validation is the fault CloudWatch answers to most wrong requests; the SDK does not model it.
func validation(format string, args ...any) error {
	return &wire.Error{Status: 400, Code: "ValidationError", Message: fmt.Sprintf(format, args...)}
}

// unsupported refuses what AWS would do and the sandbox does not.
func unsupported(format string, args ...any) error {
	return validation("the sandbox does not implement "+format, args...)
}

func invalidValue(format string, args ...any) error {
	return &types.InvalidParameterValueException{Message: ptr(fmt.Sprintf(format, args...))}
}

func invalidCombination(format string, args ...any) error {
	return &types.InvalidParameterCombinationException{Message: ptr(fmt.Sprintf(format, args...))}
}

func missing(parameter string) error {
	return &types.MissingRequiredParameterException{Message: ptr("The parameter " + parameter + " is required.")}
}

func ptr[T any](v T) *T { return &v }

// value is *p, or the zero value.
func value[T any](p *T) T {
	if p == nil {
		return *new(T)
	}
	return *p
}

func str(p *string) string { return value(p) }

// optional is nil for the zero value, as absent members of an answer are.
func optional[T comparable](v T) *T {
	if v == *new(T) {
		return nil
	}
	return &v
}
