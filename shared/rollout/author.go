package rollout

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Author is somebody whose work is in a release, or who pushed it.
type Author struct {
	Host   string `json:"host,omitempty"`   // of the code: github, gitlab, bitbucket or codecommit; empty when somebody wrote Name into an event
	ID     string `json:"id,omitempty"`     // the host's own name for them
	Mail   string `json:"mail,omitempty"`   // as the commit has it
	Name   string `json:"name,omitempty"`   // for people to read
	Pushed bool   `json:"pushed,omitempty"` // the host has seen them push
}

// String names the author with what the host knows best.
func (a Author) String() string {
	for _, name := range []string{a.ID, a.Mail, a.Name} {
		if name != "" {
			return name
		}
	}
	return "somebody"
}

// at is the name by which a host of code knows the person. It is never a mail address: anybody can write any address into a commit.
func (p Person) at(host string) string {
	return map[string]string{"github": p.GitHub, "gitlab": p.GitLab, "bitbucket": p.Bitbucket, "codecommit": p.AWS}[host]
}

// wrote says whether an author is this person, whose name in the definition is own.
func (p Person) wrote(a Author, own string) bool {
	if a.Host == "" {
		return p.is(a.Name, own)
	}
	same := func(known, told string) bool { return told != "" && strings.EqualFold(known, told) }
	return same(p.at(a.Host), a.ID) || same(p.Mail, a.Mail)
}

// mayBe is wider than wrote: it also holds if the author's id or mail is any name of the person. When in doubt it keeps somebody out.
func (p Person) mayBe(a Author, own string) bool {
	return p.wrote(a, own) || p.is(a.ID, own) || p.is(a.Mail, own)
}

// authors is everybody whose work is in the release: the authors of the push or, without any, the author that the request names.
func (r Release) authors() []Author {
	if len(r.Authors) == 0 && r.Revision.Author != "" {
		return []Author{{Name: r.Revision.Author}}
	}
	return r.Authors
}

// writers are the names of the people in the definition who are this author; none when the author is unknown.
func (d Definition) writers(a Author) (names []string) {
	for _, name := range slices.Sorted(maps.Keys(d.People)) {
		if d.People[name].wrote(a, name) {
			names = append(names, name)
		}
	}
	return names
}

// asks says whether people may be asked before a step.
func (d Definition) asks() bool { return len(d.Approvals) > 0 || d.Checks.WhenInconclusive.Ask != nil }

// Strangers says why the authors of a push are not all known: an author is not among people, or the host did not list every commit.
// Then somebody who approves might be an author (invariant I7). It is nil when no people are asked.
func (r Release) Strangers() *Rejection {
	s := r.Definition.Source
	if !r.Definition.asks() || s == nil || s.WhenUnknownAuthor == AllowUnknown || len(r.Authors) == 0 && !r.Unlisted {
		return nil
	}
	const anyway = "; or let people answer all the same, by source.whenUnknownAuthor: allow"
	for _, a := range r.Authors {
		if len(r.Definition.writers(a)) == 0 {
			return Because(fmt.Sprintf("%s, an author of the push, is nobody of people: somebody who approves might be that author", a),
				fmt.Sprintf("write %s under that person in people, deploy and push again%s", a.field(), anyway))
		}
	}
	if r.Unlisted {
		return Because("the host of the code did not list every commit of the push: an unknown author might approve their own work",
			"push fewer commits at once to a branch that exists"+anyway)
	}
	return nil
}

// field is the line under a person in a definition by which the author would be known.
func (a Author) field() string {
	key := a.Host
	switch {
	case a.Host == "codecommit":
		key = "aws"
	case a.Host == "":
		return fmt.Sprintf("event: %q", a.Name)
	}
	if a.ID == "" {
		return fmt.Sprintf("mail: %q", a.Mail)
	}
	return fmt.Sprintf("%s: %q", key, a.ID)
}

// hidden finds an author, or the person who started the release, who might be any member of a Slack group: they are not among
// people, or their Slack id is not written there. A starter who is not among people is a machine, and does not count.
func (r Release) hidden() (who string, found bool) {
	faceless := func(name string) bool { return r.Definition.People[name].Slack == "" }
	allowed := r.Definition.Source != nil && r.Definition.Source.WhenUnknownAuthor == AllowUnknown
	for _, a := range r.authors() {
		names := r.Definition.writers(a)
		if len(names) == 0 && !allowed && !isSlackID(a.Name, "UW") || slices.ContainsFunc(names, faceless) {
			return a.String(), true
		}
	}
	for _, name := range r.Definition.writers(Author{Name: r.By}) {
		if faceless(name) {
			return name, true
		}
	}
	return "", false
}
