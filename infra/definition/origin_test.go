package definition_test

import (
	"strings"
	"testing"
)

// Who reads a plan sees where to change each value, and who has locked it.
func TestEveryValueSaysWhereItComesFrom(t *testing.T) {
	services, err := extended(t, "guard: {alarms: [checkout-errors, checkout-latency]}\n", map[string]string{"staging/checkout.yaml": "whenRunning: reject\n"})
	if err != nil {
		t.Fatal(err)
	}
	values, err := services[0].Values()
	if err != nil {
		t.Fatal(err)
	}
	said := map[string]string{}
	var paths []string
	for _, v := range values {
		said[v.Path] = v.Text + " | " + v.At() + " | " + v.Locked
		paths = append(paths, v.Path)
	}
	for path, want := range map[string]string{
		"service":                       "checkout | infra/services/checkout.yaml:1 | ",
		"strategy.canary.steps[1].bake": "30m | infra/services/templates/standard.yaml:1 | standard",
		"guard.alarms":                  "[checkout-errors, checkout-latency] | infra/services/checkout.yaml:4 | standard",
		"guard.whenRed":                 "reject | default | standard",
		"whenRunning":                   "reject | infra/services/staging/checkout.yaml:1 | ",
		"people.grace.mail":             "grace@example.com | infra/services/templates/standard.yaml:4 | standard",
		"people.linus.mail":             "linus@example.com | infra/services/templates/standard.yaml:4 | ",
	} {
		if said[path] != want {
			t.Errorf("%s: %q, want %q", path, said[path], want)
		}
	}
	if all := strings.Join(paths, " "); strings.Index(all, "strategy") > strings.Index(all, "guard") {
		t.Errorf("not in the order of a definition: %s", all)
	}
}
