package rollout

import (
	"fmt"
	"strings"
)

// A form is a way to write a pattern that would match nothing: how to see it, what is wrong with it, and the right form.
type form struct {
	wrong func(p string) bool
	says  string
	right func(p string) string
}

// pathForms are the wrong forms of patterns of files: what people write in shells, .gitignore and other tools.
var pathForms = append([]form{
	{
		func(p string) bool { return strings.Contains(p, `\`) }, "no file's path in git holds a backslash",
		func(p string) string { return strings.ReplaceAll(p, `\`, "/") },
	},
	{
		func(p string) bool { return strings.HasPrefix(p, "./") || strings.Contains(p, "/./") || p == "." }, "paths begin at the repository's root, without a dot",
		func(p string) string {
			if p = strings.ReplaceAll(strings.TrimPrefix(p, "./"), "/./", "/"); p == "." || p == "" {
				return "**"
			}
			return p
		},
	},
	{
		func(p string) bool { return strings.HasSuffix(p, "/") }, "it names a folder, and only files change",
		func(p string) string { return strings.TrimRight(p, "/") + "/**" },
	},
	{func(p string) bool { return strings.Contains("/"+p+"/", "/../") }, "it leads out of the repository", nil},
}, anyForms...)

// anyForms are wrong for files, branches and tags alike.
var anyForms = []form{
	{func(p string) bool { return p != strings.TrimSpace(p) }, "it begins or ends with a blank", strings.TrimSpace},
	{func(p string) bool { return strings.HasPrefix(p, "/") }, "nothing begins with a slash", func(p string) string { return strings.TrimLeft(p, "/") }},
	{func(p string) bool { return strings.Contains(p, "//") }, "there is nothing between two slashes", func(p string) string { return strings.ReplaceAll(p, "//", "/") }},
	{func(p string) bool { return strings.ContainsAny(p, "{}") }, "braces are not alternatives here", alternatives},
}

// refForms are wrong for branches and tags: https://git-scm.com/docs/git-check-ref-format says what a name may hold.
var refForms = append([]form{
	{
		func(p string) bool { return strings.HasPrefix(p, "refs/") || strings.HasPrefix(p, "origin/") }, "it is written without what git puts before it",
		func(p string) string {
			for _, prefix := range []string{"refs/heads/", "refs/tags/", "refs/", "origin/"} {
				p = strings.TrimPrefix(p, prefix)
			}
			return p
		},
	},
	{
		func(p string) bool { return strings.Contains(p, ",") && strings.Contains(p, " ") }, "one pattern is one name",
		func(p string) string { return strings.Join(strings.Fields(strings.ReplaceAll(p, ",", " ")), `" and "`) },
	},
	{func(p string) bool { return strings.ContainsAny(p, " ~^:[\\") || strings.Contains(p, "..") }, "no branch or tag can be called that: * and ? are the only wildcards", nil},
}, anyForms...)

// formOf says what is wrong with a pattern that matches nothing, and what to write; both are empty when nothing is wrong.
func formOf(p string, forms []form) (wrong, remedy string) {
	bare, out := strings.CutPrefix(p, "!")
	if bare == "" || len(bare) > 200 {
		return fmt.Sprintf("%.60q matches nothing", p), "write a pattern from the root on, such as main, release/* or services/checkout/**"
	}
	for _, f := range forms {
		if !f.wrong(bare) {
			continue
		}
		remedy = "write a pattern from the root on, such as main, release/* or services/checkout/**"
		if f.right != nil {
			if right := f.right(bare); right != "" && right != bare {
				remedy = fmt.Sprintf("write %q", map[bool]string{true: "!"}[out]+right)
				remedy = strings.ReplaceAll(remedy, `\"`, `"`)
			}
		}
		return fmt.Sprintf("%.60q matches nothing: %s", p, f.says), remedy
	}
	return "", ""
}

// alternatives writes a pattern with braces as several patterns without: "{cmd,web}/**" becomes `cmd/**" and "web/**`.
func alternatives(p string) string {
	before, rest, found := strings.Cut(p, "{")
	inner, after, closed := strings.Cut(rest, "}")
	if !found || !closed {
		return strings.NewReplacer("{", "", "}", "").Replace(p)
	}
	var all []string
	for alternative := range strings.SplitSeq(inner, ",") {
		if alternative = before + strings.TrimSpace(alternative) + after; strings.Contains(alternative, "{") {
			alternative = alternatives(alternative)
		}
		all = append(all, alternative)
	}
	return strings.Join(all, `" and "`)
}

// repositoryForm is the right form of a repository that somebody copied from elsewhere, such as
// https://github.com/acme/checkout.git; empty when it cannot be told.
func repositoryForm(s string) string {
	s = strings.NewReplacer("https://", "", "http://", "", "ssh://", "", "git@", "").Replace(s)
	s = strings.TrimSuffix(strings.TrimRight(strings.Replace(s, ":", "/", 1), "/"), ".git")
	for address, host := range map[string]string{"github.com/": "github/", "gitlab.com/": "gitlab/", "bitbucket.org/": "bitbucket/"} {
		if rest, found := strings.CutPrefix(s, address); found {
			s = host + rest
		}
	}
	if repositoryWrong(s) != "" {
		return ""
	}
	return s
}

// repositoryWrong says why no event can be of a repository with that name; empty when an event can.
func repositoryWrong(s string) string {
	host, path, _ := strings.Cut(s, "/")
	parts := strings.Count(path, "/") + 1
	switch {
	case !repositoryName.MatchString(s):
		return "it is not a repository"
	case strings.HasSuffix(path, ".git"):
		return "hosts write it without .git"
	case (host == "github" || host == "bitbucket") && parts != 2:
		return "a repository of " + host + " has an owner and a name"
	case host == "gitlab" && parts < 2:
		return "a repository of gitlab has a group and a name"
	case host == "codecommit" && parts != 1:
		return "a repository of codecommit has a name alone"
	}
	return ""
}
