package stack

import (
	"github.com/aws/aws-cdk-go/awscdk/v2/awsappconfig"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/jsii-runtime-go"

	"sluice/infra/addition"
	"sluice/infra/definition"
)

// newTicks has AppConfig ask tick, by an extension of the engine, and associates that with each environment to which a definition's configuration is
// deployed. The associations grow with the definitions and stand beside them.
func newTicks(w wiring, beside home, services []definition.Service, asked awslambda.Function) {
	if asked == nil {
		return
	}
	h := w.home
	awsappconfig.NewCfnExtension(h.stack, jsii.String("TickExtension"), &awsappconfig.CfnExtensionProps{
		Name: jsii.String(h.Name(tick.name)), Description: jsii.String(tick.about),
		Actions: map[string]any{"AT_DEPLOYMENT_TICK": []map[string]any{
			{"Name": tick.name, "Uri": asked.FunctionArn(), "RoleArn": newAsker(h, asked).RoleArn()},
		}},
	})
	done := map[string]bool{}
	for _, s := range services {
		arn := addition.Ticks(h.Home, s.Definition)
		if arn == "" || done[arn] {
			continue
		}
		done[arn] = true
		awsappconfig.NewCfnExtensionAssociation(beside.stack, jsii.String("Tick-"+s.Definition.Service), &awsappconfig.CfnExtensionAssociationProps{
			ExtensionIdentifier: jsii.String(h.Name(tick.name)), ResourceIdentifier: jsii.String(arn),
		})
	}
}

// newAsker is the role by which AppConfig invokes tick, and nothing else. No page says that AppConfig names the account for which it takes on a role, and a
// condition that is not met would take every deployment back: so the trust has none. What the role may do is to ask for a judgement.
func newAsker(h home, asked awslambda.Function) awsiam.Role {
	return awsiam.NewRole(h.stack, jsii.String("TickAsker"), &awsiam.RoleProps{
		AssumedBy:      awsiam.NewServicePrincipal(jsii.String("appconfig.amazonaws.com"), nil),
		Description:    jsii.String("By which AppConfig asks " + h.Name(tick.name)),
		InlinePolicies: &map[string]awsiam.PolicyDocument{"ask": document([]grant{allow("AskAtTicks", []string{*asked.FunctionArn()}, "lambda:InvokeFunction")})},
	})
}
