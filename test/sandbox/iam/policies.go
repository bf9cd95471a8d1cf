// Package iam decides, as AWS does, whether a caller may make a call.
//
// A caller is a role, an AWS service, or a service that has taken on a role; and the person at the keyboard, who may do
// anything. What a role may do is written in its own policies (identity-based) and in the policy of the thing that it
// wants to touch (resource-based); what a service may do on its own is written in the latter only. In short:
//
//   - a Deny that matches, wherever it is written, refuses;
//   - else, within one account, one matching Allow in either place is enough; between accounts it takes one in each;
//   - else the call is refused.
//
// Whoever a role's trust policy allows can take on the role; that policy is the resource-based policy of the role itself.
//
// The package does not guess. A policy element, operator or condition key that it does not evaluate is an error when the
// policy is added, not a surprise when a call is made.
//
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
package iam

import (
	"fmt"
	"slices"
	"sync"
)

// Policies are all the policies of an account. The zero value has none. It is safe for concurrent use.
type Policies struct {
	mu        sync.RWMutex
	roles     map[string]*role        // by ARN
	resources map[string][]*statement // resource-based, by ARN of what they protect; a role's is its trust policy

	usage usage
}

type role struct {
	arn        string
	statements []*statement
	byAction   sync.Map // of string, in lower case: those of the statements, as []*statement, that are about it
}

// about lists the statements that are about an action. Few actions are asked for, and each thousands of times.
func (r *role) about(action string) []*statement {
	if known, ok := r.byAction.Load(action); ok {
		return known.([]*statement)
	}
	about := slices.DeleteFunc(slices.Clone(r.statements), func(s *statement) bool { return !s.matchesAction(action) })
	r.byAction.Store(action, about)
	return about
}

// A Request is one thing that somebody wants to do.
type Request struct {
	Principal string              // ARN of the role that acts; "" for a service on its own, or the person at the keyboard
	Service   string              // service principal that acts, on its own or (with Principal) having taken on a role
	Action    string              // "lambda:UpdateAlias"
	Resource  string              // ARN, or "*" for an action that has none
	Context   map[string]string   // condition keys, such as aws:SourceArn, whatever their case
	Keys      map[string][]string // the same for keys of the service, which may have several values
}

// AddRole adds a role, or replaces it.
func (p *Policies) AddRole(arn string, trust Document, policies []Document) error {
	if !isRoleARN(arn) {
		return fmt.Errorf("adding role: %q is not the ARN of a role", arn)
	}
	r := &role{arn: arn}
	for _, d := range policies {
		statements, err := d.compile(identityBased)
		if err != nil {
			return fmt.Errorf("adding role %s: %w", arn, err)
		}
		r.statements = append(r.statements, statements...)
	}
	trusted, err := trust.compile(trustPolicy)
	if err != nil {
		return fmt.Errorf("adding trust policy of role %s: %w", arn, err)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.roles == nil {
		p.roles = map[string]*role{}
	}
	p.roles[arn] = r
	p.setResource(arn, trusted)
	return nil
}

// AddResourcePolicy adds statements to the policy of a resource.
func (p *Policies) AddResourcePolicy(resourceARN string, d Document) error {
	statements, err := d.compile(resourceBased)
	if err != nil {
		return fmt.Errorf("adding policy of %s: %w", resourceARN, err)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.setResource(resourceARN, append(slices.Clip(p.resources[resourceARN]), statements...))
	return nil
}

// SetResourcePolicy gives a resource the one policy that it has from now on; an empty Document takes it away.
func (p *Policies) SetResourcePolicy(resourceARN string, d Document) error {
	statements, err := d.compile(resourceBased)
	if err != nil {
		return fmt.Errorf("setting policy of %s: %w", resourceARN, err)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.setResource(resourceARN, statements)
	return nil
}

func (p *Policies) setResource(arn string, statements []*statement) {
	if p.resources == nil {
		p.resources = map[string][]*statement{}
	}
	if len(statements) == 0 {
		delete(p.resources, arn)
		return
	}
	p.resources[arn] = statements
}

// Allow returns nil when the request is allowed, and otherwise AWS's AccessDeniedException, which says why.
func (p *Policies) Allow(r Request) error {
	switch {
	case r.Principal == "" && r.Service == "":
		return nil // the person at the keyboard
	case r.Principal == "":
		return p.decide(caller{service: r.Service}, r)
	case r.Service != "":
		assume := Request{Action: assumeRole, Resource: r.Principal, Context: r.Context}
		if err := p.decide(caller{service: r.Service}, assume); err != nil {
			return err
		}
	}
	return p.decide(caller{role: r.Principal}, r)
}
