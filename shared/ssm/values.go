package ssm

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/aws-sdk-go-v2/service/ssm/types"
	"github.com/aws/smithy-go"

	"sluice/shared/rollout"
)

type valuesAPI interface {
	GetParameter(context.Context, *ssm.GetParameterInput, ...func(*ssm.Options)) (*ssm.GetParameterOutput, error)
	PutParameter(context.Context, *ssm.PutParameterInput, ...func(*ssm.Options)) (*ssm.PutParameterOutput, error)
	DeleteParameter(context.Context, *ssm.DeleteParameterInput, ...func(*ssm.Options)) (*ssm.DeleteParameterOutput, error)
}

// Values are the parameters that hooks carry from one environment to the next. Their decrypted values leave this process for Parameter Store only.
type Values struct{ ssm valuesAPI }

// NewValues opens the parameters of an account and Region.
func NewValues(cfg aws.Config) *Values { return &Values{ssm: ssm.NewFromConfig(cfg)} }

// Look reads a parameter for people: the value of a SecureString is not decrypted.
func (v *Values) Look(ctx context.Context, name string) (rollout.Stored, error) {
	return v.read(ctx, name, false)
}

// Now reads a parameter with its value; its version is 0 when there is none of that name.
func (v *Values) Now(ctx context.Context, name string) (rollout.Stored, error) {
	return v.read(ctx, name, true)
}

// At reads a version of a parameter with its value. Of one that another account shares the current version has to be this one: no document says that
// earlier ones are shared.
func (v *Values) At(ctx context.Context, name string, version int64) (rollout.Stored, error) {
	read := name
	if !strings.HasPrefix(name, "arn:") {
		read += ":" + strconv.FormatInt(version, 10)
	}
	found, err := v.Now(ctx, read)
	if err == nil && found.Version != version {
		err = &GoneError{fmt.Sprintf("version %d of %s is not there any more", version, name)}
	}
	return found, err
}

// GoneError is a version that Parameter Store does not have any more.
type GoneError struct{ what string }

// Error is the clause that says so.
func (e *GoneError) Error() string { return e.what }

func (v *Values) read(ctx context.Context, name string, decrypt bool) (rollout.Stored, error) {
	out, err := v.ssm.GetParameter(ctx, &ssm.GetParameterInput{Name: &name, WithDecryption: &decrypt})
	if missing, old := new(types.ParameterNotFound), new(types.ParameterVersionNotFound); errors.As(err, &missing) || errors.As(err, &old) {
		return rollout.Stored{}, nil
	}
	if err != nil {
		return rollout.Stored{}, fmt.Errorf("reading parameter %s: %w", name, err)
	}
	p := out.Parameter
	return rollout.Stored{Value: aws.ToString(p.Value), Type: string(p.Type), Version: p.Version}, nil
}

// once keeps the SDK from trying again: a write whose answer was lost would make another version. Whoever asked reads what became of it.
func once(o *ssm.Options) { o.Retryer = aws.NopRetryer{} }

// Put writes the next version of a parameter, or creates it, and returns the version. key is that of a SecureString, or empty.
func (v *Values) Put(ctx context.Context, name, kind, value, key string, exists bool) (version int64, err error) {
	in := &ssm.PutParameterInput{Name: &name, Value: &value, Type: types.ParameterType(kind), Overwrite: &exists}
	if key != "" {
		in.KeyId = &key
	}
	out, err := v.ssm.PutParameter(ctx, in, once)
	if err != nil {
		return 0, fmt.Errorf("writing parameter %s: %w", name, err)
	}
	return out.Version, nil
}

// Delete deletes a parameter. One that is gone is no error.
func (v *Values) Delete(ctx context.Context, name string) error {
	_, err := v.ssm.DeleteParameter(ctx, &ssm.DeleteParameterInput{Name: &name})
	if missing := new(types.ParameterNotFound); errors.As(err, &missing) || err == nil {
		return nil
	}
	return fmt.Errorf("deleting parameter %s: %w", name, err)
}

// refusals are the errors of PutParameter that stay, however often it is tried
// (https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_PutParameter.html).
var refusals = map[string]bool{
	"ValidationException": true, "HierarchyLevelLimitExceededException": true, "HierarchyTypeMismatchException": true, "InvalidAllowedPatternException": true,
	"InvalidKeyId": true, "ParameterAlreadyExists": true, "ParameterLimitExceeded": true, "ParameterMaxVersionLimitExceeded": true,
	"ParameterPatternMismatchException": true, "UnsupportedParameterType": true, "AccessDeniedException": true,
}

// Refused is why a parameter cannot be read or written, however often it is tried; empty when that may change.
func Refused(err error) string {
	gone, api := new(GoneError), smithy.APIError(nil)
	switch {
	case errors.As(err, &gone):
		return gone.Error()
	case errors.As(err, &api) && refusals[api.ErrorCode()]:
		return "Parameter Store refuses it: " + api.ErrorMessage()
	}
	return ""
}
