package lambda

import (
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"

	awslambda "github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"

	"sluice/test/sandbox/wire"
)

// A policy is the resource policy of a function, version or alias: who else may invoke it.
type policy struct {
	statements []statement
	revision   string
}

type statement struct {
	Sid       string                       `json:"Sid"`
	Effect    string                       `json:"Effect"`
	Principal any                          `json:"Principal"`
	Action    string                       `json:"Action"`
	Resource  string                       `json:"Resource"`
	Condition map[string]map[string]string `json:"Condition,omitempty"`
}

// AddPermission adds one statement; its id must be new.
func (s *Service) AddPermission(_ context.Context, in *awslambda.AddPermissionInput) (*awslambda.AddPermissionOutput, error) {
	ref, err := s.refer(in.FunctionName, in.Qualifier)
	if err != nil {
		return nil, err
	}
	if in.EventSourceToken != nil {
		return nil, missing("EventSourceToken")
	}
	added := s.newStatement(ref, in)
	err = s.editPolicy(ref, in.RevisionId, func(p *policy) error {
		if p.index(added.Sid) >= 0 {
			return conflict("The statement id (%s) provided already exists. Please provide a new statement id, "+
				"or remove the existing statement.", added.Sid)
		}
		p.statements = append(p.statements, added)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return &awslambda.AddPermissionOutput{Statement: new(string(marshal(added)))}, nil
}

// RemovePermission takes one statement away.
func (s *Service) RemovePermission(_ context.Context, in *awslambda.RemovePermissionInput) (*awslambda.RemovePermissionOutput, error) {
	ref, err := s.refer(in.FunctionName, in.Qualifier)
	if err != nil {
		return nil, err
	}
	err = s.editPolicy(ref, in.RevisionId, func(p *policy) error {
		i := p.index(deref(in.StatementId))
		if i < 0 {
			return notFound("Statement %s is not found in resource policy.", deref(in.StatementId))
		}
		p.statements = slices.Delete(p.statements, i, i+1)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return &awslambda.RemovePermissionOutput{}, nil
}

// GetPolicy gives the policy document.
func (s *Service) GetPolicy(_ context.Context, in *awslambda.GetPolicyInput) (*awslambda.GetPolicyOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f, qualifier, err := s.qualified(in.FunctionName, in.Qualifier)
	if err != nil {
		return nil, err
	}
	p, ok := f.policies[qualifier]
	if !ok {
		return nil, notFound("The resource you requested does not exist.")
	}
	return &awslambda.GetPolicyOutput{Policy: new(string(p.document())), RevisionId: new(p.revision)}, nil
}

// editPolicy changes a policy, if revision is still its latest, and tells IAM.
func (s *Service) editPolicy(ref reference, revision *string, edit func(*policy) error) error {
	document, err := s.changePolicy(ref, revision, edit)
	if err == nil {
		s.tellPolicy(ref, document)
	}
	return err
}

func (s *Service) changePolicy(ref reference, revision *string, edit func(*policy) error) ([]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f, _, err := s.findVersion(ref)
	if err != nil {
		return nil, err
	}
	next := policy{revision: newID()}
	if old := f.policies[ref.version()]; old != nil {
		next.statements = slices.Clone(old.statements)
		if revision != nil && *revision != old.revision {
			return nil, stale()
		}
	}
	if err := edit(&next); err != nil {
		return nil, err
	}
	if len(next.statements) == 0 {
		delete(f.policies, ref.version())
		return nil, nil
	}
	document := next.document()
	if len(document) > mostPolicy {
		return nil, &types.PolicyLengthExceededException{
			Message: new(fmt.Sprintf("The final policy size (%d) is bigger than the limit (%d).", len(document), mostPolicy)),
		}
	}
	f.policies[ref.version()] = &next
	return document, nil
}

// mostPolicy is how long a resource-based policy may be (https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html).
const mostPolicy = 20480

// tellPolicy passes a document on, under the ARN callers use: without qualifier for $LATEST.
func (s *Service) tellPolicy(ref reference, document []byte) {
	if s.o.Policy == nil {
		return
	}
	if ref.qualifier == latest {
		ref.qualifier = ""
	}
	s.o.Policy(s.arn(ref), document)
}

func (p *policy) index(sid string) int {
	return slices.IndexFunc(p.statements, func(s statement) bool { return s.Sid == sid })
}

func (p *policy) document() []byte {
	return marshal(struct {
		Version   string      `json:"Version"`
		ID        string      `json:"Id"`
		Statement []statement `json:"Statement"`
	}{"2012-10-17", "default", p.statements})
}

func (s *Service) newStatement(ref reference, in *awslambda.AddPermissionInput) statement {
	conditions := map[string]map[string]string{}
	condition := func(operator, key, value string) {
		if value == "" {
			return
		}
		if conditions[operator] == nil {
			conditions[operator] = map[string]string{}
		}
		conditions[operator][key] = value
	}
	condition("ArnLike", "AWS:SourceArn", deref(in.SourceArn))
	condition("StringEquals", "AWS:SourceAccount", deref(in.SourceAccount))
	condition("StringEquals", "aws:PrincipalOrgID", deref(in.PrincipalOrgID))
	condition("StringEquals", "lambda:FunctionUrlAuthType", string(in.FunctionUrlAuthType))
	if in.InvokedViaFunctionUrl != nil {
		condition("Bool", "lambda:InvokedViaFunctionUrl", fmt.Sprint(*in.InvokedViaFunctionUrl))
	}
	return statement{
		Sid: deref(in.StatementId), Effect: "Allow", Principal: principal(s.o.Home, deref(in.Principal)),
		Action: deref(in.Action), Resource: s.arn(ref), Condition: conditions,
	}
}

var accountPattern = regexp.MustCompile(`^\d{12}$`)

// principal writes a service, an account or an ARN as a policy does.
func principal(home wire.Home, p string) any {
	switch {
	case p == "*":
		return p
	case accountPattern.MatchString(p):
		return map[string]string{"AWS": wire.Home{Region: home.Region, Account: p}.Global("iam", "root")}
	case strings.HasPrefix(p, "arn:"):
		return map[string]string{"AWS": p}
	}
	return map[string]string{"Service": p}
}

// marshal writes what holds nothing but strings.
func marshal(v any) []byte {
	text, err := json.Marshal(v)
	if err != nil {
		panic(fmt.Sprintf("marshalling a policy: %v", err))
	}
	return text
}
