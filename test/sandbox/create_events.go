package sandbox

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge/types"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
	sfntypes "github.com/aws/aws-sdk-go-v2/service/sfn/types"

	"sluice/test/sandbox/cfn"
)

func (s *Sandbox) eventCreators() map[string]cfn.Creator {
	return map[string]cfn.Creator{
		"AWS::Events::EventBus": creator(map[string]string{
			"Tags": nobodyAsks, "KmsKeyIdentifier": notEncrypted, "LogConfig": "deliveries are seen in the sandbox's record",
		}, s.createBus),
		"AWS::Events::EventBusPolicy": creator(map[string]string{
			"Action": "the statement says it", "Principal": "the statement says it", "Condition": "the statement says it",
		}, s.createBusPolicy),
		"AWS::Events::Rule":    creator(map[string]string{"Tags": nobodyAsks}, s.createRule),
		"AWS::Events::Archive": creator(map[string]string{"KmsKeyIdentifier": notEncrypted}, s.createArchive),
		"AWS::StepFunctions::StateMachine": creator(map[string]string{
			"Tags": nobodyAsks, "TracingConfiguration": notTraced, "EncryptionConfiguration": notEncrypted,
			"LoggingConfiguration": "GetExecutionHistory tells every transition here",
		}, s.createMachine),
	}
}

type busProperties struct{ Name, Description string }

func (s *Sandbox) createBus(ctx context.Context, _ string, p busProperties) (resource, error) {
	out, err := s.EventBridge.CreateEventBus(ctx, &eventbridge.CreateEventBusInput{Name: &p.Name, Description: optional(p.Description)})
	if err != nil {
		return resource{}, err
	}
	return resource{p.Name, map[string]string{"Arn": *out.EventBusArn, "Name": p.Name}}, nil
}

// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-events-eventbuspolicy.html
type busPolicyProperties struct {
	EventBusName, StatementId string
	Statement                 map[string]any
}

// createBusPolicy adds a statement to the policy of a bus.
func (s *Sandbox) createBusPolicy(ctx context.Context, _ string, p busPolicyProperties) (resource, error) {
	bus, err := s.EventBridge.DescribeEventBus(ctx, &eventbridge.DescribeEventBusInput{Name: &p.EventBusName})
	if err != nil {
		return resource{}, err
	}
	document := struct {
		Version   string
		Statement []map[string]any
	}{Version: "2012-10-17"}
	if bus.Policy != nil {
		if err := json.Unmarshal([]byte(*bus.Policy), &document); err != nil {
			return resource{}, fmt.Errorf("reading the policy of %s: %w", p.EventBusName, err)
		}
	}
	statement := maps.Clone(p.Statement)
	statement["Sid"] = p.StatementId
	document.Statement = append(document.Statement, statement)
	text, err := json.Marshal(document)
	if err != nil {
		return resource{}, err
	}
	_, err = s.EventBridge.PutPermission(ctx, &eventbridge.PutPermissionInput{EventBusName: &p.EventBusName, Policy: optional(string(text))})
	return resource{p.EventBusName + "|" + p.StatementId, nil}, err
}

// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-events-rule.html
type ruleProperties struct {
	Name, Description, EventBusName, RoleArn, ScheduleExpression string
	State                                                        types.RuleState
	EventPattern                                                 any
	Targets                                                      []ruleTarget
}

type ruleTarget struct {
	Arn, Id, RoleArn string
	DeadLetterConfig *struct{ Arn string }
	RetryPolicy      *struct{ MaximumEventAgeInSeconds, MaximumRetryAttempts *int32 }
	SqsParameters    *struct{ MessageGroupId string }
}

func (s *Sandbox) createRule(ctx context.Context, id string, p ruleProperties) (resource, error) {
	name := s.named(p.Name, id)
	in := &eventbridge.PutRuleInput{
		Name: &name, Description: optional(p.Description), EventBusName: optional(p.EventBusName),
		RoleArn: optional(p.RoleArn), ScheduleExpression: optional(p.ScheduleExpression), State: p.State,
	}
	if p.EventPattern != nil {
		pattern, err := cfn.Document(p.EventPattern)
		if err != nil {
			return resource{}, err
		}
		in.EventPattern = &pattern
	}
	out, err := s.EventBridge.PutRule(ctx, in)
	if err != nil {
		return resource{}, err
	}
	ref := name
	if p.EventBusName != "" {
		ref = p.EventBusName + "|" + name
	}
	return resource{ref, map[string]string{"Arn": *out.RuleArn}}, s.putTargets(ctx, in, p.Targets)
}

func (s *Sandbox) putTargets(ctx context.Context, rule *eventbridge.PutRuleInput, targets []ruleTarget) error {
	if len(targets) == 0 {
		return nil
	}
	in := &eventbridge.PutTargetsInput{Rule: rule.Name, EventBusName: rule.EventBusName}
	for _, t := range targets {
		in.Targets = append(in.Targets, t.target())
	}
	out, err := s.EventBridge.PutTargets(ctx, in)
	if err == nil && out.FailedEntryCount > 0 {
		failed := out.FailedEntries[0]
		err = fmt.Errorf("putting target %s: %s: %s", *failed.TargetId, *failed.ErrorCode, *failed.ErrorMessage)
	}
	return err
}

func (t ruleTarget) target() types.Target {
	out := types.Target{Arn: &t.Arn, Id: &t.Id, RoleArn: optional(t.RoleArn)}
	if t.DeadLetterConfig != nil {
		out.DeadLetterConfig = &types.DeadLetterConfig{Arn: &t.DeadLetterConfig.Arn}
	}
	if r := t.RetryPolicy; r != nil {
		out.RetryPolicy = &types.RetryPolicy{
			MaximumEventAgeInSeconds: r.MaximumEventAgeInSeconds, MaximumRetryAttempts: r.MaximumRetryAttempts,
		}
	}
	if q := t.SqsParameters; q != nil {
		out.SqsParameters = &types.SqsParameters{MessageGroupId: &q.MessageGroupId}
	}
	return out
}

type archiveProperties struct {
	ArchiveName, Description, SourceArn string
	EventPattern                        any
	RetentionDays                       *int32
}

func (s *Sandbox) createArchive(ctx context.Context, id string, p archiveProperties) (resource, error) {
	in := &eventbridge.CreateArchiveInput{
		ArchiveName: new(s.named(p.ArchiveName, id)), Description: optional(p.Description),
		EventSourceArn: &p.SourceArn, RetentionDays: p.RetentionDays,
	}
	if p.EventPattern != nil {
		pattern, err := cfn.Document(p.EventPattern)
		if err != nil {
			return resource{}, err
		}
		in.EventPattern = &pattern
	}
	out, err := s.EventBridge.CreateArchive(ctx, in)
	if err != nil {
		return resource{}, err
	}
	return resource{*in.ArchiveName, map[string]string{"Arn": *out.ArchiveArn, "ArchiveName": *in.ArchiveName}}, nil
}

type machineProperties struct {
	StateMachineName, RoleArn string
	StateMachineType          sfntypes.StateMachineType
	DefinitionString          string
	Definition                any
	DefinitionSubstitutions   map[string]string
}

func (s *Sandbox) createMachine(ctx context.Context, id string, p machineProperties) (resource, error) {
	definition := p.DefinitionString
	if p.Definition != nil {
		var err error
		if definition, err = cfn.Document(p.Definition); err != nil {
			return resource{}, err
		}
	}
	name := s.named(p.StateMachineName, id)
	out, err := s.StepFunctions.CreateStateMachine(ctx, &sfn.CreateStateMachineInput{
		Name: &name, RoleArn: &p.RoleArn, Type: p.StateMachineType,
		Definition: new(substitute(definition, p.DefinitionSubstitutions)),
	})
	if err != nil {
		return resource{}, err
	}
	return resource{*out.StateMachineArn, map[string]string{"Arn": *out.StateMachineArn, "Name": name}}, nil
}

// substitute replaces ${Name} by its value, as CloudFormation does before it creates a state machine.
func substitute(definition string, values map[string]string) string {
	pairs := make([]string, 0, 2*len(values))
	for name, value := range values {
		pairs = append(pairs, "${"+name+"}", value)
	}
	return strings.NewReplacer(pairs...).Replace(definition)
}
