package rollout

import (
	"fmt"
	"slices"
	"strings"
)

// Push is what is known of a push when Sluice decides whether a service wants it.
type Push struct {
	Repository string   // with its host: github/acme/checkout
	Ref        string   // refs/heads/<branch> or refs/tags/<tag>
	Commit     string   // full id
	Message    string   // first line
	Paths      []string // the files that changed; none: unknown, so any file may have changed
	Skip       string   // the words in the message that ask for no CI
	Workflow   string   // the workflow that succeeded for the pushed commit; empty: this is the push itself
	Authors    []Author
	Unlisted   bool // there may be other authors
}

// Short is the commit as people write it.
func (p Push) Short() string { return p.Commit[:min(7, len(p.Commit))] }

// branch is what was pushed in words: "branch main", "tag v1.2".
func (p Push) branch() string {
	return strings.NewReplacer("refs/heads/", "branch ", "refs/tags/", "tag ").Replace(p.Ref)
}

// Declines says why a push does not count, as the end of a sentence that begins with the service; empty when it counts.
func (s Source) Declines(p Push) string {
	switch {
	case !s.names(p.Ref):
		return fmt.Sprintf("is not released from %s, but from %s", p.branch(), s.Where())
	case p.Workflow == "" && s.Workflow != "":
		return fmt.Sprintf("is released when the workflow %q has succeeded", s.Workflow)
	case p.Workflow != "" && s.Workflow == "":
		return "is released by the push itself, and not when a workflow has succeeded: write source.workflow where it should wait"
	case p.Workflow != s.Workflow:
		return fmt.Sprintf("is released when the workflow %q has succeeded, and not %q", s.Workflow, p.Workflow)
	case p.Skip != "" && s.WhenSkipped != ReleaseSkipped:
		return fmt.Sprintf("is not released: the commit's message says %s (source.whenSkipped)", p.Skip)
	case len(s.Paths) > 0 && len(p.Paths) > 0 && !slices.ContainsFunc(p.Paths, func(f string) bool { return chosen(s.Paths, f) }):
		return "is not released: its source.paths name none of the files that changed"
	}
	return ""
}

// names says whether a branch or a tag counts.
func (s Source) names(ref string) bool {
	branch, isBranch := strings.CutPrefix(ref, "refs/heads/")
	tag, isTag := strings.CutPrefix(ref, "refs/tags/")
	return isBranch && chosen(s.branches(), branch) || isTag && chosen(s.Tags, tag)
}

// branches is the patterns of branches, with the default.
func (s Source) branches() []string {
	if len(s.Branches)+len(s.Tags) == 0 {
		return []string{"main"}
	}
	return s.Branches
}

// Where names, in words, the branches and tags from which the service is released.
func (s Source) Where() string {
	var all []string
	for _, kind := range []struct {
		name     string
		patterns []string
	}{{"branch", s.branches()}, {"tag", s.Tags}} {
		if len(kind.patterns) > 0 {
			all = append(all, kind.name+" "+strings.Join(kind.patterns, ", "))
		}
	}
	return strings.Join(all, " and ")
}

// Mends is what a push mends according to its message; its release may then begin while a guard alarm is red. Anybody can write a
// message, so it counts only if the host saw a person push who may override. seen says that Sluice itself heard of the push from the host.
func (d Definition) Mends(p Push, seen bool) (what string, refusal *Rejection) {
	if what = Fixes(p.Message); what == "" {
		return "", nil
	}
	if d.Gates == nil || len(d.Gates.Override) == 0 {
		return "", Because(fmt.Sprintf("its message says that it fixes %s, but nobody may override", what), "name somebody in gates.override; it counts for later pushes")
	}
	for _, a := range p.Authors {
		for _, name := range d.Gates.Override {
			if known := d.People[name].at(a.Host); seen && a.Pushed && known != "" && strings.EqualFold(known, a.ID) {
				return what, nil
			}
		}
	}
	return "", Because(fmt.Sprintf("its message says that it fixes %s, but nobody pushed it who may override", what), "have one of "+strings.Join(d.Gates.Override, ", ")+" push it, or ask for the release with fixes")
}
