package sandbox

import (
	"context"
	"fmt"
	"strings"

	"sluice/test/sandbox/cfn"
	"sluice/test/sandbox/iam"
)

func (s *Sandbox) identityCreators() map[string]cfn.Creator {
	b := s.roles
	return map[string]cfn.Creator{
		"AWS::IAM::Role": creator(map[string]string{
			"Description": nobodyAsks, "Tags": nobodyAsks, "MaxSessionDuration": "sessions last as long as the sandbox",
		}, func(ctx context.Context, id string, p roleProperties) (resource, error) {
			return b.role(s.named(p.RoleName, id), p)
		}),
		"AWS::IAM::Policy":        creator(nil, b.policy),
		"AWS::IAM::ManagedPolicy": creator(map[string]string{"Description": nobodyAsks}, b.managedPolicy),
	}
}

// A roleBuilder collects the policies of roles: they come with the role, or later as resources of their own, or of another stack.
type roleBuilder struct {
	access  *access
	roles   map[string]*roleDraft // by name
	managed map[string]any        // documents of the templates' managed policies, by ARN
}

func newRoleBuilder(a *access) *roleBuilder {
	return &roleBuilder{access: a, roles: map[string]*roleDraft{}, managed: map[string]any{}}
}

type roleDraft struct {
	arn      string
	trust    iam.Document
	policies []iam.Document
}

// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-iam-role.html
type roleProperties struct {
	RoleName, Path           string
	AssumeRolePolicyDocument any
	ManagedPolicyArns        []string
	Policies                 []struct {
		PolicyName     string
		PolicyDocument any
	}
}

func (b *roleBuilder) role(name string, p roleProperties) (resource, error) {
	path := p.Path
	if path == "" {
		path = "/"
	}
	draft := &roleDraft{arn: b.access.home.Global("iam", "role"+path+name)}
	var err error
	if draft.trust, err = document(p.AssumeRolePolicyDocument); err != nil {
		return resource{}, err
	}
	documents := make([]any, 0, len(p.Policies)+len(p.ManagedPolicyArns))
	inlined := 0
	for _, inline := range p.Policies {
		documents = append(documents, inline.PolicyDocument)
		inlined += characters(inline.PolicyDocument)
	}
	if err := quotas(name, p, inlined); err != nil {
		return resource{}, err
	}
	for _, arn := range p.ManagedPolicyArns {
		managed, err := b.managedDocument(arn)
		if err != nil {
			return resource{}, err
		}
		documents = append(documents, managed)
	}
	b.roles[name] = draft
	b.access.key(draft.arn, sessionOfFunctions)
	return resource{name, map[string]string{"Arn": draft.arn, "RoleId": "AROA" + name}}, b.attach(name, documents...)
}

// attach adds policies to a role.
func (b *roleBuilder) attach(name string, documents ...any) error {
	draft := b.roles[name]
	if draft == nil {
		return fmt.Errorf("attaching policy: role %s is in no template", name)
	}
	for _, d := range documents {
		parsed, err := document(d)
		if err != nil {
			return err
		}
		draft.policies = append(draft.policies, parsed)
	}
	return b.access.policies.AddRole(draft.arn, draft.trust, draft.policies)
}

type policyProperties struct {
	PolicyName     string
	PolicyDocument any
	Roles          []string
}

func (b *roleBuilder) policy(_ context.Context, id string, p policyProperties) (resource, error) {
	for _, role := range p.Roles {
		if err := b.attach(role, p.PolicyDocument); err != nil {
			return resource{}, err
		}
	}
	return resource{id, map[string]string{"Id": id}}, nil
}

type managedPolicyProperties struct {
	ManagedPolicyName, Path string
	PolicyDocument          any
	Roles                   []string
}

func (b *roleBuilder) managedPolicy(ctx context.Context, id string, p managedPolicyProperties) (resource, error) {
	name := p.ManagedPolicyName
	if name == "" {
		name = id
	}
	path := p.Path
	if path == "" {
		path = "/"
	}
	if characters(p.PolicyDocument) > mostManaged {
		return resource{}, fmt.Errorf("managed policy %s: Cannot exceed quota for PolicySize: %d", name, mostManaged)
	}
	arn := b.access.home.Global("iam", "policy"+path+name)
	b.managed[arn] = p.PolicyDocument
	_, err := b.policy(ctx, id, policyProperties{PolicyDocument: p.PolicyDocument, Roles: p.Roles})
	return resource{arn, map[string]string{"PolicyArn": arn}}, err
}

// awsManaged are the policies of AWS's own that a role may name:
// https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSLambdaBasicExecutionRole.html
var awsManaged = map[string]string{
	"arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole": `{"Version":"2012-10-17","Statement":[{"Effect":"Allow",` +
		`"Action":["logs:CreateLogGroup","logs:CreateLogStream","logs:PutLogEvents"],"Resource":"*"}]}`,
	"arn:aws:iam::aws:policy/AWSXRayDaemonWriteAccess": `{"Version":"2012-10-17","Statement":[{"Effect":"Allow",` +
		`"Action":["xray:PutTraceSegments","xray:PutTelemetryRecords","xray:GetSamplingRules","xray:GetSamplingTargets",` +
		`"xray:GetSamplingStatisticSummaries"],"Resource":"*"}]}`,
}

func (b *roleBuilder) managedDocument(arn string) (any, error) {
	if own, ok := b.managed[arn]; ok {
		return own, nil
	}
	if text, ok := awsManaged[strings.Replace(arn, "arn:"+b.access.home.Partition()+":", "arn:aws:", 1)]; ok {
		return text, nil
	}
	return nil, fmt.Errorf("managed policy %s is not known to the sandbox", arn)
}

// document reads a policy from a property.
func document(property any) (iam.Document, error) {
	text, err := cfn.Document(property)
	if err != nil {
		return iam.Document{}, err
	}
	return iam.ParseDocument([]byte(text))
}

// NewRole makes a role that is in no template, as people of the account make theirs, with managed policies of the template by their names. Everybody
// in the account may take it on. It answers the ARN.
func (s *Sandbox) NewRole(path, name string, policies ...string) (arn string, err error) {
	var arns []string
	for _, policy := range policies {
		arns = append(arns, s.access.home.Global("iam", "policy/"+policy))
	}
	root := map[string]any{"AWS": s.access.home.Global("iam", "root")}
	made, err := s.roles.role(name, roleProperties{RoleName: name, Path: path, ManagedPolicyArns: arns, AssumeRolePolicyDocument: map[string]any{
		"Version": "2012-10-17", "Statement": []any{map[string]any{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": root}},
	}})
	return made.attributes["Arn"], err
}
