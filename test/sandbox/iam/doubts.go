package iam

import (
	"fmt"
	"slices"
	"strings"

	"sluice/test/sandbox/memo"
)

// unasked is why AWS never asks this question, so that no policy allows it; "" when it does. It keeps the sandbox from asking about a
// resource, or with a condition key, that a policy of ours names and AWS's own question does not.
func (q *question) unasked() string {
	if reason := foreign(q.Action, q.Resource); reason != "" {
		return reason
	}
	for key := range q.Keys {
		if reason := keyless(q.Action, key); reason != "" {
			return reason
		}
	}
	for key := range q.Context {
		if reason := keyless(q.Action, key); reason != "" {
			return reason
		}
	}
	return ""
}

// foreign is why no request for an action is about a resource, "" if one can be.
func foreign(action, resource string) string { return remembered(action, resource, foreignTo) }

// keyless is why no request for an action has a condition key, "" if one can have it.
func keyless(action, key string) string { return remembered(action, key, keylessIn) }

var (
	foreignTo = memo.Of(10_000, func(asked string) (string, error) {
		action, resource, _ := strings.Cut(asked, "\x00")
		a, known := ActionOf(action)
		switch {
		case !known:
			return "because the sandbox has no facts about " + action + ": write it where it is granted, and run make facts", nil
		case !a.Takes(resource):
			return "because AWS does not ask about that: " + a.String(), nil
		}
		return "", nil
	})
	keylessIn = memo.Of(10_000, func(asked string) (string, error) {
		action, key, _ := strings.Cut(asked, "\x00")
		if a, _ := ActionOf(action); !a.HasKey(key) {
			return "because no request for it has the key " + key, nil
		}
		return "", nil
	})
)

func remembered(action, about string, known func(string) (string, error)) string {
	reason, _ := known(action + "\x00" + about) // it has no errors
	return reason
}

// Doubts lists what the policies of roles say and AWS would make nothing of, or not enough, sorted: actions that it does not
// know, resources that no request for the action is about, condition keys that it does not have, and required
// resources that the role was not granted.
func (p *Policies) Doubts() []string {
	p.mu.RLock()
	defer p.mu.RUnlock()
	var found []string
	for _, r := range p.roles {
		for _, doubt := range r.doubts() {
			found = append(found, "role "+roleName(r.arn)+": "+doubt)
		}
	}
	slices.Sort(found)
	return slices.Compact(found)
}

func (r *role) doubts() (found []string) {
	granted := map[string][]string{} // resources by action
	for _, s := range r.statements {
		if s.deny || s.notActions || s.notResource {
			continue
		}
		for _, name := range s.source.Action {
			if strings.ContainsAny(name, "*?") {
				found = append(found, "statement "+s.source.Sid+" allows "+name+", and the sandbox has facts of single actions only")
				continue
			}
			found = append(found, s.doubtsAbout(name)...)
			granted[name] = append(granted[name], s.source.Resource...)
		}
	}
	for name, resources := range granted {
		a, _ := ActionOf(name)
		for _, t := range a.Missing(resources) {
			found = append(found, fmt.Sprintf("%s is allowed on %s, and AWS asks about %s as well", name, strings.Join(resources, ", "), resourceTypes[t].ARN))
		}
	}
	return found
}

func (s *statement) doubtsAbout(name string) (found []string) {
	a, known := ActionOf(name)
	if !known {
		return []string{"statement " + s.source.Sid + " allows " + name + ", which AWS does not know, or make facts has not seen"}
	}
	for _, resource := range s.source.Resource {
		if !a.Grants(resource) {
			found = append(found, fmt.Sprintf("statement %s allows %s on %s, which grants nothing: %s", s.source.Sid, name, resource, a))
		}
	}
	for _, keys := range s.source.Condition {
		for key := range keys {
			if !a.HasKey(key) {
				found = append(found, fmt.Sprintf("statement %s allows %s where %s is such, and no request for it has that key", s.source.Sid, name, key))
			}
		}
	}
	return found
}
