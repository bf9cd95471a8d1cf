// The CDK app: it makes the stack of one environment out of the definitions, the state machine and the compiled
// handlers. `cdk.json` runs it; -c environment=staging chooses the environment, -c region=eu-central-1 the region,
// -c concurrency=1000 says how many executions at a time the account allows, -c reserved=guard:50 how many are kept for which function.
package main

import (
	"fmt"
	"os"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"

	"sluice/infra/stack"
)

func main() {
	err := run()
	jsii.Close()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run() error {
	app := awscdk.NewApp(nil)
	given, _ := app.Node().GetAllContext(nil).(map[string]any)
	if err := stack.Mistyped(given); err != nil {
		return err
	}
	props, err := stack.Read(".", stack.FromContext(app, "environment"), stack.FromContext(app, "region"))
	if err != nil {
		return err
	}
	if props.Concurrency, err = stack.ParseConcurrency(stack.FromContext(app, "concurrency"), stack.FromContext(app, "reserved")); err != nil {
		return err
	}
	code, err := stack.Built(".", props.Services)
	if err != nil {
		return err
	}
	stack.New(app, props, code)
	report, err := stack.Limits(app.Synth(nil))
	fmt.Fprint(os.Stderr, report) // the CDK command line hands it through
	return err
}
