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
package sandbox
