package iam

import (
	"fmt"
	"slices"
	"strings"
)

// principals are whom a resource-based statement is about.
type principals struct {
	anyone   bool
	arns     []string // of roles and their sessions
	accounts []string
	services []string
}

// How a statement names a caller. An account in an Allow only hands the decision to that account's own policies:
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html#principal-accounts
type principalMatch int

const (
	matchNone principalMatch = iota
	matchAccount
	matchDirect
)

func newPrincipals(p *Principal) (principals, error) {
	if p == nil {
		return principals{}, nil
	}
	c := principals{anyone: p.Anyone, services: p.Service}
	for _, s := range p.AWS {
		switch {
		case s == "*":
		case len(s) == 12 && strings.Trim(s, "0123456789") == "":
			c.accounts = append(c.accounts, s)
		case arnPart(s, 2) == "iam" && arnPart(s, 5) == "root":
			c.accounts = append(c.accounts, accountOf(s))
		case isRoleARN(s), strings.HasPrefix(arnPart(s, 5), "assumed-role/"):
			c.arns = append(c.arns, s)
		default:
			return c, fmt.Errorf("principal %q is none that the sandbox knows: *, account, role or session", s)
		}
	}
	for _, s := range p.Service {
		if strings.ContainsAny(s, "*?") {
			return c, fmt.Errorf("principal %q: a service principal has no wildcards", s)
		}
	}
	return c, nil
}

func (p *principals) match(c caller) principalMatch {
	switch {
	case p.anyone:
		return matchDirect
	case c.service != "" && slices.Contains(p.services, c.service):
		return matchDirect
	case c.service != "":
		return matchNone
	case slices.Contains(p.arns, c.role), slices.Contains(p.arns, c.String()):
		return matchDirect
	case slices.Contains(p.accounts, accountOf(c.role)):
		return matchAccount
	}
	return matchNone
}

// String is the caller as error messages and session principals name it.
func (c caller) String() string {
	if c.service != "" {
		return c.service
	}
	return "arn:" + arnPart(c.role, 1) + ":sts::" + accountOf(c.role) + ":assumed-role/" + roleName(c.role) + "/sandbox"
}
