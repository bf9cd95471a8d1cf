package stack

import "github.com/aws/jsii-runtime-go"

// reads lists the environment variables of each function, as its Config wants them: it learns the names of what it
// may use, and no others. A test compares this with the functions.
var reads = map[string][]string{
	"trigger":  {"SLUICE_TABLE", "SLUICE_BUS", "SLUICE_STATE_MACHINE", "SLUICE_DEFINITIONS", "SLUICE_SOURCES", "SLUICE_CONSOLE"},
	"plan":     {"SLUICE_TABLE", "SLUICE_DEFINITIONS"},
	"build":    {"SLUICE_TABLE", "SLUICE_BUS"},
	"progress": {"SLUICE_TABLE"},
	"source":   {"SLUICE_BUS"},
	"gate":     {"SLUICE_TABLE", "SLUICE_BUS", "SLUICE_WATCH_RULE"},
	"inspect":  {"SLUICE_TABLE", "SLUICE_BUS", "SLUICE_SCAN"},
	"scan":     nil,
	"ask":      {"SLUICE_TABLE", "SLUICE_BUS"},
	"answer":   {"SLUICE_TABLE"},
	"wait":     {"SLUICE_TABLE"},
	"shift":    {"SLUICE_TABLE", "SLUICE_BUS"},
	"judge":    {"SLUICE_TABLE"},
	"watch":    {"SLUICE_TABLE", "SLUICE_WATCH_RULE", "SLUICE_GUARD", "SLUICE_LOOK"},
	"look":     {"SLUICE_TABLE"},
	"settle":   {"SLUICE_TABLE", "SLUICE_BUS", "SLUICE_ENVIRONMENT"},
	"rollback": {"SLUICE_TABLE", "SLUICE_BUS"},
	"guard":    {"SLUICE_TABLE", "SLUICE_STATE_MACHINE", "SLUICE_ENVIRONMENT"},
	"decide":   {"SLUICE_ENVIRONMENT", "SLUICE_TABLE", "SLUICE_BUS", "SLUICE_STATE_MACHINE", "SLUICE_SLACK_FUNCTION"},
	"pipeline": {"SLUICE_TABLE", "SLUICE_SOURCES", "SLUICE_DECIDE"},
	"sweep":    {"SLUICE_TABLE", "SLUICE_BUS", "SLUICE_STATE_MACHINE", "SLUICE_ENVIRONMENT", "SLUICE_WATCH_RULE"},
	"notify":   {"SLUICE_TABLE", "SLUICE_BUS", "SLUICE_TOPIC", "SLUICE_LINKS_SECRET", "SLUICE_CONSOLE"},
	"slack":    {"SLUICE_TABLE", "SLUICE_BUS", "SLUICE_DEFINITIONS", "SLUICE_SLACK_API", "SLUICE_SLACK_SECRET", "SLUICE_LINKS_SECRET", "SLUICE_CONSOLE"},
	"github":   {"SLUICE_ENVIRONMENT", "SLUICE_TABLE", "SLUICE_GITHUB_API", "SLUICE_GITHUB_SECRET", "SLUICE_CONSOLE"},
	"webhook":  {"SLUICE_TABLE", "SLUICE_BUS", "SLUICE_WEBHOOK_SECRETS", "SLUICE_SOURCES", "SLUICE_DEFINITIONS"},
	"button":   {"SLUICE_TABLE", "SLUICE_SLACK_SIGNING_SECRET", "SLUICE_PEOPLE_SECRET", "SLUICE_CONSOLE", "SLUICE_DECIDE"},
	"console":  {"SLUICE_TABLE", "SLUICE_DEFINITIONS", "SLUICE_LINKS_SECRET", "SLUICE_PEOPLE_SECRET", "SLUICE_DECIDE", "SLUICE_CONSOLE_FUNCTION"},
}

func (w wiring) variables(h home, name string) *map[string]*string {
	all := map[string]*string{
		"SLUICE_ENVIRONMENT":   jsii.String(string(h.env)), // a dimension of metrics
		"SLUICE_TABLE":         w.table.TableName(),
		"SLUICE_BUS":           w.bus.EventBusName(),
		"SLUICE_STATE_MACHINE": jsii.String(w.machine),
		"SLUICE_DEFINITIONS":   jsii.String(parameterPath(h)),
		"SLUICE_SOURCES":       jsii.String(sourcePath(h)),
		"SLUICE_WATCH_RULE":    jsii.String(h.name(watch)),
		"SLUICE_GUARD":         jsii.String(h.name("guard")),
		"SLUICE_LOOK":          jsii.String(h.name("look")),
		"SLUICE_TOPIC":         w.topic.TopicArn(),
		"SLUICE_SLACK_API":     jsii.String(w.slack),
		"SLUICE_SLACK_SECRET":  jsii.String(slackSecret(h)),

		"SLUICE_GITHUB_API":    jsii.String(w.github),
		"SLUICE_GITHUB_SECRET": jsii.String(githubSecret(h)),

		"SLUICE_SLACK_SIGNING_SECRET": jsii.String(signingSecret(h)),
		"SLUICE_WEBHOOK_SECRETS":      jsii.String(webhookSecret(h, "")),
		"SLUICE_LINKS_SECRET":         jsii.String(linksSecret(h)),
		"SLUICE_PEOPLE_SECRET":        jsii.String(peopleSecret(h)),
		"SLUICE_CONSOLE":              w.console,
		"SLUICE_CONSOLE_FUNCTION":     jsii.String(h.name("console")), // its own name: its address is not known while it is made
		"SLUICE_DECIDE":               jsii.String(aliasFor(h, name)),
		"SLUICE_SLACK_FUNCTION":       jsii.String(h.name("slack")),
		"SLUICE_SCAN":                 jsii.String(h.name("scan")),
	}
	chosen := map[string]*string{}
	for _, key := range reads[name] {
		chosen[key] = all[key]
	}
	return &chosen
}
