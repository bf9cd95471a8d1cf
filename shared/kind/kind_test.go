package kind_test

import (
	"strings"
	"testing"

	"sluice/shared/kind"
)

// TestEveryKindSaysWhatPeopleNeed holds each row of the list: what is missing here would be missing in a plan, on a page or in a sentence.
func TestEveryKindSaysWhatPeopleNeed(t *testing.T) {
	prefixes, suffixes := map[string]kind.ID{}, map[string]kind.ID{}
	for _, f := range kind.All() {
		if f.ID == "" || f.Title == "" || f.Prefix == "" || f.Revision.Word == "" || f.Revision.Remedy == "" || !f.Reads(f.Revision.Example) || f.Reads("") || f.Reads("a b") || f.Silence == "" || f.Smallest < 1 {
			t.Errorf("kind %s leaves something open: %+v", f.ID, f)
		}
		if strings.Contains(f.Prefix, ":") {
			t.Errorf("prefix %q of kind %s holds what parts the words of an id", f.Prefix, f.ID)
		}
		if other, taken := prefixes[f.Prefix]; taken {
			t.Errorf("kinds %s and %s have targets of one id", f.ID, other)
		}
		if other, taken := suffixes[f.Suffix]; taken {
			t.Errorf("kinds %s and %s have functions of one name", f.ID, other)
		}
		prefixes[f.Prefix], suffixes[f.Suffix] = f.ID, f.ID
		if !f.Express(0) || !f.Express(10000) {
			t.Errorf("kind %s can give a revision neither nothing nor everything", f.ID)
		}
	}
}

func TestKindWithALargestWeightGivesNoneBetweenThatAndAll(t *testing.T) {
	f := kind.Facts{Smallest: 100, Most: 1500}
	for weight, can := range map[int]bool{0: true, 50: false, 100: true, 1500: true, 1600: false, 10000: true} {
		if f.Express(weight) != can {
			t.Errorf("a kind of whole percents up to 15 says %v of %d hundredths", !can, weight)
		}
	}
}
