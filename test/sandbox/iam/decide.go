package iam

const assumeRole = "sts:AssumeRole"

// A caller is a role or a service, never both.
type caller struct {
	role    string // ARN
	service string // principal, "events.amazonaws.com"
}

// findings are the matching statements of one kind of policy.
type findings struct {
	denied  bool
	allowed []*statement
	direct  bool // an Allow names the caller itself, not just the account it is in
}

func (p *Policies) decide(c caller, r Request) error {
	p.mu.RLock()
	identity, known := p.roles[c.role]
	protecting := p.resources[r.Resource]
	p.mu.RUnlock()

	q := &question{caller: c, Request: r, action: folded(r.Action)}
	var own findings
	if known {
		own = q.ask(identity.about(q.action), false)
	}
	guarding := q.ask(protecting, true)
	reason := q.refusal(own, guarding)
	if reason == "" {
		reason = q.unasked()
	}
	if reason != "" {
		return denied(c, r, reason)
	}
	p.usage.note(c, r, own.allowed)
	return nil
}

// refusal is the reason to refuse, in AWS's words, or "".
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-basics-id-rdp.html
func (q *question) refusal(own, guarding findings) string {
	guard := "resource-based policy"
	if q.Action == assumeRole {
		guard = "role trust policy"
	}
	both := q.betweenAccounts() // then each side must allow by itself
	switch {
	case own.denied:
		return "with an explicit deny in an identity-based policy"
	case guarding.denied:
		return "with an explicit deny in a " + guard
	case guarding.direct && !both:
		return ""
	case q.caller.service != "", q.Action == assumeRole && len(guarding.allowed) == 0:
		return q.nothing(guard)
	case len(own.allowed) == 0:
		return q.nothing("identity-based policy")
	case both && len(guarding.allowed) == 0:
		return q.nothing(guard)
	}
	return ""
}

func (q *question) nothing(kind string) string {
	return "because no " + kind + " allows the " + q.Action + " action"
}

// betweenAccounts says that a role of one account wants a resource of another. Some ARNs have no account.
func (q *question) betweenAccounts() bool {
	theirs := accountOf(q.Resource)
	return q.caller.role != "" && theirs != "" && theirs != accountOf(q.caller.role)
}

// A question is a request on its way through the statements.
type question struct {
	caller
	Request
	action string // in lower case, as actions are compared
}

// ask finds the statements that match; byPrincipal is for policies that say whom they are about.
func (q *question) ask(statements []*statement, byPrincipal bool) (f findings) {
	for _, s := range statements {
		match := matchDirect
		if byPrincipal {
			match = s.principals.match(q.caller)
		}
		if match == matchNone || !s.concerns(q) {
			continue
		}
		if s.deny {
			f.denied = true
			continue
		}
		f.allowed = append(f.allowed, s)
		f.direct = f.direct || match == matchDirect
	}
	return f
}
