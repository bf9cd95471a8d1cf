package secretsmanager

import (
	"context"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager/types"
	"github.com/aws/smithy-go"
)

// The stages of a secret's versions: put-secret-value makes what was current the previous one
// (https://docs.aws.amazon.com/secretsmanager/latest/userguide/whats-in-a-secret.html).
const (
	stageCurrent  = "AWSCURRENT"
	stagePrevious = "AWSPREVIOUS"
)

// text reads one version of a secret. It names the secret by its name and not by a part of its ARN: AWS takes a part that ends in a
// hyphen and six characters for a whole ARN, and webhook-github ends so
// (https://docs.aws.amazon.com/secretsmanager/latest/userguide/troubleshoot.html#ARN_secretnamehyphen).
func text(ctx context.Context, secrets api, name string, form Form, stage string) (string, error) {
	out, err := secrets.GetSecretValue(ctx, &secretsmanager.GetSecretValueInput{SecretId: &name, VersionStage: &stage})
	if remedy := absent(err, name); remedy != "" {
		return "", fmt.Errorf("reading secret %s: %w; %s", name, ErrMissing, remedy)
	}
	if err != nil {
		return "", fmt.Errorf("reading secret %s: %w", name, err)
	}
	value, wrong := form.read(aws.ToString(out.SecretString))
	if out.SecretString == nil {
		wrong = fmt.Sprintf("holds %d bytes (SecretBinary) and no text", len(out.SecretBinary))
	}
	if wrong != "" {
		return "", fmt.Errorf("reading secret %s: %w: it %s; put in %s: aws secretsmanager put-secret-value --secret-id %s --secret-string ...", name, ErrUnfit, wrong, form.right, name)
	}
	return value, nil
}

// absent is the remedy for a secret that does not exist, or might as well not; "" for any other error. For the name of a secret that does
// not exist, AWS answers "not found" or "access denied", depending on the ARN that it compares with the policies. Both mean the same here.
func absent(err error, name string) string {
	create := "create it: aws secretsmanager create-secret --name " + name + " --secret-string ..."
	var missing *types.ResourceNotFoundException
	if errors.As(err, &missing) {
		return create
	}
	var deleted *types.InvalidRequestException // the one state in which a secret cannot be read: it was marked for deletion
	if errors.As(err, &deleted) {
		return "it may have been deleted: aws secretsmanager restore-secret --secret-id " + name
	}
	var refused smithy.APIError
	if errors.As(err, &refused) && refused.ErrorCode() == "AccessDeniedException" {
		return create + "; if it is there, it is encrypted with a key that this function may not use, or its own policy forbids it"
	}
	return ""
}
