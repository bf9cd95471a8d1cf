package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	ssmtypes "github.com/aws/aws-sdk-go-v2/service/ssm/types"

	"sluice/infra/addition"
	"sluice/infra/definition"
	"sluice/test/sandbox/cfn"
)

// environment is the one whose templates the sandbox boots from.
const environment = "sandbox"

var here = addition.Home{Environment: environment, Partition: "aws", Region: "us-east-1", Account: "123456789012"}

// An engine takes definitions that its templates do not have, as deploying them would.
type engine struct {
	world  *world
	stacks int
	told   map[string]bool // statements and rules that it has by now
}

// take gives the engine the definitions as they are now, and says which of them are new to it or have changed.
func (e *engine) take(ctx context.Context, services []definition.Service) (changed []string, err error) {
	for _, s := range services {
		known, err := e.reads(ctx, addition.DefinitionPath(environment)+s.Definition.Service, string(s.JSON))
		if err != nil {
			return nil, err
		}
		if known {
			continue
		}
		if err := e.deploy(ctx, s); err != nil {
			return nil, fmt.Errorf("adding %s: %w", s.File, err)
		}
		changed = append(changed, s.Definition.Service)
	}
	if len(changed) == 0 {
		return nil, nil
	}
	return changed, e.write(ctx, services) // last: who reads a definition may do what it says
}

// write puts definitions where the functions read them.
func (e *engine) write(ctx context.Context, services []definition.Service) error {
	for _, p := range slices.Concat(addition.Definitions(environment, services), addition.Sources(environment, services)) {
		_, err := e.world.sandbox.SSM.PutParameter(ctx, &ssm.PutParameterInput{Name: &p.Name, Value: &p.Value, Type: ssmtypes.ParameterTypeString, Overwrite: aws.Bool(true), Tier: ssmtypes.ParameterTierAdvanced})
		if err != nil {
			return fmt.Errorf("writing %s: %w", p.Name, err)
		}
	}
	return nil
}

// reads says whether a parameter has that value.
func (e *engine) reads(ctx context.Context, name, value string) (bool, error) {
	out, err := e.world.sandbox.SSM.GetParameter(ctx, &ssm.GetParameterInput{Name: &name})
	if _, absent := errors.AsType[*ssmtypes.ParameterNotFound](err); absent {
		return false, nil
	}
	return err == nil && aws.ToString(out.Parameter.Value) == value, err
}

// deploy adds a stack with what a definition names and the engine does not know.
func (e *engine) deploy(ctx context.Context, s definition.Service) error {
	e.stacks++
	resources := map[string]any{}
	for i, g := range addition.Grants(here, s.Definition) {
		for _, function := range g.Functions {
			statement := map[string]any{"Effect": "Allow", "Action": g.Actions, "Resource": g.Resources}
			if g.Condition != nil {
				statement["Condition"] = g.Condition
			}
			if !e.isNew(function, statement) {
				continue
			}
			role, err := e.role(ctx, function)
			if err != nil {
				return err
			}
			resources[fmt.Sprintf("Grant%dx%d%s", e.stacks, i, function)] = resource("AWS::IAM::ManagedPolicy", map[string]any{
				"Roles": []string{role}, "PolicyDocument": map[string]any{"Version": "2012-10-17", "Statement": []any{statement}},
			})
		}
	}
	for i, r := range addition.Rules(s.Definition) {
		name, pattern := r.Name+"-"+s.Definition.Service, r.Pattern(r.Names)
		if !e.isNew(name, pattern) {
			continue
		}
		target, id := here.Function(r.Function), fmt.Sprintf("Rule%dx%d", e.stacks, i)
		resources[id] = resource("AWS::Events::Rule", map[string]any{
			"Name": stack + "-" + name, "State": "ENABLED", "EventPattern": pattern, "Targets": []any{map[string]any{"Id": "Target0", "Arn": target}},
		})
		resources[id+"Permission"] = resource("AWS::Lambda::Permission", map[string]any{
			"Action": "lambda:InvokeFunction", "FunctionName": target, "Principal": "events.amazonaws.com", "SourceArn": map[string]any{"Fn::GetAtt": []string{id, "Arn"}},
		})
	}
	for i, properties := range addition.Filters(s.Definition) {
		resources[fmt.Sprintf("Filter%dx%d", e.stacks, i)] = resource("AWS::Logs::MetricFilter", properties)
	}
	if len(resources) == 0 {
		return nil
	}
	text, err := json.Marshal(map[string]any{"Resources": resources})
	if err != nil {
		return err
	}
	template, err := cfn.Parse(text)
	if err != nil {
		return err
	}
	_, err = e.world.sandbox.Deploy(ctx, template)
	return err
}

func resource(kind string, properties map[string]any) map[string]any {
	return map[string]any{"Type": kind, "Properties": properties}
}

// isNew says whether something is not known yet, and remembers it.
func (e *engine) isNew(of string, what any) bool {
	text, _ := json.Marshal(what) // what becomes a template anyhow
	key := of + " " + string(text)
	if e.told[key] {
		return false
	}
	e.told[key] = true
	return true
}

// role is the name of a function's role.
func (e *engine) role(ctx context.Context, function string) (string, error) {
	out, err := e.world.lambda.GetFunctionConfiguration(ctx, &lambda.GetFunctionConfigurationInput{FunctionName: aws.String(stack + "-" + function)})
	if err != nil {
		return "", fmt.Errorf("finding the role of %s: %w", function, err)
	}
	_, name, _ := strings.Cut(aws.ToString(out.Role), ":role/")
	return name, nil
}
