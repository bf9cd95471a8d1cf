package events

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// CommitPushed says that a branch or a tag points to another commit.
const CommitPushed = "commit.pushed"

// The hosts of code.
const (
	GitHub     = "github"
	GitLab     = "gitlab"
	Bitbucket  = "bitbucket"
	CodeCommit = "codecommit"
)

// Push is the detail of CommitPushed.
type Push struct {
	Host       string    `json:"host"`               // github, gitlab, bitbucket or codecommit
	Repository string    `json:"repository"`         // as the host writes it: "acme/checkout"
	Ref        string    `json:"ref"`                // refs/heads/main or refs/tags/v1.2
	Commit     string    `json:"commit"`             // 40 or 64 hex digits
	Author     string    `json:"author,omitempty"`   // who wrote the commit: the login if it is known, else the mail address
	Pusher     string    `json:"pusher,omitempty"`   // who pushed
	Authors    []Author  `json:"authors,omitempty"`  // authors of every commit that the host lists, and who pushed
	Partial    bool      `json:"partial,omitempty"`  // the host did not list every commit: there may be other authors
	Message    string    `json:"message,omitempty"`  // first line
	Skip       string    `json:"skip,omitempty"`     // the words in the last commit's message that ask for no CI: "[skip ci]"
	Paths      []string  `json:"paths,omitempty"`    // files that the push changed; absent when the host did not say: then any file may have changed
	Workflow   string    `json:"workflow,omitempty"` // the workflow that succeeded for the pushed commit; empty: this is the push itself
	At         time.Time `json:"at,omitzero"`        // when it was pushed; absent when the host did not say
	Delivery   string    `json:"delivery"`           // name of this push; the same in every delivery of it
}

const (
	repository expression = `^[A-Za-z0-9_.~-]+(/[A-Za-z0-9_.~-]+)*$`
	ref        expression = `^refs/(heads|tags)/[^\x00-\x20\x7f-\x9f~^:?*\[\\\x{FFFD}]{1,250}$`
	commit     expression = `^([0-9a-f]{40}|[0-9a-f]{64})$`
	delivery   expression = `^[\x21-\x7e]{1,200}$`
)

// PushPattern selects pushes and artifacts on Sluice's own bus from any sender: Sluice itself sends those of webhooks and of AWS,
// and CI may send others. This makes no loop, because nothing answers them with a push.
func PushPattern() Pattern {
	return Pattern{"detail-type": []string{CommitPushed, ArtifactPublished}}
}

// ReadPush reads the detail of a CommitPushed. A Malformed detail is returned as far as it could be read.
func ReadPush(e Raw) (Push, error) {
	var p Push
	err := Decode(e.Detail, "detail", &p)
	p, wrong := p.Checked()
	if err != nil {
		return p, err
	}
	return p, wrong
}

// Checked is the push in a form that may be sent and kept: its texts are short, and if it has too many paths they count as
// unknown. The error is Malformed when the push does not say which commit is where.
func (p Push) Checked() (Push, error) {
	p.Message, _, _ = strings.Cut(p.Message, "\n")
	for _, text := range []*string{&p.Host, &p.Repository, &p.Ref, &p.Commit, &p.Author, &p.Pusher, &p.Message, &p.Skip, &p.Workflow, &p.Delivery} {
		*text = Line(*text)
	}
	p.Paths = kept(p.Paths)
	authors, whole := authorsKept(p.Authors)
	p.Authors, p.Partial = authors, p.Partial || !whole
	switch {
	case p.Host != GitHub && p.Host != GitLab && p.Host != Bitbucket && p.Host != CodeCommit:
		return p, &Malformed{"detail.host", fmt.Sprintf("is %.60q", p.Host), "write github, gitlab, bitbucket or codecommit"}
	case !repository.MatchString(p.Repository):
		return p, &Malformed{"detail.repository", fmt.Sprintf("is %.60q, which is no repository", p.Repository), `write it as the host does, such as "acme/checkout"`}
	case !ref.MatchString(p.Ref):
		return p, &Malformed{"detail.ref", fmt.Sprintf("is %.60q, which is neither branch nor tag", p.Ref), "write refs/heads/ and the branch, or refs/tags/ and the tag"}
	case !IsCommit(p.Commit):
		return p, &Malformed{"detail.commit", fmt.Sprintf("is %.60q, which is no commit", p.Commit), "write the commit's full id: 40 or 64 lower-case hex digits, not all of them zero"}
	case !delivery.MatchString(p.Delivery):
		return p, &Malformed{"detail.delivery", fmt.Sprintf("is %.60q", p.Delivery), "write what names this push, the same each time that it is sent: 1 to 200 characters without blanks"}
	}
	return p, nil
}

// IsRepository says whether a text is the name of a repository, as its host writes it.
func IsRepository(s string) bool { return len(s) <= longest && repository.MatchString(s) }

// IsCommit says whether a text is the full id of a commit. Hosts write zeros when there is no commit.
func IsCommit(s string) bool { return commit.MatchString(s) && strings.Trim(s, "0") != "" }

// How many paths are kept. The event must stay far below the 1 MB that EventBridge takes.
const (
	mostPaths   = 1000
	longestPath = 300     // bytes
	mostListed  = 128_000 // bytes of all paths as JSON
)

// kept is the paths, or nothing if one cannot be kept as it is: an incomplete list would hide what changed.
func kept(paths []string) []string {
	if len(paths) == 0 || len(paths) > mostPaths {
		return nil
	}
	for _, path := range paths {
		if path == "" || len(path) > longestPath || strings.ContainsFunc(path, unreadable) {
			return nil
		}
	}
	if text, err := json.Marshal(paths); err != nil || len(text) > mostListed {
		return nil
	}
	return paths
}

func unreadable(r rune) bool { return unicode.IsControl(r) || r == utf8.RuneError }
