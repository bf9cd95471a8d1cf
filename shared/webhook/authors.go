package webhook

import (
	"regexp"
	"strings"

	"sluice/events"
)

// coAuthor is a trailer that GitHub and GitLab show as an author
// (https://docs.github.com/en/pull-requests/committing-changes-to-your-project/creating-and-editing-commits/creating-a-commit-with-multiple-authors).
// It is read anywhere in a message: one author too many keeps somebody out, but one too few lets somebody in.
const coAuthor = `(?im)^[ \t]*co-authored-by:[ \t]*(.*?)[ \t]*<([^<>\s]+)>`

// coAuthors are the people whom a commit's message names as authors.
func coAuthors(message string) (all []events.Author) {
	if !strings.Contains(strings.ToLower(message), "co-authored-by") { // true for most messages: the expression is compiled only for the others
		return nil
	}
	for _, found := range regexp.MustCompile(coAuthor).FindAllStringSubmatch(message, -1) {
		all = append(all, events.Author{Name: found[1], Mail: found[2]})
	}
	return all
}

// byMail gives an author the host's id if the mail is a private address of the host: 7+ada@users.noreply.github.com is the login ada
// (https://docs.github.com/en/account-and-profile/reference/email-addresses-reference), 4-ada@users.noreply.gitlab.com is user 4
// (https://docs.gitlab.com/user/profile/#use-an-automatically-generated-private-commit-email).
func byMail(host string, a events.Author) events.Author {
	local, domain, _ := strings.Cut(strings.ToLower(a.Mail), "@")
	switch {
	case a.ID != "":
	case host == events.GitHub && domain == "users.noreply.github.com":
		_, login, numbered := strings.Cut(local, "+")
		if a.ID = login; !numbered {
			a.ID = local
		}
	case host == events.GitLab && strings.HasPrefix(domain, "users.noreply."):
		a.ID, _, _ = strings.Cut(local, "-")
	}
	return a
}

// together lists the pusher and the authors of commits, each once.
func together(host string, pusher events.Author, commits ...[]events.Author) []events.Author {
	var all []events.Author
	seen := map[events.Author]bool{{}: true}
	add := func(a events.Author) {
		if !seen[a] {
			seen[a], all = true, append(all, a)
		}
	}
	if pusher != (events.Author{}) {
		pusher.Pushed = true
		add(pusher)
	}
	for _, authors := range commits {
		for _, a := range authors {
			add(byMail(host, a))
		}
	}
	return all
}
