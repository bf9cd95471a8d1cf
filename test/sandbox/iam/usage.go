package iam

import (
	"cmp"
	"maps"
	"slices"
	"sync"
)

// A Use is something that a role did and was allowed to.
type Use struct{ Role, Action, Resource string }

// A Grant is one action on one resource, as a role's policies allow it in so many words.
type Grant struct{ Role, Sid, Action, Resource string }

// usage keeps what was used. It grows with the number of different calls, not of calls.
type usage struct {
	mu     sync.Mutex
	uses   map[Use]bool
	grants map[*statement]map[[2]int]bool // indexes of the action and resource patterns that a call matched
	marked map[marked]bool                // what is in grants already
}

type marked struct {
	by               *statement
	action, resource string
}

// note remembers an allowed request and the role's own statements that allowed it.
func (u *usage) note(c caller, r Request, allowed []*statement) {
	if c.role == "" {
		return
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.uses == nil {
		u.uses, u.grants, u.marked = map[Use]bool{}, map[*statement]map[[2]int]bool{}, map[marked]bool{}
	}
	u.uses[Use{c.role, r.Action, r.Resource}] = true
	for _, s := range allowed {
		m := marked{s, r.Action, r.Resource}
		if u.marked[m] {
			continue
		}
		u.marked[m] = true
		if u.grants[s] == nil {
			u.grants[s] = map[[2]int]bool{}
		}
		s.mark(folded(r.Action), r.Resource, u.grants[s])
	}
}

// mark notes the indexes of the patterns that match an action on a resource.
func (s *statement) mark(lowerAction, resource string, used map[[2]int]bool) {
	for i, a := range s.actions {
		if !a.match(lowerAction) {
			continue
		}
		for j, r := range s.resources {
			if r.match(resource) {
				used[[2]int{i, j}] = true
			}
		}
	}
}

// Used lists what the roles did, sorted.
func (p *Policies) Used() []Use {
	p.usage.mu.Lock()
	defer p.usage.mu.Unlock()
	return slices.SortedFunc(maps.Keys(p.usage.uses), func(a, b Use) int {
		return cmp.Or(cmp.Compare(a.Role, b.Role), cmp.Compare(a.Action, b.Action), cmp.Compare(a.Resource, b.Resource))
	})
}

// Unused lists what the roles' policies allow and no call has used, sorted. A statement by NotAction or NotResource
// allows nothing in so many words, so it is not listed.
func (p *Policies) Unused() []Grant {
	p.mu.RLock()
	defer p.mu.RUnlock()
	p.usage.mu.Lock()
	defer p.usage.mu.Unlock()
	var unused []Grant
	for _, r := range p.roles {
		for _, s := range r.statements {
			unused = append(unused, s.unused(r.arn, p.usage.grants[s])...)
		}
	}
	slices.SortFunc(unused, func(a, b Grant) int {
		return cmp.Or(cmp.Compare(a.Role, b.Role), cmp.Compare(a.Sid, b.Sid), cmp.Compare(a.Action, b.Action), cmp.Compare(a.Resource, b.Resource))
	})
	return unused
}

func (s *statement) unused(role string, used map[[2]int]bool) (grants []Grant) {
	if s.deny {
		return nil
	}
	for i, action := range s.source.Action {
		for j, resource := range s.source.Resource {
			if !used[[2]int{i, j}] {
				grants = append(grants, Grant{role, s.source.Sid, action, resource})
			}
		}
	}
	return grants
}
