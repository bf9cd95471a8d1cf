package webhook

import (
	"net/mail"
	"slices"
	"strings"
)

const (
	heads = "refs/heads/"
	tags  = "refs/tags/"
)

// deleted is the note for a branch or a tag that was deleted.
const deleted = "The branch or tag was deleted: nothing is released."

func tagged(ref string) bool { return strings.HasPrefix(ref, tags) }

// changes is what a commit did to paths, as GitHub and GitLab both write it.
type changes struct {
	Added    []string `json:"added"`
	Modified []string `json:"modified"`
	Removed  []string `json:"removed"`
}

func (c changes) all() []string { return slices.Concat(c.Added, c.Modified, c.Removed) }

func distinct(paths []string) []string {
	slices.Sort(paths)
	return slices.Compact(paths)
}

func either(first, second string) string {
	if first != "" {
		return first
	}
	return second
}

// address is the mail address in an author as git writes it, or the whole text if there is none.
func address(author string) string {
	if a, err := mail.ParseAddress(author); err == nil {
		return a.Address
	}
	return author
}
