package events_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sluice/events"
)

const sha = "4f1c2a9be07d35861b24c9d7e5f60a1832b7cd90"

func pushed() events.Push {
	return events.Push{Host: events.GitHub, Repository: "acme/checkout", Ref: "refs/heads/main", Commit: sha, Delivery: "github-1"}
}

func TestPushesThatSayTheCommitAreRead(t *testing.T) {
	for name, change := range map[string]func(*events.Push){
		"branch with a slash": func(p *events.Push) { p.Ref = "refs/heads/team/it's-ä" },
		"tag":                 func(p *events.Push) { p.Ref = "refs/tags/v1.2" },
		"sha-256":             func(p *events.Push) { p.Commit = strings.Repeat("0a", 32) },
		"subgroups":           func(p *events.Push) { p.Host, p.Repository = events.GitLab, "acme/shop/back.end/checkout" },
		"personal repository": func(p *events.Push) { p.Host, p.Repository = events.Bitbucket, "~ada/checkout" },
		"one name":            func(p *events.Push) { p.Host, p.Repository = events.CodeCommit, "checkout" },
	} {
		p := pushed()
		change(&p)
		got, err := events.ReadPush(raw(t, p))
		if diff := cmp.Diff(p, got); err != nil || diff != "" {
			t.Errorf("%s: %v (-sent +read):\n%s", name, err, diff)
		}
	}
}

func TestPushesThatDoNotSayTheCommitAreMalformed(t *testing.T) {
	for name, row := range map[string]struct {
		field  string
		change func(*events.Push)
	}{
		"no host":           {"detail.host", func(p *events.Push) { p.Host = "" }},
		"other host":        {"detail.host", func(p *events.Push) { p.Host = "GitHub" }},
		"no repository":     {"detail.repository", func(p *events.Push) { p.Repository = "" }},
		"a URL":             {"detail.repository", func(p *events.Push) { p.Repository = "https://github.com/acme/checkout" }},
		"an empty part":     {"detail.repository", func(p *events.Push) { p.Repository = "acme//checkout" }},
		"endless":           {"detail.repository", func(p *events.Push) { p.Repository = strings.Repeat("x", 5000) }},
		"short ref":         {"detail.ref", func(p *events.Push) { p.Ref = "main" }},
		"pull request":      {"detail.ref", func(p *events.Push) { p.Ref = "refs/pull/1/head" }},
		"blank in ref":      {"detail.ref", func(p *events.Push) { p.Ref = "refs/heads/a b" }},
		"wildcard":          {"detail.ref", func(p *events.Push) { p.Ref = "refs/heads/*" }},
		"endless ref":       {"detail.ref", func(p *events.Push) { p.Ref = "refs/heads/" + strings.Repeat("ä", 251) }},
		"no commit":         {"detail.commit", func(p *events.Push) { p.Commit = "" }},
		"short commit":      {"detail.commit", func(p *events.Push) { p.Commit = sha[:7] }},
		"upper case":        {"detail.commit", func(p *events.Push) { p.Commit = strings.ToUpper(sha) }},
		"nothing":           {"detail.commit", func(p *events.Push) { p.Commit = strings.Repeat("0", 40) }},
		"no delivery":       {"detail.delivery", func(p *events.Push) { p.Delivery = "" }},
		"blank in delivery": {"detail.delivery", func(p *events.Push) { p.Delivery = "a b" }},
		"endless delivery":  {"detail.delivery", func(p *events.Push) { p.Delivery = strings.Repeat("x", 201) }},
	} {
		p := pushed()
		row.change(&p)
		_, err := events.ReadPush(raw(t, p))
		malformedAt(t, name, row.field, err)
	}
	_, err := events.ReadPush(events.Raw{Detail: json.RawMessage(`{"commit": 5}`)})
	malformedAt(t, "a number", "detail.commit", err)
}

func TestTextsOfAPushBecomeOneShortLine(t *testing.T) {
	p := pushed()
	p.Message = "round prices\n\nEvery price is rounded."
	p.Author, p.Pusher = "ada\tlovelace", strings.Repeat("x", 5000)
	got, err := events.ReadPush(raw(t, p))
	if err != nil || got.Message != "round prices" || got.Author != "ada lovelace" || len(got.Pusher) > 1024 {
		t.Errorf("%v: message %q, author %q, pusher of %d bytes", err, got.Message, got.Author, len(got.Pusher))
	}
}

// A list of paths is whole or not there: a hole in it would hide a change.
func TestPathsThatCannotBeKeptAreUnknown(t *testing.T) {
	for name, row := range map[string]struct {
		paths []string
		kept  bool
	}{
		"few":               {[]string{"a.go", "päth with blanks/b"}, true},
		"1000":              {paths(1000, 20), true},
		"1001":              {paths(1001, 20), false},
		"300 bytes":         {paths(1, 300), true},
		"301 bytes":         {paths(2, 301), false},
		"too many bytes":    {paths(1000, 300), false},
		"too much escaping": {slices.Repeat([]string{strings.Repeat("<", 300)}, 100), false},
		"empty path":        {[]string{"a.go", ""}, false},
		"control character": {[]string{"a.go", "b\nc"}, false},
		"broken text":       {[]string{"a.go", "b\uFFFD"}, false},
		"none":              {nil, false},
	} {
		p := pushed()
		p.Paths = row.paths
		got, err := events.ReadPush(raw(t, p))
		want := row.paths
		if !row.kept {
			want = nil
		}
		if diff := cmp.Diff(want, got.Paths); err != nil || diff != "" {
			t.Errorf("%s: %v (-want +kept):\n%s", name, err, diff)
		}
	}
}

func paths(n, length int) (all []string) {
	for i := range n {
		all = append(all, fmt.Sprintf("%0*d", length, i))
	}
	return all
}

func TestArtifactsThatDoNotSayWhatIsPublishedAreMalformed(t *testing.T) {
	whole := events.Artifact{Kind: events.Function, Name: "checkout", Version: "42", Delivery: "1"}
	if got, err := events.ReadArtifact(raw(t, whole)); err != nil || got != whole {
		t.Errorf("%+v: %v", got, err)
	}
	for name, row := range map[string]struct {
		field  string
		change func(*events.Artifact)
	}{
		"no kind":           {"detail.kind", func(a *events.Artifact) { a.Kind = "" }},
		"other kind":        {"detail.kind", func(a *events.Artifact) { a.Kind = "tar" }},
		"no name":           {"detail.name", func(a *events.Artifact) { a.Name = "" }},
		"no version":        {"detail.version", func(a *events.Artifact) { a.Version = "" }},
		"$LATEST":           {"detail.version", func(a *events.Artifact) { a.Version = "$LATEST" }},
		"image, no digest":  {"detail.version", func(a *events.Artifact) { a.Kind, a.Version = events.Image, "" }},
		"object, no key":    {"detail.key", func(a *events.Artifact) { a.Kind = events.Object }},
		"trimmed key":       {"detail.key", func(a *events.Artifact) { a.Kind, a.Key = events.Object, "a " }},
		"cut key":           {"detail.key", func(a *events.Artifact) { a.Kind, a.Key = events.Object, strings.Repeat("x", 1025) }},
		"no delivery":       {"detail.delivery", func(a *events.Artifact) { a.Delivery = "" }},
		"blank in delivery": {"detail.delivery", func(a *events.Artifact) { a.Delivery = "a\nb" }},
	} {
		a := whole
		row.change(&a)
		_, err := events.ReadArtifact(raw(t, a))
		malformedAt(t, name, row.field, err)
	}
}

func raw(t *testing.T, detail any) events.Raw {
	t.Helper()
	text, err := json.Marshal(detail)
	if err != nil {
		t.Fatal(err)
	}
	return events.Raw{ID: "1", Detail: text}
}

func malformedAt(t *testing.T, name, field string, err error) {
	t.Helper()
	var m *events.Malformed
	if !errors.As(err, &m) || m.Field != field {
		t.Errorf("%s: %v, want a fault at %s", name, err, field)
		return
	}
	refusedWell(t, err)
}
