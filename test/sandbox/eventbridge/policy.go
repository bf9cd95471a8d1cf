package eventbridge

import (
	"context"
	"encoding/json"

	"github.com/aws/aws-sdk-go-v2/aws"
	awseventbridge "github.com/aws/aws-sdk-go-v2/service/eventbridge"

	"sluice/test/sandbox/wire"
)

// A policy is the resource policy of a bus. It is kept and shown here; Options.Protect has it decide.
type policy struct {
	whole      string // given as one document
	statements []statement
}

type statement struct {
	Sid       string
	Effect    string
	Principal any
	Action    string
	Resource  string
	Condition any `json:",omitempty"`
}

func (p *policy) text(busARN string) *string {
	if p.whole != "" {
		return &p.whole
	}
	if len(p.statements) == 0 {
		return nil
	}
	for i := range p.statements {
		p.statements[i].Resource = busARN
	}
	doc, err := json.Marshal(map[string]any{"Version": "2012-10-17", "Statement": p.statements})
	if err != nil {
		return nil // strings always encode
	}
	return aws.String(string(doc))
}

func (p *policy) remove(sid string) bool {
	for i, st := range p.statements {
		if st.Sid == sid {
			p.statements = append(p.statements[:i:i], p.statements[i+1:]...)
			return true
		}
	}
	return false
}

// PutPermission lets another account or organization put events on a bus.
func (s *Service) PutPermission(_ context.Context, in *awseventbridge.PutPermissionInput) (*awseventbridge.PutPermissionOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	b, err := s.busOf(in.EventBusName)
	if err != nil {
		return nil, err
	}
	if in.Policy != nil {
		if !json.Valid([]byte(*in.Policy)) {
			return nil, wire.Validation("Parameter Policy is not valid: it is not JSON")
		}
		b.policy = policy{whole: *in.Policy}
		return &awseventbridge.PutPermissionOutput{}, s.protect(b)
	}
	if in.StatementId == nil || in.Principal == nil || in.Action == nil {
		return nil, wire.Validation("Parameter(s) StatementId, Principal and Action, or Policy, must be specified")
	}
	if b.policy.whole != "" {
		return nil, wire.NotImplemented("PutPermission with a StatementId on a bus whose policy was given whole")
	}
	st := statement{Sid: *in.StatementId, Effect: "Allow", Action: *in.Action, Principal: "*"}
	if *in.Principal != "*" {
		st.Principal = map[string]string{"AWS": wire.Home{Region: s.options.Home.Region, Account: *in.Principal}.Global("iam", "root")}
	}
	if c := in.Condition; c != nil {
		st.Condition = map[string]map[string]string{aws.ToString(c.Type): {aws.ToString(c.Key): aws.ToString(c.Value)}}
	}
	b.policy.remove(st.Sid)
	b.policy.statements = append(b.policy.statements, st)
	return &awseventbridge.PutPermissionOutput{}, s.protect(b)
}

// RemovePermission takes one statement, or all, from a bus's policy.
func (s *Service) RemovePermission(_ context.Context, in *awseventbridge.RemovePermissionInput) (*awseventbridge.RemovePermissionOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	b, err := s.busOf(in.EventBusName)
	if err != nil {
		return nil, err
	}
	if in.RemoveAllPermissions {
		b.policy = policy{}
	} else if !b.policy.remove(aws.ToString(in.StatementId)) {
		return nil, notFound("Statement with the provided id does not exist.")
	}
	return &awseventbridge.RemovePermissionOutput{}, s.protect(b)
}

func (s *Service) protect(b *bus) error {
	if s.options.Protect == nil {
		return nil
	}
	if err := s.options.Protect(b.arn, aws.ToString(b.policy.text(b.arn))); err != nil {
		return wire.Validation("Parameter Policy is not valid: %v", err)
	}
	return nil
}
