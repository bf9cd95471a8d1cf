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

// text reads one version of a secret, by the secret's name: a part of its ARN that ends in a hyphen and six characters is taken
// for a whole one (https://docs.aws.amazon.com/secretsmanager/latest/userguide/troubleshoot.html#ARN_secretnamehyphen), and
// webhook-github does.
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

// absent is the remedy for a secret that is not there, or that is as good as not there; "" for everything else. Which answer AWS gives
// to the name of a secret that does not exist depends on which ARN it holds against the policies, so that both mean the same here.
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
