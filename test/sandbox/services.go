package sandbox

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net"
	"sync"
	"time"

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

// defaultBus is where AWS services tell their events.
const defaultBus = "default"

// start makes the services, wires them to each other and registers them with the server. Their hooks are called only
// after that, so a hook may use a service that is made later.
func (s *Sandbox) start(ctx context.Context) {
	home := s.options.Home
	s.CloudWatch = cloudwatch.New(ctx, cloudwatch.Options{Home: home, Emit: s.emit("aws.cloudwatch"), Notify: s.act})
	s.Logs = logs.New(logs.Options{Home: home, Record: s.record})
	s.CodeBuild = codebuild.New(ctx, codebuild.Options{Home: home, Run: s.options.Build, Emit: s.emit("aws.codebuild"), Write: s.Logs.Write})
	s.CodePipeline = codepipeline.New(ctx, codepipeline.Options{Home: home, Emit: s.emit("aws.codepipeline"), Invoke: s.job, Build: s.build, Execute: s.carryOut})
	s.DynamoDB = dynamodb.New(home)
	s.EventBridge = eventbridge.New(ctx, eventbridge.Options{Home: home, Deliver: s.deliveries(), Record: s.record, Heard: s.options.Heard, Jitter: s.chance(), Protect: s.access.setPolicy})
	s.Lambda = lambda.New(ctx, s.lambdaOptions())
	s.SecretsManager = secretsmanager.New(home)
	s.SNS = sns.New(ctx, sns.Options{Home: home, Deliver: s.subscription})
	s.SQS = sqs.New(ctx, sqs.Options{Home: home, BaseURL: s.base(), Record: s.record})
	s.SSM = ssm.New(home, ssm.Options{Context: ctx, Emit: s.emit("aws.ssm")})
	s.StepFunctions = sfn.New(ctx, sfn.Options{Home: home, Invoke: s.task, Emit: s.emit("aws.states"), Rand: s.source()})
	s.STS = sts.New(sts.Options{Home: home, Issue: s.access.issue})

	s.api = wire.NewServer(home, s.CloudWatch.Wire(), s.CodeBuild.Wire(), s.CodePipeline.Wire(), s.Logs.Wire(), s.DynamoDB.Wire(), s.EventBridge.Wire(), s.Lambda.Wire(),
		s.SecretsManager.Wire(), s.SNS.Wire(), s.SQS.Wire(), s.SSM.Wire(), s.StepFunctions.Wire(), s.STS.Wire())
	around := Surroundings{
		Context: ctx, Home: home, Chance: s.chance(), Record: s.record, Emit: s.emit, Call: s.Lambda.Call, Write: s.Logs.Write, Red: s.CloudWatch.Red,
		Level: s.alarmLevel, Keepers: s.Keepers(),
		May: func(service, from, action, resource string) error {
			return s.access.allow(sender{service: service, sourceARN: from}, action, resource)
		},
	}
	around.CallAs, around.Alarm = s.callAs, s.readAlarm
	for _, make := range s.options.Parts {
		part := make(around)
		s.parts = append(s.parts, part)
		s.api.Add(part.Wire())
	}
	s.api.Keys = s.access.keyOf
	for _, m := range s.options.Middleware {
		s.api.Use(m)
	}
	s.api.Use(s.access.policies.Middleware)
}

func (s *Sandbox) lambdaOptions() lambda.Options {
	o := lambda.Options{
		Home: s.options.Home, Code: s.code, Rand: s.chance(), Credentials: s.access.credentials,
		Record: s.record, Logs: s.log, Deliver: s.keep, Policy: s.access.setFunctionPolicy, MayVisit: s.access.anybody, Signed: s.access.signer,
		Concurrency: s.options.Concurrency,
	}
	if in := s.options.InProcess; in != nil {
		o.InProcess = func(function, version string) lambda.Handler { return in(function, version) }
		if s.options.unread { // what functions in this process print goes elsewhere: only Lambda's own lines are left
			o.Logs = nil
		}
	}
	if s.listener != nil {
		o.Processes = &lambda.Processes{Address: s.listener.Addr().String(), Endpoint: s.Endpoint()}
		_, o.WebPort, _ = net.SplitHostPort(s.listener.Addr().String())
	}
	return o
}

// record passes a service's own metric to CloudWatch, in one-minute resolution as AWS's services send them.
func (s *Sandbox) record(namespace, name string, dims map[string]string, unit string, value float64, at time.Time) {
	s.CloudWatch.Record(namespace, name, dims, unit, value, at, 60)
}

// log passes a function's line to its log group and to CloudWatch, which looks for metrics in it, and to whoever listens.
func (s *Sandbox) log(function string, line []byte) {
	s.options.Logs(function, line)
	s.Logs.Write("/aws/lambda/"+function, "all", string(line)) // one stream for all of its instances
	if err := s.CloudWatch.Log(line); err != nil {             // AWS drops such a line without a word
		s.options.Logs("sandbox", fmt.Appendf(nil, "%s: %v", function, err))
	}
}

// emit puts a service's events on the default bus.
func (s *Sandbox) emit(source string) func(ctx context.Context, detailType string, resources []string, detail any) {
	return func(ctx context.Context, detailType string, resources []string, detail any) {
		text, err := json.Marshal(detail)
		if err == nil {
			err = s.EventBridge.Emit(ctx, defaultBus, eventbridge.Event{
				Source: source, DetailType: detailType, Resources: resources, Detail: text,
			})
		}
		if err != nil {
			panic("sandbox: emitting " + detailType + ": " + err.Error()) // a service emits only what it made itself
		}
	}
}

// source of repeatable or, without a seed, random numbers.
func (s *Sandbox) source() rand.Source {
	if s.options.Seed == 0 {
		return nil
	}
	return rand.NewPCG(s.options.Seed, 0)
}

// chance gives numbers in [0,1), safe for concurrent use.
func (s *Sandbox) chance() func() float64 {
	source := s.source()
	if source == nil {
		return rand.Float64
	}
	var mu sync.Mutex
	r := rand.New(source)
	return func() float64 {
		mu.Lock()
		defer mu.Unlock()
		return r.Float64()
	}
}
