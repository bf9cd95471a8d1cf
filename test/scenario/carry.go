package scenario

import (
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	ssmtypes "github.com/aws/aws-sdk-go-v2/service/ssm/types"
)

// Secret sets an SSM parameter whose value is shown to nobody.
func (w *World) Secret(name, value string) {
	w.T.Helper()
	_, err := w.Parameters.PutParameter(w.ctx, &ssm.PutParameterInput{Name: &name, Value: &value, Type: ssmtypes.ParameterTypeSecureString, Overwrite: aws.Bool(true)})
	w.must(err)
}

// Parameter is an SSM parameter as it stands: "20 at version 3", or "none".
func (w *World) Parameter(name string) string {
	w.T.Helper()
	out, err := w.Parameters.GetParameter(w.ctx, &ssm.GetParameterInput{Name: &name, WithDecryption: aws.Bool(true)})
	if none := new(ssmtypes.ParameterNotFound); errors.As(err, &none) {
		return "none"
	}
	w.must(err)
	return fmt.Sprintf("%s at version %d", *out.Parameter.Value, out.Parameter.Version)
}
