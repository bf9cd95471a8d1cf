package events

import (
	"slices"
	"unicode/utf8"
)

// An Author is a person whose work a push brings, or who pushed it, by the names under which the host of the code knows them.
type Author struct {
	ID     string `json:"id,omitempty"`     // the host's own: GitHub's login, the number of GitLab's or Data Center's user, Bitbucket Cloud's uuid, an ARN
	Mail   string `json:"mail,omitempty"`   // as the commit has it: anybody can write any address
	Name   string `json:"name,omitempty"`   // for people to read
	Pushed bool   `json:"pushed,omitempty"` // the host has seen them push; commits only claim their authors
}

// How many authors are kept, and how much of each name. If there are more, the push counts as Partial.
const (
	mostAuthors   = 50
	longestAuthor = 200 // bytes of each name
)

// authorsKept is the authors, each once and in a form fit for records; whole is false when some had to be left out.
func authorsKept(authors []Author) (kept []Author, whole bool) {
	for _, a := range authors {
		for _, text := range []*string{&a.ID, &a.Mail, &a.Name} {
			if *text = Line(*text); len(*text) > longestAuthor {
				*text = cutAt(*text, longestAuthor)
			}
		}
		if a == (Author{}) || slices.Contains(kept, a) {
			continue
		}
		if len(kept) == mostAuthors {
			return kept, false
		}
		kept = append(kept, a)
	}
	return kept, true
}

// cutAt is the beginning of a text, at most so many bytes and only whole characters.
func cutAt(s string, bytes int) string {
	for bytes > 0 && !utf8.RuneStart(s[bytes]) {
		bytes--
	}
	return s[:bytes]
}
