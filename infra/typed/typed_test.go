package typed

import (
	"strings"
	"testing"
)

// told is "" where a word is taken.
type told map[string]string

func holds(t *testing.T, what string, read func(string) error, rows told) {
	t.Helper()
	for word, says := range rows {
		err := read(word)
		switch {
		case says == "" && err != nil:
			t.Errorf("%s %q is refused: %v", what, word, err)
		case says != "" && (err == nil || !strings.Contains(err.Error(), says) || !strings.Contains(err.Error(), `"`+word+`"`)):
			t.Errorf("%s %q: %v, want what was found, and %q", what, word, err, says)
		}
	}
}

func TestWhatIsMistypedIsAnsweredWithTheRightForm(t *testing.T) {
	holds(t, "environment", Environment, told{
		"production": "", "eu-2": "", "Staging": "did you mean staging?", " staging": "did you mean staging?", "2eu": "starting with a letter", "": "1 to 20",
		"a-name-that-is-much-too-long": "1 to 20", "a/b": "1 to 20",
	})
	holds(t, "Region", Region, told{
		"eu-central-1": "", "us-gov-west-1": "", "ap-southeast-4": "", "us-iso-east-1": "", "mx-central-1": "", "EU-Central-1": "did you mean eu-central-1?",
		"eu-central-1a": "availability zones; did you mean eu-central-1?", "frankfurt": "such as eu-central-1", "eu_central_1": "such as eu-central-1", "": "such as eu-central-1",
	})
	port := func(text string) error { _, err := Port(text); return err }
	holds(t, "port", port, told{"4566": "", "0": "", "abc": "1024 to 65535", "70000": "1024 to 65535", "-1": "1024 to 65535", "": "1024 to 65535", "-demo": "PORT=4600"})
}

func TestNearestWordIsSuggestedAndAllWhereNoneIsNear(t *testing.T) {
	known := []string{"checkout", "guard", "shop"}
	for word, says := range map[string]string{"chekout": "did you mean checkout?", "gaurd": "did you mean guard?", "zzz": "write one of checkout, guard, shop"} {
		if got := Suggest(word, known); got != says {
			t.Errorf("%q: %s, want %s", word, got, says)
		}
	}
}
