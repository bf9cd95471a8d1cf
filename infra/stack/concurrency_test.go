package stack

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sluice/shared/kind"
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
		got, warning := reservations(parsed, functionsFor([]kind.ID{kind.LambdaAliasID}))
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%q of %q (-want +got)\n%s", c.reserved, c.limit, diff)
		}
		if (warning != "") != c.warns || c.warns && !strings.Contains(warning, "Service Quotas") {
			t.Errorf("%q of %q warns %q", c.reserved, c.limit, warning)
		}
	}
}

// AppConfig asks tick, and takes a throttled answer for a no.
func TestExecutionsAreKeptForTickWhereThereIsOne(t *testing.T) {
	got, warning := reservations(Concurrency{}, functionsFor([]kind.ID{kind.LambdaAliasID, kind.ConfigurationID}))
	if got["tick"] != 20 || warning != "" {
		t.Errorf("%d are kept for tick, with the warning %q", got["tick"], warning)
	}
}

func TestConcurrencyThatIsMistypedIsAnsweredWithTheRightForm(t *testing.T) {
	for given, says := range map[[2]string]string{
		{"many", ""}:            `"many": give the account's number`,
		{"0", ""}:               `"0": give the account's number`,
		{"", "gard:5"}:          `there is no function "gard"; did you mean guard?`,
		{"", "guard"}:           `"guard": write functions with numbers, such as guard:50`,
		{"", "guard:-1"}:        `"guard:-1": write functions with numbers`,
		{"", "guard=5"}:         `"guard=5": write functions with numbers`,
		{"100", "guard:500"}:    `"guard:500": the account runs 100 at a time`,
		{"abc", "guard:50,..."}: `"abc": give the account's number`,
	} {
		if _, err := ParseConcurrency(given[0], given[1]); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%q: %v, want %q", given, err, says)
		}
	}
}
