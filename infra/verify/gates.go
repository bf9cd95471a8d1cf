package verify

import (
	"context"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/codebuild"

	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	secretstypes "github.com/aws/aws-sdk-go-v2/service/secretsmanager/types"
	awsssm "github.com/aws/aws-sdk-go-v2/service/ssm"
	ssmtypes "github.com/aws/aws-sdk-go-v2/service/ssm/types"

	"sluice/shared/appconfigdata"
	"sluice/shared/gates"
	"sluice/shared/rollout"
	"sluice/shared/ssm"
)

// shut is what follows when a gate can never open.
const shut = "The gate never opens: each release waits for its queue limit, and is rejected then."

// A look asks whether one thing that a definition names is there. missing says what is not, as a clause; empty when it is.
type look struct {
	path, what string
	ask        func(context.Context) (missing string, err error)
	remedy     string
}

// gates looks for everything that gates name.
func (a *Account) gates(ctx context.Context, d rollout.Definition) []Finding {
	if d.Gates == nil {
		return nil
	}
	var all []look
	for i, name := range d.Gates.Calendars {
		all = append(all, look{fmt.Sprintf("gates.calendars[%d]", i), "calendar " + name, func(ctx context.Context) (string, error) {
			c, err := ssm.NewCalendars(a.engine.AWS).State(ctx, name)
			return c.Refused, err
		}, "name one that there is: aws ssm list-documents --filters Key=DocumentType,Values=ChangeCalendar"})
	}
	for i, f := range d.Gates.Flags {
		all = append(all, look{fmt.Sprintf("gates.flags[%d]", i), "parameter " + f.Parameter, func(ctx context.Context) (string, error) {
			_, found, err := ssm.NewParameters(a.engine.AWS).Value(ctx, f.Parameter)
			return unless(found, "there is no parameter "+f.Parameter), err
		}, fmt.Sprintf("aws ssm put-parameter --name %s --type String --value %s", f.Parameter, f.Equals)})
	}
	for i, f := range d.Gates.Features {
		all = append(all, look{fmt.Sprintf("gates.features[%d]", i), f.Name(), func(ctx context.Context) (string, error) {
			is, err := appconfigdata.New(a.engine.AWS).Is(ctx, f)
			return unless(is != gates.FeatureNone, fmt.Sprintf("AppConfig has no flag %s, or it was never deployed", f.Flag)), err
		}, "correct the ids, or deploy the flag once (aws appconfig start-deployment)"})
	}
	for i, t := range d.Gates.Tests {
		all = append(all, a.job(fmt.Sprintf("gates.tests[%d]", i), t))
	}
	return a.looked(ctx, all, shut)
}

// hooks looks for everything that hooks run.
func (a *Account) hooks(ctx context.Context, d rollout.Definition) (found []Finding) {
	for i, h := range d.Hooks {
		why := "The hook fails in each release: people are told."
		if h.WhenFailed == rollout.HookRollsBack {
			why = "The hook fails, and each release goes back."
		}
		at := fmt.Sprintf("hooks[%d]", i)
		looks := []look{a.job(at, h.Job)}
		if h.Stage != nil {
			looks = []look{a.stage(at, *h.Stage)}
		}
		if len(h.Carry) > 0 {
			looks = a.carries(at, h)
			why = "Each release is rejected."
		}
		found = append(found, a.looked(ctx, looks, why)...)
	}
	return found
}

// carries looks for the parameters that a hook brings from another environment.
func (a *Account) carries(at string, h rollout.Hook) (all []look) {
	if h.After != "" { // it puts back what another one carries
		return nil
	}
	for i, c := range h.Carry {
		all = append(all, look{fmt.Sprintf("%s.carry[%d].from", at, i), "parameter " + c.From, func(ctx context.Context) (string, error) {
			_, found, err := ssm.NewParameters(a.engine.AWS).Value(ctx, c.From)
			return unless(found, "there is no parameter "+c.From), err
		}, "create it, or correct its name: aws ssm describe-parameters"})
	}
	return all
}

// job looks for what a test or a hook runs.
func (a *Account) job(path string, j rollout.Job) look {
	switch {
	case j.Lambda != "":
		return look{path, "function " + j.Lambda, func(ctx context.Context) (string, error) { return a.function(ctx, j.Lambda) }, "create it, or correct its name: aws lambda list-functions"}
	case j.HTTP != "":
		return look{path + ".secret", "secret " + j.Secret, func(ctx context.Context) (string, error) { return a.secret(ctx, j.Secret) }, "create it: aws secretsmanager create-secret --name " + j.Secret + " --secret-string \"$(openssl rand -base64 48)\""}
	case j.CodeBuild != "":
		return a.project(path, j.CodeBuild)
	}
	return look{path, "document " + j.Automation, func(ctx context.Context) (string, error) { return a.document(ctx, j.Automation) }, "create it, or correct its name: aws ssm list-documents --filters Key=DocumentType,Values=Automation"}
}

// source looks for the project or the pipeline that builds revisions.
func (a *Account) source(ctx context.Context, d rollout.Definition) []Finding {
	if d.Source == nil || d.Source.Build == nil {
		return nil
	}
	const why = "A push would be rejected, because nothing builds it."
	if p := d.Source.Build.CodePipeline; p != nil {
		return a.looked(ctx, []look{a.builder(*p)}, why)
	}
	return a.looked(ctx, []look{a.project("source.build.codeBuild", d.Source.Build.CodeBuild)}, why)
}

func (a *Account) looked(ctx context.Context, all []look, why string) []Finding {
	var found []Finding
	for _, l := range all {
		switch missing, err := l.ask(ctx); {
		case err != nil:
			found = append(found, unseen(l.path, l.what, err))
		case missing != "":
			found = append(found, Finding{Severity: Error, Path: l.path, What: missing, Why: why, Remedy: l.remedy})
		}
	}
	return found
}

// function is the clause that says that there is no function of that name.
func (a *Account) function(ctx context.Context, name string) (missing string, err error) {
	_, err = lambda.NewFromConfig(a.engine.AWS).GetFunctionConfiguration(ctx, &lambda.GetFunctionConfigurationInput{FunctionName: &name})
	if none := new(types.ResourceNotFoundException); errors.As(err, &none) {
		return "there is no function " + name, nil
	}
	return "", err
}

// secret is the clause that says that there is no secret of that name. Its value is not read.
func (a *Account) secret(ctx context.Context, name string) (missing string, err error) {
	_, err = secretsmanager.NewFromConfig(a.engine.AWS).DescribeSecret(ctx, &secretsmanager.DescribeSecretInput{SecretId: &name})
	if none := new(secretstypes.ResourceNotFoundException); errors.As(err, &none) {
		return "there is no secret " + name, nil
	}
	return "", err
}

// document is the clause that says that there is no document of that name.
func (a *Account) document(ctx context.Context, name string) (missing string, err error) {
	_, err = awsssm.NewFromConfig(a.engine.AWS).DescribeDocument(ctx, &awsssm.DescribeDocumentInput{Name: &name})
	if none := new(ssmtypes.InvalidDocument); errors.As(err, &none) {
		return "there is no document " + name, nil
	}
	return "", err
}

func (a *Account) project(path, name string) look {
	return look{path, "CodeBuild project " + name, func(ctx context.Context) (string, error) {
		out, err := codebuild.NewFromConfig(a.engine.AWS).BatchGetProjects(ctx, &codebuild.BatchGetProjectsInput{Names: []string{name}})
		if err != nil {
			return "", err
		}
		return unless(len(out.Projects) > 0, fmt.Sprintf("there is no CodeBuild project %s in %s", name, aws.ToString(&a.engine.AWS.Region))), nil
	}, "create it, or correct its name: aws codebuild list-projects"}
}

func unless(holds bool, otherwise string) string {
	if holds {
		return ""
	}
	return otherwise
}
