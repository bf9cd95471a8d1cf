package shows_test

import (
	"strings"
	"testing"

	"sluice/shared/kind"
	"sluice/test/sandbox/run/shows"
)

func TestShowThatIsMistypedIsAnsweredWithTheRightName(t *testing.T) {
	if _, err := shows.Named("alais"); err == nil || !strings.Contains(err.Error(), `"alais": did you mean alias?`) {
		t.Errorf("a typo: %v", err)
	}
	if s, err := shows.Named(""); err != nil || s.Name != shows.Alias {
		t.Errorf("nobody named a show: %q, %v", s.Name, err)
	}
}

// What the launcher builds for a show is what the show's kind is built as everywhere.
func TestEveryShowIsAboutAKindThatThereIs(t *testing.T) {
	for _, s := range shows.All() {
		if f := kind.Of(kind.ID(s.Kind)); f.Title == "" || f.SandboxOnly || s.About == "" {
			t.Errorf("show %s is about kind %q (%q), which AWS does not have, or says nothing of it", s.Name, s.Kind, f.Title)
		}
	}
}
