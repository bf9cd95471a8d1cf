package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"slices"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	lambdatypes "github.com/aws/aws-sdk-go-v2/service/lambda/types"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	ssmtypes "github.com/aws/aws-sdk-go-v2/service/ssm/types"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/smithy-go"

	"sluice/infra/definition"
	"sluice/infra/typed"
)

// What the CDK leaves in an account and Region that are prepared for it, and the oldest that the templates take: their rule CheckBootstrapVersion
// (https://docs.aws.amazon.com/cdk/v2/guide/bootstrapping-env.html).
const (
	bootstrapped    = "/cdk-bootstrap/hnb659fds/version"
	oldestBootstrap = 6
)

// meant refuses an environment that is mistyped: one without overlays whose name is nearly that of one that has some.
func meant(root fs.FS, environment string) error {
	if err := typed.Environment(environment); err != nil {
		return err
	}
	known, err := definition.Environments(root)
	if err != nil || slices.Contains(known, environment) {
		return err
	}
	if near := typed.Suggest(environment, known); strings.HasPrefix(near, "did you mean") {
		return fmt.Errorf("there is no folder %s/%s: %s If it is a new environment, make that folder", definition.Folder, environment, near)
	}
	return nil
}

// look asks AWS, and says where what will be deployed by whom.
func look(ctx context.Context, cfg aws.Config, root fs.FS, environment string) (string, error) {
	if cfg.Region == "" {
		return "", errors.New("no Region is named: set AWS_REGION to the one to deploy to, such as AWS_REGION=eu-central-1")
	}
	if err := typed.Region(cfg.Region); err != nil {
		return "", err
	}
	who, err := sts.NewFromConfig(cfg).GetCallerIdentity(ctx, &sts.GetCallerIdentityInput{})
	if err != nil {
		return "", unknown(cfg.Region, err)
	}
	account := aws.ToString(who.Account)
	if err := prepared(ctx, cfg, account); err != nil {
		return "", err
	}
	if err := example(ctx, cfg, root, environment, account); err != nil {
		return "", err
	}
	return fmt.Sprintf("Deploying %s to account %s, %s, as %s.", environment, account, cfg.Region, aws.ToString(who.Arn)), nil
}

// unknown says why AWS does not know who asks.
func unknown(region string, err error) error {
	var host *net.DNSError
	var refused smithy.APIError
	code := ""
	if errors.As(err, &refused) {
		code = refused.ErrorCode()
	}
	switch {
	case errors.As(err, &host):
		return fmt.Errorf("AWS has no endpoint in %q, or this machine has no network: is AWS_REGION right? (%w)", region, err)
	case strings.HasPrefix(code, "Expired"):
		return fmt.Errorf("your credentials of AWS have expired: log in again (aws sso login), or name another profile (AWS_PROFILE). %w", err)
	case code != "":
		return fmt.Errorf("AWS does not take your credentials: log in again, or name another profile (AWS_PROFILE). %w", err)
	}
	return fmt.Errorf("there are no credentials of AWS here: log in (aws sso login, aws configure), or name a profile (AWS_PROFILE). %w", err)
}

// prepared looks whether the CDK may deploy there. Who may not read that is told by the CDK later.
func prepared(ctx context.Context, cfg aws.Config, account string) error {
	out, err := ssm.NewFromConfig(cfg).GetParameter(ctx, &ssm.GetParameterInput{Name: aws.String(bootstrapped)})
	if missing := (*ssmtypes.ParameterNotFound)(nil); errors.As(err, &missing) {
		return fmt.Errorf("account %s is not prepared for the CDK in %s: run make bootstrap there, once", account, cfg.Region)
	}
	if err != nil {
		return nil //nolint:nilerr // not everybody may read it
	}
	if n, err := strconv.Atoi(aws.ToString(out.Parameter.Value)); err == nil && n < oldestBootstrap {
		return fmt.Errorf("account %s was prepared for the CDK in %s long ago (version %d, and %d is wanted): run make bootstrap there again", account, cfg.Region, n, oldestBootstrap)
	}
	return nil
}

// example refuses the definition that every clone begins with, where the account has no such function. What else is wrong with definitions, synth and
// sluice verify say.
func example(ctx context.Context, cfg aws.Config, root fs.FS, environment, account string) error {
	services, err := definition.Load(root, environment)
	if err != nil {
		return err
	}
	for _, s := range services {
		t := s.Definition.Target.LambdaAlias
		if s.Definition.Service != "checkout" || t == nil || t.Function != "checkout" {
			continue
		}
		_, err := lambda.NewFromConfig(cfg).GetFunctionConfiguration(ctx, &lambda.GetFunctionConfigurationInput{FunctionName: &t.Function})
		if missing := (*lambdatypes.ResourceNotFoundException)(nil); errors.As(err, &missing) {
			return fmt.Errorf("%s is the example, and account %s has no function checkout in %s: write the definition of a service of yours, and delete this one (docs/start.md)", s.File, account, cfg.Region)
		}
	}
	return nil
}
