package stack

import (
	"strings"

	"github.com/aws/jsii-runtime-go"

	"sluice/infra/addition"
)

// variables are the variables of a function's environment that its row names. The function learns the names of what it may use, and no others.
func (w wiring) variables(f function) *map[string]*string {
	h := w.home
	all := map[string]*string{
		"SLUICE_ENVIRONMENT":   jsii.String(string(h.env)), // a dimension of metrics
		"SLUICE_PLACE":         jsii.String(h.Partition + "/" + h.Account + "/" + h.Region),
		"SLUICE_TABLE":         w.table.TableName(),
		"SLUICE_BUS":           w.bus.EventBusName(),
		"SLUICE_STATE_MACHINE": jsii.String(w.machine),
		"SLUICE_DEFINITIONS":   jsii.String(addition.DefinitionPath(h.Environment)),
		"SLUICE_SOURCES":       jsii.String(addition.SourcePath(h.Environment)),
		"SLUICE_WATCH_RULE":    jsii.String(h.Name(watchSchedule)),
		"SLUICE_GUARD":         jsii.String(h.Name("guard")),
		"SLUICE_LOOK":          jsii.String(h.Name("look")),
		"SLUICE_TOPIC":         w.topic.TopicArn(),
		"SLUICE_SLACK_API":     jsii.String(w.slack),
		"SLUICE_SLACK_SECRET":  jsii.String(slackSecret(h)),

		"SLUICE_GITHUB_API":    jsii.String(w.github),
		"SLUICE_GITHUB_SECRET": jsii.String(githubSecret(h)),

		"SLUICE_SLACK_SIGNING_SECRET": jsii.String(signingSecret(h)),
		"SLUICE_WEBHOOK_SECRETS":      jsii.String(webhookSecret("")(h)),
		"SLUICE_LINKS_SECRET":         jsii.String(linksSecret(h)),
		"SLUICE_PEOPLE_SECRET":        jsii.String(peopleSecret(h)),
		"SLUICE_CONSOLE":              w.console,
		"SLUICE_CONSOLE_FUNCTION":     jsii.String(h.Name("console")), // its own name: its address is not known while it is made
		"SLUICE_DECIDE":               jsii.String(aliasFor(h, f.name)),
		"SLUICE_SLACK_FUNCTION":       jsii.String(h.Name("slack")),
		"SLUICE_SCAN":                 jsii.String(h.Name("scan")),
		"SLUICE_TRIGGER":              jsii.String(h.Name("trigger")),
	}
	chosen := map[string]*string{}
	if f.kind != "" {
		chosen["SLUICE_KIND"] = jsii.String(string(f.kind))
	}
	for key := range strings.FieldsSeq(f.variables) {
		value, known := all[key]
		if !known {
			panic("function " + f.name + " wants the variable " + key + ", which has no value here")
		}
		chosen[key] = value
	}
	return &chosen
}
