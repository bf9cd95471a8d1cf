package commands

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

const root = "../.."

// A command is what a page tells people to type.
type command struct {
	page string // from the root
	line int
	text string
}

var (
	fence     = regexp.MustCompile("^( *)```([a-z]*)$")
	code      = regexp.MustCompile("`([^`]+)`")
	assigned  = `(?:[A-Z_]+=(?:\$\([^)]*\)|[^\s$])* +)*`
	begins    = regexp.MustCompile(`^` + assigned + `(?:(?:aws|make|go|git|curl|cdk|npm|npx|jq|openssl|echo|sluice) +\S|\. \S|\S*/\S+\.sh )`)
	commands  = regexp.MustCompile(`^ *commands:$`)
	item      = regexp.MustCompile(`^ *- (.*)$`)
	continued = regexp.MustCompile(`^\.\.\. (-[a-z]+)`)
)

// pages are what people read, in the order in which they do.
func pages(t *testing.T) []string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(root, "docs", "*.md"))
	if err != nil {
		t.Fatal(err)
	}
	all := append([]string{filepath.Join(root, "README.md")}, found...)
	return append(all, filepath.Join(root, "docs", "ci", "README.md"), filepath.Join(root, "docs", "ci", "codepipeline.md"))
}

// commandsOf are the commands of a page: lines of blocks, and code in the text.
func commandsOf(t *testing.T, page string) []command {
	t.Helper()
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	name := strings.TrimPrefix(page, root+"/")
	var found []command
	lines := strings.Split(string(text), "\n")
	for n := 0; n < len(lines); n++ {
		if open := fence.FindStringSubmatch(lines[n]); open != nil {
			end := n + 1 + slices.IndexFunc(lines[n+1:], func(l string) bool { return strings.TrimSpace(l) == "```" })
			for _, c := range ofBlock(open[2], unindented(lines[n+1:end], open[1])) {
				found = append(found, command{name, n + 2 + c.line, c.text})
			}
			n = end
			continue
		}
		for _, m := range code.FindAllStringSubmatch(lines[n], -1) {
			said := whole(strings.ReplaceAll(m[1], `\|`, "|"), found) // a bar is escaped in tables
			if begins.MatchString(said) {
				found = append(found, command{name, n + 1, said})
			}
		}
	}
	return found
}

// whole is a command that a page abbreviates: "... -faults x" is the one before it, with another end.
func whole(said string, before []command) string {
	m := continued.FindStringSubmatch(said)
	if m == nil || len(before) == 0 {
		return said
	}
	start, _, _ := strings.Cut(before[len(before)-1].text, " "+m[1])
	return start + strings.TrimPrefix(said, "...")
}

func unindented(lines []string, by string) []string {
	out := make([]string, len(lines))
	for i, l := range lines {
		out[i] = strings.TrimPrefix(l, by)
	}
	return out
}

// ofBlock are the commands of a block in a language: of a shell each line, of a build its commands as one script, of a block in no
// language what stands after the prompt, or looks like a command where there is no prompt.
func ofBlock(language string, lines []string) []command {
	switch language {
	case "sh":
		return joined(lines, func(string) bool { return true })
	case "yaml":
		return script(lines)
	case "":
		if slices.ContainsFunc(lines, func(l string) bool { return strings.HasPrefix(l, "$ ") }) {
			return joined(lines, func(l string) bool { return strings.HasPrefix(l, "$ ") })
		}
		return joined(lines, begins.MatchString)
	}
	return nil
}

// joined takes the commands among lines. One goes on while a quote is open or its line ends with a backslash; a line that reads a file
// into the shell (". file") belongs to the command after it.
func joined(lines []string, isCommand func(string) bool) (found []command) {
	for n := 0; n < len(lines); n++ {
		if strings.TrimSpace(lines[n]) == "" || strings.HasPrefix(lines[n], "#") || !isCommand(lines[n]) {
			continue
		}
		c := command{line: n, text: strings.TrimPrefix(lines[n], "$ ")}
		for ; n+1 < len(lines) && (unfinished(c.text) || last(c.text, ". ")); n++ {
			c.text = bare(c.text) + "\n" + lines[n+1]
		}
		c.text = bare(c.text)
		found = append(found, c)
	}
	return found
}

func last(text, prefix string) bool {
	return strings.HasPrefix(text[strings.LastIndex(text, "\n")+1:], prefix)
}

// script is the commands of a buildspec, which one shell runs.
func script(lines []string) []command {
	var all []string
	first, inside := 0, false
	for n, l := range lines {
		m := item.FindStringSubmatch(l)
		switch {
		case commands.MatchString(l):
			inside = true
		case inside && m != nil:
			if all == nil {
				first = n
			}
			all = append(all, m[1])
		default:
			inside = false
		}
	}
	if all == nil {
		return nil
	}
	return []command{{line: first, text: strings.Join(all, "\n")}}
}

// unfinished says that a shell would read on after a text.
func unfinished(text string) bool {
	_, open := quoted(text)
	return open
}

// bare is a text without the comment at its end.
func bare(text string) string {
	end, _ := quoted(text)
	return strings.TrimRight(text[:end], " ")
}

// quoted reads a text as a shell does: where its last comment begins (or its end), and whether a quote or an escape is open then.
func quoted(text string) (end int, open bool) {
	quote, escaped := rune(0), false
	for i, r := range text {
		switch {
		case escaped:
			escaped = false
		case r == '\\' && quote != '\'':
			escaped = true
		case quote != 0:
			if r == quote {
				quote = 0
			}
		case r == '\'' || r == '"':
			quote = r
		case r == '#' && i > 0 && text[i-1] == ' ':
			return i, false
		}
	}
	return len(text), quote != 0 || escaped
}

func TestNoCommandOfAPageIsOverlooked(t *testing.T) {
	page := filepath.Join(t.TempDir(), "page.md")
	const text = "Type `make plan SERVICE=a`, or `... SERVICE=b`; not `make`, `./x/**`, `aws` or `lambda:UpdateAlias`.\n" +
		"| `go test -run 'A\\|B' -v` | `... -run C` |\n" +
		"```\n$ make run\n  $ git push\nmake it so\n```\n" +
		"   ```sh\n   . key\n   aws a b --c 'd\n   e' \\\n     --f   # it's g\n   X=$(git log) ./go.sh 1\n   ```\n" +
		"```text\nmake nothing\n```\n" +
		"```yaml\nphases:\n  build:\n    commands:\n      - go build .\n  post:\n    commands:\n      - aws x\n  env: [a]\n```\n" +
		"```\naws last one\nwords\n```\n"
	if err := os.WriteFile(page, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, c := range commandsOf(t, page) {
		got = append(got, c.text)
	}
	want := []string{
		"make plan SERVICE=a", "go test -run 'A|B' -v", "go test -run C", "make run", ". key\naws a b --c 'd\ne' \\\n  --f", "X=$(git log) ./go.sh 1",
		"go build .\naws x", "aws last one",
	}
	if !slices.Equal(got, want) {
		t.Errorf("it finds\n%q\nwant\n%q", got, want)
	}
}
