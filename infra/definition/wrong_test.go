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
			`checkout.yaml:9: strategy.canary.steps[1].colour: it is not known here; write one of bake, marked, test, weight`,
		},
	},
	"a word for yes": {
		map[string]string{"guard:": "gates: {unmuted: on}\nguard:"},
		[]string{`checkout.yaml:10: gates.unmuted: "on" is neither true nor false; write true or false: YAML reads on as text`},
	},
	"text without its quotes": {
		map[string]string{"guard:": "gates: {flags: [{parameter: /x, equals: true}]}\nguard:"},
		[]string{`checkout.yaml:10: gates.flags[0].equals: true is not a value: YAML does not read it as text; put quotes around it: "true"`},
	},
	"a branch that is a number": {
		map[string]string{"guard:": "source: {repository: github/acme/checkout, branches: [1.10], build: {codeBuild: checkout}}\nguard:"},
		[]string{`checkout.yaml:10: source.branches[0]: 1.10 is not a pattern: YAML does not read it as text; put quotes around it: "1.10"`},
	},
	"a number that begins with 0": {
		map[string]string{"weight: 50": "weight: 010"},
		[]string{`checkout.yaml:8: strategy.canary.steps[1].weight: 010 begins with 0, which YAML reads in base eight; write 10, or "010" in quotes if it is text`},
	},
	"a tab": {
		map[string]string{"guard:": "guard:\n\twhenRed: wait"},
		[]string{`checkout.yaml:11: the line begins with a tab; indent with spaces: YAML takes no tabs there`},
	},
	"an alarm's name with a colon": {
		map[string]string{"[checkout-errors]": "\n    - checkout: 5xx > 1%"},
		[]string{`checkout.yaml:12: guard.alarms[0]: a map is not a name: YAML does not read it as text; put quotes around it: "checkout: 5xx > 1%"`},
	},
	"an alarm as ARN": {
		map[string]string{"[checkout-errors]": `["arn:aws:cloudwatch:us-east-1:123456789012:alarm:checkout-errors"]`},
		[]string{`checkout.yaml:11: guard.alarms[0]: "arn:aws:cloudwatch:us-east-1:123456789012:alarm:checkout-errors" is an ARN; write the alarm's name alone: checkout-errors`},
	},
	"an alarm as in a template": {
		map[string]string{"[checkout-errors]": "[!Ref Errors]"},
		[]string{`checkout.yaml:11: guard.alarms[0]: !Ref is not filled in here: definitions are no CloudFormation templates; write the value itself; what differs between environments belongs in <environment>/`},
	},
	"an alarm with a variable": {
		map[string]string{"[checkout-errors]": `["${Stage}-errors"]`},
		[]string{`checkout.yaml:11: guard.alarms[0]: ${Stage} is not filled in here; write the name itself; what differs between environments belongs in <environment>/`},
	},
	"an alarm with a space that is none": {
		map[string]string{"[checkout-errors]": "[\"checkout\u00a0errors\"]"},
		[]string{`checkout.yaml:11: guard.alarms[0]: "checkout\u00a0errors" holds a character that cannot be seen (U+00A0); type the name anew instead of pasting it`},
	},
	"an alarm with a character of no width": {
		map[string]string{"[checkout-errors]": "[checkout\u200b-errors]"},
		[]string{`checkout.yaml:11: guard.alarms[0]: "checkout\u200b-errors" holds a character that cannot be seen (U+200B); type the name anew instead of pasting it`},
	},
	"a bound over a metric that is not there": {
		map[string]string{"guard:": "checks: {bounds: [{name: q, metrics: {m1: {namespace: S, name: W}}, expression: 100 * m1 / m2, atMost: 1}]}\nguard:"},
		[]string{`checkout.yaml:10: checks.bounds[0].expression: "m2" is no id of a metric under metrics (m1); add it there, or write one of those`},
	},
	"a bound whose statistic does not exist": {
		map[string]string{"guard:": "checks: {bounds: [{name: q, metrics: {m1: {namespace: S, name: W, stat: avg}}, atMost: 1}]}\nguard:"},
		[]string{`checkout.yaml:10: checks.bounds[0].metrics.m1.stat: "avg" is no statistic of CloudWatch; write Average`},
	},
	"a variable that nobody fills in": {
		map[string]string{"guard:": "checks: {bounds: [{name: q, metrics: {m1: {namespace: S, name: W, dimensions: {V: \"${version}\"}}}, atMost: 1}]}\nguard:"},
		[]string{`checkout.yaml:10: checks.bounds[0].metrics.m1.dimensions.V: ${version} is not filled in here; write the value itself, or ${candidate} or ${stable}`},
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
