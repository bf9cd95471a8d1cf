package sandbox

import (
	"context"
	"fmt"
	"net"
	"net/http"

	"sluice/test/sandbox/cfn"
	"sluice/test/sandbox/cloudwatch"
	"sluice/test/sandbox/codebuild"
	"sluice/test/sandbox/codepipeline"
	"sluice/test/sandbox/dynamodb"
	"sluice/test/sandbox/eventbridge"
	"sluice/test/sandbox/lambda"
	"sluice/test/sandbox/logs"
	"sluice/test/sandbox/secretsmanager"
	"sluice/test/sandbox/sfn"
	"sluice/test/sandbox/sns"
	"sluice/test/sandbox/sqs"
	"sluice/test/sandbox/ssm"
	"sluice/test/sandbox/sts"
	"sluice/test/sandbox/wire"
)

// A Sandbox is one account in one region: its services and the stack that was deployed to them. The services may be
// called directly, as the person at the keyboard; nothing is checked then. Calls by Config go through the APIs.
type Sandbox struct {
	CloudWatch     *cloudwatch.Service
	DynamoDB       *dynamodb.Service
	EventBridge    *eventbridge.Service
	Lambda         *lambda.Service
	SecretsManager *secretsmanager.Service
	CodeBuild      *codebuild.Service
	CodePipeline   *codepipeline.Service
	Logs           *logs.Service
	SNS            *sns.Service
	SQS            *sqs.Service
	SSM            *ssm.Service
	StepFunctions  *sfn.Service
	STS            *sts.Service

	// Stack is what the template became: references, attributes and outputs by logical id.
	Stack *cfn.Stack

	options  Options
	parts    []any // services of Options.Parts
	access   *access
	roles    *roleBuilder
	api      *wire.Server
	handler  http.Handler
	listener net.Listener // nil when nothing is served
	web      *webServer
	end      context.CancelFunc
}

// Boot starts the services, deploys the template and serves the APIs. The sandbox ends with Close; ctx ends it too, but
// without waiting for its end.
func Boot(ctx context.Context, o Options) (*Sandbox, error) {
	o, err := o.withDefaults()
	if err != nil {
		return nil, err
	}
	listener, err := listen(o.ListenAddr)
	if err != nil {
		return nil, err
	}
	ctx, end := context.WithCancel(ctx)
	s := &Sandbox{options: o, access: newAccess(o.Home, o.Key), listener: listener, end: end}
	s.roles = newRoleBuilder(s.access)
	s.start(ctx)
	s.handler = o.Wrap(s.newHandler())
	if listener != nil {
		s.web = serve(listener, door{address: listener.Addr().String(), region: o.Home.Region, inside: s.handler})
	}
	if o.Template == nil {
		return s, nil
	}
	if s.Stack, err = s.deploy(ctx, o.Template, o.Parameters); err != nil {
		s.Close()
		return nil, fmt.Errorf("deploying the template: %w", err)
	}
	for _, t := range o.Beside {
		if _, err = s.deploy(ctx, t, nil); err != nil {
			s.Close()
			return nil, fmt.Errorf("deploying a further template: %w", err)
		}
	}
	return s, nil
}

func (s *Sandbox) deploy(ctx context.Context, t *cfn.Template, parameters map[string]string) (*cfn.Stack, error) {
	return cfn.Create(ctx, t, cfn.Options{
		Home: s.options.Home, StackName: s.options.StackName, Parameters: parameters,
		Creators: s.creators(), WithoutEffect: withoutEffect,
	})
}

// Deploy adds a stack to a sandbox that runs already, one at a time: what it grants and hears holds when Deploy returns.
func (s *Sandbox) Deploy(ctx context.Context, t *cfn.Template) (*cfn.Stack, error) {
	return s.deploy(ctx, t, nil)
}

// Close ends everything that runs, and returns when it has ended: executions, functions, timers, the port.
func (s *Sandbox) Close() {
	s.end()
	s.StepFunctions.Close()
	s.Lambda.Close()
	s.CloudWatch.Close()
	if s.web != nil {
		s.web.close()
	}
}
