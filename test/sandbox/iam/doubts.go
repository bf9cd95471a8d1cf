package iam

import (
	"fmt"
	"slices"
	"strings"
)

// unasked is why AWS never asks this question, so that no policy allows it; "" when it does. It keeps the sandbox from asking about a
// resource, or with a condition key, that a policy of ours names and AWS's own question does not.
func (q *question) unasked() string {
	a, known := ActionOf(q.Action)
	switch {
	case !known:
		return "because the sandbox has no facts about " + q.Action + ": write it where it is granted, and run make facts"
	case !a.Takes(q.Resource):
		return "because AWS does not ask about that: " + a.String()
	}
	for key := range q.Keys {
		if !a.HasKey(key) {
			return "because no request for it has the key " + key
		}
	}
	for key := range q.Context {
		if !a.HasKey(key) {
			return "because no request for it has the key " + key
		}
	}
	return ""
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
