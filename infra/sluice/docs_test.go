package main

import (
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/spf13/pflag"

	"sluice/infra/screen"
)

var typedInDocs = regexp.MustCompile("(?m)(?:^ *(?:\\$ )?|`)(sluice (?:[a-z]+)[^`\\n]*)")

// substituted is what a shell puts in.
var substituted = regexp.MustCompile(`\$\([^)]*\)`)

// What the pages tell people to type is a command, with flags that it has and as many words as it takes.
func TestTheCommandsOfThePagesAreThere(t *testing.T) {
	pages, err := filepath.Glob("../../docs/*.md")
	if err != nil {
		t.Fatal(err)
	}
	more, err := filepath.Glob("../../docs/*/*.md")
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	for _, page := range append(append(pages, "../../README.md"), more...) {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		for _, found := range typedInDocs.FindAllStringSubmatch(string(text), -1) {
			said, _, _ := strings.Cut(found[1], " #")
			words := strings.Fields(substituted.ReplaceAllString(said, "word"))
			if err := accepted(words[1:]); err != nil {
				t.Errorf("%s: %s: %v", page, said, err)
			}
			seen++
		}
	}
	if seen < 10 {
		t.Errorf("%d commands were found", seen)
	}
}

// accepted says why the command line does not take these words.
func accepted(words []string) error {
	for i, w := range words { // of a reason in quotes, one word stands for all
		if strings.HasPrefix(w, `"`) && !strings.HasSuffix(w, `"`) {
			end := i
			for end < len(words)-1 && !strings.HasSuffix(words[end], `"`) {
				end++
			}
			words = append(append(words[:i:i], "reason"), words[end+1:]...)
			break
		}
	}
	root := (desk{pen: screen.Pen{}, getenv: func(string) string { return "" }}).commands()
	root.InitDefaultCompletionCmd(words...)
	c, rest, err := root.Find(words)
	if err != nil {
		return err
	}
	if err := c.ParseFlags(rest); errors.Is(err, pflag.ErrHelp) {
		return nil
	} else if err != nil {
		return err
	}
	if c.Args == nil || len(rest) == 0 { // a sentence may name a command by its verb alone
		return nil
	}
	return c.Args(c, c.Flags().Args())
}
