package arch

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

const root = "../.."

var (
	link     = regexp.MustCompile(`\]\(([^)\s]+)\)|(?:src|srcset|href)="([^"]+)"`)
	heading  = regexp.MustCompile(`(?m)^#+ +(.+)$`)
	unlinked = regexp.MustCompile(`[^\p{L}\p{N} _-]`) // what GitHub leaves out of the anchor of a heading
	command  = regexp.MustCompile("(?m)(?:`|^\\$? ?)make ([a-z][a-z-]*)")
	target   = regexp.MustCompile(`(?m)^([a-z][a-z-]*):`)
)

// TestLinksOfThePagesLeadSomewhere follows every relative link of the README and of docs, with its anchor.
func TestLinksOfThePagesLeadSomewhere(t *testing.T) {
	for page, text := range pages(t) {
		for _, m := range link.FindAllStringSubmatch(text, -1) {
			to := m[1] + m[2]
			if strings.Contains(to, "://") {
				continue
			}
			file, anchor, _ := strings.Cut(to, "#")
			path := filepath.Join(filepath.Dir(page), file)
			if file == "" {
				path = page
			}
			if _, err := os.Stat(path); err != nil {
				t.Errorf("%s links to %s, which is not there", page, to)
			} else if anchor != "" && !anchors(t, path)[anchor] {
				t.Errorf("%s links to %s, but that page has no such heading", page, to)
			}
		}
	}
}

// TestCommandsOfThePagesAreInTheMakefile: what a page tells people to type works.
func TestCommandsOfThePagesAreInTheMakefile(t *testing.T) {
	targets := map[string]bool{}
	for _, m := range target.FindAllStringSubmatch(read(t, filepath.Join(root, "Makefile")), -1) {
		targets[m[1]] = true
	}
	for page, text := range pages(t) {
		for _, m := range command.FindAllStringSubmatch(text, -1) {
			if !targets[m[1]] {
				t.Errorf("%s says make %s, which the Makefile does not know", page, m[1])
			}
		}
	}
}

// pages is the text of the README and of every page below docs.
func pages(t *testing.T) map[string]string {
	t.Helper()
	readme := filepath.Join(root, "README.md")
	found := map[string]string{readme: read(t, readme)}
	err := filepath.WalkDir(filepath.Join(root, "docs"), func(path string, _ fs.DirEntry, err error) error {
		if err == nil && filepath.Ext(path) == ".md" {
			found[path] = read(t, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// anchors is what GitHub makes of the headings of a page.
func anchors(t *testing.T, page string) map[string]bool {
	t.Helper()
	found := map[string]bool{}
	for _, m := range heading.FindAllStringSubmatch(read(t, page), -1) {
		found[strings.ReplaceAll(unlinked.ReplaceAllString(strings.ToLower(m[1]), ""), " ", "-")] = true
	}
	return found
}

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestActionsArePinned: a tag of somebody else's action can be moved, and the job that people copy holds credentials of AWS.
func TestActionsArePinned(t *testing.T) {
	uses, pinned := regexp.MustCompile(`(?m)uses: *(\S+)`), regexp.MustCompile(`@[0-9a-f]{40}$`)
	found := uses.FindAllStringSubmatch(read(t, filepath.Join(root, "docs/ci/github-actions.yaml")), -1)
	if len(found) == 0 {
		t.Fatal("no action found: the file or its form has changed")
	}
	for _, m := range found {
		if !pinned.MatchString(m[1]) {
			t.Errorf("%s is not pinned to a commit: write its 40 digits, and the tag behind it as a comment", m[1])
		}
	}
}
