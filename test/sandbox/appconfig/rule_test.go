package appconfig

import (
	"fmt"
	"testing"
)

func TestRulesPickCallers(t *testing.T) {
	grace := map[string]string{"userId": "grace", "age": "41", "email": "grace@shop.example"}
	for text, want := range map[string]bool{
		`(eq $userId "grace")`: true,
		`(eq $userId "linus")`: false,
		`(gt $age 40)`:         true,
		`(lte $age 40)`:        false,
		`(and (gt $age 40) (ends_with $email "example"))`: true,
		`(or (gt $age 50) (begins_with $email "linus"))`:  false,
		`(not (eq $userId "linus"))`:                      true,
		`(contains $email "@shop")`:                       true,
		`(in $userId ["ada", "grace"])`:                   true,
		`(matches in::$userId pattern::"g.*e")`:           true,
		`(exists key::"userId")`:                          true,
		`(exists key::"country")`:                         false,
		`(eq $country "FR")`:                              false,
		`(split pct::100 by::$userId)`:                    true,
		`(split by::$userId pct::0)`:                      false,
		`(split pct::100 by::$country)`:                   false,
	} {
		r, err := ruled(text)
		if err != nil || r.picks(asker{"cart", grace}) != want {
			t.Errorf("%s: %v, want %v", text, err, want)
		}
	}
}

func TestRulesThatCannotBeReadAreRefused(t *testing.T) {
	for _, text := range []string{`split pct::5 by::$userId`, `(split pct::5)`, `(split pct::101 by::$userId)`, `(split pct::5 by::"userId")`, `(like $a "b")`, `(eq $a)`, `(and (eq $a "b"))`, `(eq $a "b"`, `(eq $a "b") x`, `(split pct::5 by::$userId salt::"a")`} {
		if _, err := ruled(text); err == nil {
			t.Errorf("%s is taken", text)
		}
	}
}

// A share is of the right size, and whoever is in a small one is in each larger one.
func TestSplitsGrow(t *testing.T) {
	count := func(flag, text string) map[int]bool {
		r, err := ruled(text)
		if err != nil {
			t.Fatal(err)
		}
		in := map[int]bool{}
		for user := range 10000 {
			if r.picks(asker{flag, map[string]string{"userId": fmt.Sprint("user ", user)}}) {
				in[user] = true
			}
		}
		return in
	}
	five, quarter := count("cart", "(split pct::5 by::$userId)"), count("cart", "(split pct::25 by::$userId)")
	if n := len(five); n < 400 || n > 600 {
		t.Errorf("5 %% are %d of 10000", n)
	}
	for user := range five {
		if !quarter[user] {
			t.Errorf("user %d is in 5 %% and not in 25 %%", user)
		}
	}
	both := func(a, b map[int]bool) (n int) {
		for user := range a {
			if b[user] {
				n++
			}
		}
		return n
	}
	if n := both(quarter, count("list", "(split pct::25 by::$userId)")); n > 1000 {
		t.Errorf("two flags without seeds share %d users of 25 %%", n)
	}
	seeded := `(split pct::25 by::$userId seed::"one")`
	if a := count("cart", seeded); both(a, count("list", seeded)) != len(a) {
		t.Error("two flags with one seed split users differently")
	}
}
