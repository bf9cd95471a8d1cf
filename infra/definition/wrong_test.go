package definition_test

// wrong is what people get wrong, and what they read then. Each case changes the good definition.
var wrong = map[string]struct {
	replace map[string]string
	want    []string
}{
	"a weight above 100": {
		map[string]string{"weight: 50": "weight: 150"},
		[]string{`checkout.yaml:8: strategy.canary.steps[1].weight: 150 is not a percentage; write a number from 0 to 100`},
	},
	"a weight that is no number": {
		map[string]string{"weight: 50": `weight: "50"`},
		[]string{`checkout.yaml:8: strategy.canary.steps[1].weight: "50" is not a percentage; write a number from 0 to 100`},
	},
	"weights that fall": {
		map[string]string{"weight: 5,": "weight: 60,"},
		[]string{`checkout.yaml:8: strategy.canary.steps[1].weight: 50 % does not rise above 60 %; write weights in rising order`},
	},
	"a duration without a unit": {
		map[string]string{"bake: 1h30m": "bake: 600"},
		[]string{`checkout.yaml:9: strategy.canary.steps[1].bake: 600 is not a duration; write a duration, such as 10m`},
	},
	"a channel by its name": {
		map[string]string{"guard:": "slack: {channel: releases}\nguard:"},
		[]string{`checkout.yaml:10: slack.channel: "releases" is not the id of a channel; write the id of a channel, such as C0123456789`},
	},
	"an unknown key": {
		map[string]string{"guard:": "gaurd:"},
		[]string{
			`checkout.yaml:1: guard: it is missing; write guard: {alarms: [checkout-errors]}`,
			`checkout.yaml:10: gaurd: it is not known here; did you mean guard?`,
		},
	},
	"an unknown key that is like none": {
		map[string]string{"bake: 1h30m": "colour: red"},
		[]string{
			`checkout.yaml:8: strategy.canary.steps[1].bake: the step is not watched at all; write how long it bakes, such as 10m`,
			`checkout.yaml:9: strategy.canary.steps[1].colour: it is not known here; write one of bake, test, weight`,
		},
	},
	"an unknown choice": {
		map[string]string{"guard:": "whenRunning: enqueue\nguard:"},
		[]string{`checkout.yaml:10: whenRunning: "enqueue" is not a policy for releases that meet another; write one of queue, supersede, reject`},
	},
	"two strategies": {
		map[string]string{"  canary:": "  allAtOnce: {}\n  canary:"},
		[]string{`checkout.yaml:4: strategy: 2 are given (allAtOnce, canary); write exactly one of allAtOnce, blueGreen, canary, exponential, linear`},
	},
	"nothing that watches": {
		map[string]string{"[checkout-errors]": "[]"},
		[]string{`checkout.yaml:11: guard.alarms: nothing watches the release; name at least one CloudWatch alarm here, or a check under checks that is not a dry run, such as errors: [{}]`},
	},
	"a key twice": {
		map[string]string{"guard:": "service: search\nguard:"},
		[]string{`checkout.yaml:10: service: it is written twice; delete it here or on line 1`},
	},
	"an alias of YAML": {
		map[string]string{"[checkout-errors]": "*elsewhere"},
		[]string{`checkout.yaml:1: this is not YAML: unknown anchor 'elsewhere' referenced; check indentation, colons and quotes here and on the line above`},
	},
	"a missing alias": {
		map[string]string{", alias: live": ""},
		[]string{`checkout.yaml:3: target.lambdaAlias.alias: it is missing; write alias: live`},
	},
	"a percentage with too many decimals": {
		map[string]string{"weight: 50": "weight: 50.125"},
		[]string{`checkout.yaml:8: strategy.canary.steps[1].weight: 50.125 is too fine; write at most two decimals`},
	},
	"a name of another file": {
		map[string]string{"service: checkout": "service: check-out"},
		[]string{`checkout.yaml:1: service: "check-out" is not the file's name; write checkout, or rename the file`},
	},
	"something that is no map": {
		map[string]string{"  lambdaAlias: {function: checkout, alias: live}": "  - checkout"},
		[]string{`checkout.yaml:2: target: a list is not a target; write a target, such as {lambdaAlias: {alias: live, function: checkout}}`},
	},
}
