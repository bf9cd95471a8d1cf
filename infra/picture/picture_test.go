package main

import (
	"encoding/xml"
	"errors"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"sluice/shared/rollout"
)

func TestCommittedPicturesAreTheDrawnOnes(t *testing.T) {
	for _, p := range drawn(t) {
		committed, err := os.ReadFile(filepath.Join("..", "..", "docs", p.name))
		if err != nil {
			t.Fatal(err)
		}
		if string(committed) != p.svg {
			t.Errorf("docs/%s is not what the table and the code draw: run make picture and look at it", p.name)
		}
	}
}

// TestPicturesAreSafeToEmbed: a page that shows a picture loads nothing else and runs nothing.
func TestPicturesAreSafeToEmbed(t *testing.T) {
	outside := regexp.MustCompile(`(?i)href|url\([^#]|@import|@font-face|\son[a-z]+=`)
	for _, p := range drawn(t) {
		if found := outside.FindString(p.svg); found != "" {
			t.Errorf("%s has %q, which reaches outside", p.name, found)
		}
		for d := xml.NewDecoder(strings.NewReader(p.svg)); ; {
			token, err := d.Token()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatalf("reading %s as XML: %v", p.name, err)
			}
			if e, ok := token.(xml.StartElement); ok && slices.Contains([]string{"script", "foreignObject", "image", "use"}, e.Name.Local) {
				t.Errorf("%s has the element %s", p.name, e.Name.Local)
			}
		}
	}
}

// TestPicturesHaveADayAndANight: every colour that a shape uses has a twin for the dark theme.
func TestPicturesHaveADayAndANight(t *testing.T) {
	hard := regexp.MustCompile(` (fill|stroke)="`)
	for _, p := range drawn(t) {
		day, night, ok := strings.Cut(p.svg, "@media (prefers-color-scheme:dark)")
		if !ok || strings.Count(day, ":#") == 0 || strings.Count(day, ":#") != strings.Count(night, ":#") {
			t.Errorf("%s does not colour the same classes by day and by night", p.name)
		}
		if hard.MatchString(p.svg) {
			t.Errorf("%s has a colour outside its style sheet, which no theme changes", p.name)
		}
	}
}

func TestATableThatThePictureDoesNotKnowIsRefused(t *testing.T) {
	last := len(rollout.Edges) - 1
	for _, c := range []struct {
		name  string
		edges []rollout.Edge
		names string
	}{
		{"a new state", append(slices.Clone(rollout.Edges), rollout.Edge{From: rollout.Choose, To: "Nap", Why: "nap"}), `"Nap"`},
		{"a new edge", append(slices.Clone(rollout.Edges), rollout.Edge{From: rollout.StatePlan, To: rollout.StateSettle, Why: "done"}), `"Settle"`},
		{"an edge that went away", slices.Delete(slices.Clone(rollout.Edges), 9, 10), `"Hook"`},
		{"a state that went away", slices.Clone(rollout.Edges)[:last-1], `"Rollback"`},
	} {
		t.Run(c.name, func(t *testing.T) {
			if _, err := drawMachine(c.edges); err == nil || !strings.Contains(err.Error(), c.names) {
				t.Errorf("got %v, want an error that names %s", err, c.names)
			}
		})
	}
}

// TestOverviewNamesFunctionsThatExist keeps the README's picture true when a function is renamed.
func TestOverviewNamesFunctionsThatExist(t *testing.T) {
	for _, r := range rows {
		if _, err := os.Stat(filepath.Join("..", "..", "functions", r.function, "lambda")); err != nil {
			t.Errorf("the overview shows the function %s: %v", r.function, err)
		}
	}
}

func drawn(t *testing.T) []picture {
	t.Helper()
	pictures, err := draw()
	if err != nil {
		t.Fatal(err)
	}
	return pictures
}
