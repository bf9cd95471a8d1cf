package stack

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestAccountWithoutRoomReservesNothingAndSaysWhatThatMeans(t *testing.T) {
	all := map[string]int{"button": 10, "console": 10, "guard": 20, "webhook": 10}
	for _, c := range []struct {
		limit, reserved string
		want            map[string]int
		warns           bool
	}{
		{"", "", all, false},
		{"150", "", all, false},
		{"149", "", nil, true},
		{"10", "", nil, true},
		{"10", "none", map[string]int{}, false},
		{"1000", "guard:50,webhook:0", map[string]int{"button": 10, "console": 10, "guard": 50}, false},
		{"200", "guard:100", nil, true},
	} {
		parsed, err := ParseConcurrency(c.limit, c.reserved)
		if err != nil {
			t.Fatal(err)
		}
		got, warning := reservations(parsed)
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%q of %q (-want +got)\n%s", c.reserved, c.limit, diff)
		}
		if (warning != "") != c.warns || c.warns && !strings.Contains(warning, "Service Quotas") {
			t.Errorf("%q of %q warns %q", c.reserved, c.limit, warning)
		}
	}
}

func TestConcurrencyThatIsMistypedIsRefused(t *testing.T) {
	for _, c := range [][2]string{{"many", ""}, {"0", ""}, {"", "gard:5"}, {"", "guard"}, {"", "guard:-1"}, {"", "guard=5"}} {
		if _, err := ParseConcurrency(c[0], c[1]); err == nil {
			t.Errorf("%q was taken", c)
		}
	}
}
