// Package sandbox is AWS on one machine: the services that Sluice uses, wired as the template says.
//
// Boot reads the synthesised CloudFormation template, creates its resources by the services' ordinary calls, and
// answers the AWS APIs on one http.Handler. What the template does not grant is refused: every call that a function's
// role signs is checked against that role's policies, every delivery of EventBridge, SNS and CloudWatch against the
// resource policy of its target. A permission that is missing in production is missing here.
//
// There are two ways to run the functions. Tests hand in their handlers (Options.InProcess): then nothing leaves the
// process, and inside a testing/synctest bubble a release of two days takes milliseconds.
//
//	box, err := sandbox.Boot(ctx, sandbox.Options{Template: template, InProcess: handlers})
//	defer box.Close()
//	events := eventbridge.NewFromConfig(box.Config(""))
//
// And `make run` hands in compiled handlers (Options.Binaries), which run as processes behind the Lambda Runtime API
// while SDK clients and the AWS CLI reach everything on a loopback port.
//
// # How to add a service
//
// A service is its state and its rules; what all services share is in package wire. Package ecr is the smallest that has a bit of
// everything, and the lines below are its own.
//
// The state is a struct with a mutex. A method also takes what a test or the demo puts in without AWS's API (Scanned).
//
//	type Service struct {
//		home  wire.Home
//		mu    sync.Mutex
//		scans map[image]scan
//	}
//
// An operation is a method with the same signature as in the SDK's client. wire finds it by reflection, and reads and writes its types
// in the protocol that the request speaks. Nothing is registered by name. A call of an operation without a method is answered with
// NotImplementedException, which names the operation.
//
//	func (s *Service) DescribeImageScanFindings(_ context.Context, in *awsecr.DescribeImageScanFindingsInput) (*awsecr.DescribeImageScanFindingsOutput, error) {
//
// The rules refuse what AWS refuses, in AWS's words: limits, missing things, states that do not fit. An error is one of the SDK's own
// types, or one that wire makes where the SDK has none: wire.Validation, wire.AccessDenied, wire.Throttled. wire writes code, fields and
// HTTP status. What a service could be asked but does not carry out is refused with wire.NotImplemented, and never ignored.
//
//	return nil, &types.ScanNotFoundException{Message: aws.String("Image scan does not exist for the image with digest " + *in.ImageId.ImageDigest)}
//	return nil, wire.NotImplemented("DescribeImageScanFindings without a digest, or from a token on")
//
// The protocol is a few facts of AWS's model, given to wire. Services of REST give their Routes instead of Target (package inspector2),
// those of the query protocol QueryVersion and XMLNamespace (package sts).
//
//	return wire.Service{Name: "ecr", Target: "AmazonEC2ContainerRegistry_V20150921", JSONVersion: "1.1", EpochTimes: true, Impl: s, Scope: s.scope}
//
// The scope says what IAM must allow for a call: one line for each resource, as the service authorization reference names it. Without
// Scope it is the operation's name on "*". Roles are then checked against their policies, and the person at the keyboard is not. `make
// facts` writes what AWS says of each action that is granted.
//
//	return []wire.Grant{{Action: "ecr:" + operation, Resource: s.home.ARN("ecr", "repository/"+name)}}
//
// Faults come from outside, in front of every operation, so a service has no faults of its own. A test makes a call fail by its name,
// and test/faults breaks each call of each story.
//
//	sandboxtest.Boot(t, sandboxtest.Fail("ecr:DescribeImageScanFindings", sandboxtest.Always, wire.Throttled("slower")))
//
// The clock is package time, which testing/synctest makes virtual: days pass at once, and nothing takes a clock as an argument. Timers
// and goroutines end with the context that the service was made with. A service reaches another service by a function in its Options,
// such as Emit for events (package codebuild) and Record for metrics (package sqs); services do not import each other.
//
// Then it needs a row in package parts. A service that every release uses, or that others tell something, has a field in Sandbox instead, and
// two places in start (services.go): where it is made, and where its Wire is handed to wire.NewServer.
// If a template makes its resources, a creator stands in one of the create*.go; a property that it does not read needs a reason there.
//
// What no story, user or other code uses is deleted.
package sandbox
