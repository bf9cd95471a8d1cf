package iam

import (
	"errors"
	"fmt"
	"strings"
)

// The kinds of policy differ in which elements their statements must have.
type policyKind int

const (
	identityBased policyKind = iota // Resource, no Principal
	resourceBased                   // Resource and Principal
	trustPolicy                     // Principal, no Resource: the role itself
	kinds
)

// A statement is a Statement made ready to be matched.
type statement struct {
	source     Statement
	deny       bool
	principals principals

	actions     []pattern // in lower case; none means every action
	notActions  bool      // actions is what the statement is *not* about
	resources   []arnPattern
	notResource bool
	conditions  []condition
}

// compile checks a document and makes its statements ready. They are the caller's own: which of them a call used is kept by statement.
func (d Document) compile(kind policyKind) ([]*statement, error) {
	if d.ready == nil {
		return d.compileAnew(kind)
	}
	shared, err := d.ready[kind]()
	own := make([]*statement, len(shared))
	for i, s := range shared {
		mine := *s
		own[i] = &mine
	}
	return own, err
}

func (d Document) compileAnew(kind policyKind) ([]*statement, error) {
	switch d.Version {
	case "", "2008-10-17", "2012-10-17":
	default:
		return nil, fmt.Errorf("version %q of the policy language does not exist", d.Version)
	}
	var compiled []*statement
	for i, written := range d.Statement {
		s, err := written.compile(kind)
		if err != nil {
			return nil, fmt.Errorf("statement %s: %w", written.name(i), err)
		}
		compiled = append(compiled, s)
	}
	return compiled, nil
}

func (s Statement) name(i int) string {
	if s.Sid != "" {
		return s.Sid
	}
	return fmt.Sprint(i + 1)
}

func (s Statement) compile(kind policyKind) (*statement, error) {
	if err := s.check(kind); err != nil {
		return nil, err
	}
	c := &statement{source: s, deny: s.Effect == "Deny", notActions: s.NotAction != nil, notResource: s.NotResource != nil}
	for _, a := range append(s.Action, s.NotAction...) {
		if a != "*" && strings.Count(a, ":") != 1 {
			return nil, fmt.Errorf("action %q is not of the form service:Action", a)
		}
		c.actions = append(c.actions, pattern(strings.ToLower(a)))
	}
	for _, r := range append(s.Resource, s.NotResource...) {
		compiled, err := newARNPattern(r)
		if err != nil {
			return nil, err
		}
		c.resources = append(c.resources, compiled)
	}
	var err error
	if c.principals, err = newPrincipals(s.Principal); err != nil {
		return nil, err
	}
	c.conditions, err = newConditions(s.Condition)
	return c, err
}

// check holds a statement to the grammar of its kind of policy.
func (s Statement) check(kind policyKind) error {
	resources := s.Resource != nil || s.NotResource != nil
	switch {
	case s.Effect != "Allow" && s.Effect != "Deny":
		return fmt.Errorf("Effect is %q, not Allow or Deny", s.Effect)
	case (s.Action == nil) == (s.NotAction == nil):
		return errors.New("it needs one of Action and NotAction")
	case s.Resource != nil && s.NotResource != nil:
		return errors.New("it has both Resource and NotResource")
	case kind == identityBased && s.Principal != nil:
		return errors.New("a policy of a role has no Principal")
	case kind != identityBased && s.Principal == nil:
		return errors.New("it needs a Principal")
	case kind == trustPolicy && resources:
		return errors.New("a trust policy has no Resource")
	case kind != trustPolicy && !resources:
		return errors.New("it needs one of Resource and NotResource")
	}
	return nil
}

// concerns says whether the statement is about this action, this resource and this context.
func (s *statement) concerns(q *question) bool {
	return s.matchesAction(q.action) && s.matchesResource(q.Resource) && s.holds(q)
}

func (s *statement) matchesAction(lower string) bool {
	for _, a := range s.actions {
		if a.match(lower) {
			return !s.notActions
		}
	}
	return s.notActions
}

func (s *statement) matchesResource(arn string) bool {
	if len(s.resources) == 0 { // a trust policy
		return true
	}
	for _, r := range s.resources {
		if r.match(arn) {
			return !s.notResource
		}
	}
	return s.notResource
}

func (s *statement) holds(q *question) bool {
	for _, c := range s.conditions {
		if !c.holds(q) {
			return false
		}
	}
	return true
}
