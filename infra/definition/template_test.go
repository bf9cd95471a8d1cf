package definition_test

import (
	"errors"
	"os"
	"regexp"
	"strings"
	"testing"

	"sluice/infra/definition"
)

const standard = `strategy: {canary: {steps: [{weight: 5, bake: 10m}, {weight: 50, bake: 30m}]}}
guard: {alarms: ["${service}-errors"]}
checks: {ceilings: [{percent: 2, errors: 5, requests: 50}]}
people: {grace: {mail: grace@example.com}, linus: {mail: linus@example.com}}
approvals: [{before: last, from: [grace]}]
revertWindow: 1h
locked: [strategy, guard, checks, approvals, revertWindow]
`

const extending = "service: checkout\nextends: standard\ntarget: {lambdaAlias: {function: checkout, alias: live}}\n"

// extended loads checkout beside the template standard, with more said in its own file.
func extended(t *testing.T, more string, others map[string]string) ([]definition.Service, error) {
	t.Helper()
	all := map[string]string{"templates/standard.yaml": standard, "checkout.yaml": extending + more}
	for name, text := range others {
		all[name] = text
	}
	return definition.Load(files(t, all), "staging")
}

func TestServiceIsWhatItsTemplatesAndItsOwnFileSay(t *testing.T) {
	for name, test := range map[string]struct {
		more   string
		others map[string]string
		want   []string // in its JSON
	}{
		"what the template says, with the service's name": {want: []string{`"alarms":["checkout-errors"]`, `"revertWindow":"1h"`, `"weight":50,"bake":"30m"`}},
		"what its own file says goes first":               {more: "whenRunning: reject\nqueueLimit: 5m\n", want: []string{`"whenRunning":"reject"`, `"revertWindow":"1h"`}},
		"a template that extends another": {
			others: map[string]string{"templates/standard.yaml": "extends: root\nguard: {alarms: [one]}\n", "templates/root.yaml": standard[:strings.Index(standard, "locked")]},
			want:   []string{`"alarms":["one"]`, `"revertWindow":"1h"`},
		},
		"what an environment lays over a template": {
			others: map[string]string{"staging/templates/standard.yaml": "revertWindow: 10m\n"},
			want:   []string{`"revertWindow":"10m"`},
		},
		"what an environment lays over the service goes first of all": {
			others: map[string]string{"staging/checkout.yaml": "revertWindow: 9h\n", "staging/templates/standard.yaml": "revertWindow: 10m\n"},
			want:   []string{`"revertWindow":"9h"`},
		},
		"the template of those who name none": {
			others: map[string]string{
				"templates/default.yaml": standard, "other.yaml": "service: other\ntarget: {lambdaAlias: {function: other, alias: live}}\n", "checkout.yaml": extending,
			},
			want: []string{`"alarms":["other-errors"]`},
		},
	} {
		services, err := extended(t, test.more, test.others)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		text := string(services[len(services)-1].JSON)
		for _, want := range test.want {
			if !strings.Contains(text, want) {
				t.Errorf("%s: %s is not in %s", name, want, text)
			}
		}
	}
}

func TestWhatATemplateLocksIsNotLoosened(t *testing.T) {
	for more, want := range map[string]string{
		"guard: {alarms: [checkout-errors, checkout-latency]}\n":        "",
		"checks: {ceilings: [{percent: 1, errors: 5, requests: 50}]}\n": "",
		"checks: {errors: [{tolerate: 1.1}]}\n":                         "",
		"revertWindow: 24h\n":                                           "",
		"strategy: {canary: {steps: [{weight: 1, bake: 1h}, {weight: 5, bake: 20m}, {weight: 50, bake: 30m}]}}\n": "",
		"gates: {windows: [{days: [mon], from: '09:00', until: '16:00', zone: Europe/Berlin}]}\n":                 "",
		"guard: {alarms: [checkout-latency]}\n":                                                                   "checkout.yaml:4: guard.alarms[0]: it loosens what template standard locks (infra/services/templates/standard.yaml:7); leave it as the template has it; more may be added",
		"guard: {whenRed: mayTolerate}\n":                                                                         "checkout.yaml:4: guard.whenRed: it loosens",
		"strategy: {canary: {steps: [{weight: 5, bake: 1m}, {weight: 50, bake: 30m}]}}\n":                         "checkout.yaml:4: strategy.canary.steps[0]: it loosens",
		"strategy: {canary: null, allAtOnce: {bake: 1h}}\n":                                                       "checkout.yaml:4: strategy.allAtOnce: it loosens",
		"checks: {ceilings: [{percent: 9, errors: 5, requests: 50}]}\n":                                           "checks.ceilings[0]: it loosens",
		"checks: {ceilings: [{percent: 2, errors: 5, requests: 50, dryRun: true}]}\n":                             "checks.ceilings[0]: it loosens",
		"checks: null\n": "checkout.yaml:4: checks: it loosens",
		"approvals: [{before: last, from: [grace, linus]}]\n": "approvals[0]: it loosens",
		"people: {grace: {event: anybody}}\n":                 "checkout.yaml:4: people.grace.event: it loosens",
		"revertWindow: 10m\n":                                 "checkout.yaml:4: revertWindow: it loosens what template standard locks (infra/services/templates/standard.yaml:7); leave it as the template has it, or write more",
	} {
		_, err := extended(t, more, nil)
		switch {
		case want == "" && err != nil:
			t.Errorf("%sis refused: %v", more, err)
		case want != "" && (err == nil || !strings.Contains(err.Error(), want)):
			t.Errorf("%sgives %v, want %s", more, err, want)
		}
	}
}

// An environment loosens nothing either, and a template cannot loosen what the one below it locks.
func TestLockHoldsInEveryFile(t *testing.T) {
	for name, others := range map[string]map[string]string{
		"staging/checkout.yaml:1: revertWindow: it loosens":                {"staging/checkout.yaml": "revertWindow: 1m\n"},
		"templates/soft.yaml:2: revertWindow: it loosens":                  {"templates/soft.yaml": "extends: standard\nrevertWindow: 1m\n", "checkout.yaml": strings.Replace(extending, "standard", "soft", 1)},
		"checkout.yaml:4: guard.whenRed: it loosens what template default": {"templates/default.yaml": "locked: [guard.whenRed]\n", "checkout.yaml": extending + "guard: {whenRed: mayTolerate}\n", "templates/standard.yaml": standard[:strings.Index(standard, "locked")]},
	} {
		if _, err := extended(t, "", others); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%v, want %s", err, name)
		}
	}
}

func TestWhatIsWrongWithATemplateIsSaidWhereItStands(t *testing.T) {
	for want, others := range map[string]map[string]string{
		"checkout.yaml:2: extends: there is no template \"standrad\"; did you mean standard?":                                                {"checkout.yaml": strings.Replace(extending, "standard", "standrad", 1)},
		"templates/other.yaml:1: extends: it extends itself, by way of standard, other, standard":                                            {"templates/standard.yaml": "extends: other\n", "templates/other.yaml": "extends: standard\n"},
		"templates/unused.yaml:1: strtegy: it is not known here; did you mean strategy?":                                                     {"templates/unused.yaml": "strtegy: {allAtOnce: {}}\n"},
		"templates/unused.yaml:1: service: a template is of no service":                                                                      {"templates/unused.yaml": "service: checkout\n"},
		"templates/unused.yaml:1: guard.alarms[0]: ${servce} stands for nothing; write ${service}":                                           {"templates/unused.yaml": "guard: {alarms: ['${servce}-errors']}\n"},
		"templates/unused.yaml:1: locked[0]: \"approvals[0]\" is not the path of a part":                                                     {"templates/unused.yaml": "locked: ['approvals[0]']\n"},
		"templates/unused.yaml:1: locked: \"guard\" is not a list of paths":                                                                  {"templates/unused.yaml": "locked: guard\n"},
		"staging/checkout.yaml:1: extends: an environment changes no templates of a service":                                                 {"staging/checkout.yaml": "extends: standard\n"},
		"staging/templates/standrad.yaml:1: there is no infra/services/templates/standrad.yaml for this to lie over; did you mean standard?": {"staging/templates/standrad.yaml": "revertWindow: 1h\n"},
		"checkout.yaml:1: strategy: it is missing; write strategy: {canary: {steps":                                                          {"checkout.yaml": "service: checkout\ntarget: {lambdaAlias: {function: checkout, alias: live}}\nguard: {alarms: [a]}\n"},
	} {
		_, err := extended(t, "", others)
		var problems definition.Problems
		if !errors.As(err, &problems) || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %s", err, want)
		}
	}
}

// filesOf are the definitions that a page shows, by their names.
func filesOf(t *testing.T, page string) (all map[string]string, text string) {
	t.Helper()
	read, err := os.ReadFile("../../docs/" + page)
	if err != nil {
		t.Fatal(err)
	}
	all = map[string]string{}
	for _, file := range regexp.MustCompile("(?s)```yaml\n# infra/services/([^\n]+)\n.*?```").FindAllStringSubmatch(string(read), -1) {
		all[file[1]] = strings.TrimSuffix(strings.TrimPrefix(file[0], "```yaml\n"), "```")
	}
	return all, string(read)
}

// The page about templates shows files that load, and what is said of one that loosens them.
func TestFilesOnThePageAboutTemplatesAreRight(t *testing.T) {
	all, page := filesOf(t, "templates.md")
	if services, err := definition.Load(files(t, all), "production"); err != nil || len(services) != 1 || !strings.Contains(string(services[0].JSON), `"alarms":["catalog-errors","catalog-latency"]`) {
		t.Fatalf("%d services, %v", len(services), err)
	}
	all["catalog.yaml"] = strings.Replace(all["catalog.yaml"], "catalog-errors, ", "", 1)
	if _, err := definition.Load(files(t, all), "production"); err == nil || !strings.Contains(page, err.Error()) {
		t.Errorf("the page does not show this: %v", err)
	}
}

func TestDefinitionsOfTheFirstDayAreRight(t *testing.T) {
	all, _ := filesOf(t, "start.md")
	if services, err := definition.Load(files(t, all), "production"); err != nil || len(services) != 2 {
		t.Errorf("%d services, %v", len(services), err)
	}
}
