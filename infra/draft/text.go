package draft

import (
	"encoding/json"
	"fmt"
	"strings"

	"go.yaml.in/yaml/v3"

	"sluice/shared/rollout"
)

// Text is a definition as a file that explains itself.
func Text(d rollout.Definition) (string, error) {
	var b strings.Builder
	fmt.Fprintf(&b, "# yaml-language-server: $schema=../../events/definition.schema.json\n#\n")
	fmt.Fprintf(&b, "# How the service %q is released. `sluice verify %[1]s` holds this against the account; `sluice plan %[1]s` shows what it does.\n", d.Service)
	say := func(comment, key string, value any) error {
		text, err := yamlOf(map[string]any{key: value})
		fmt.Fprintf(&b, "\n%s%s", comment, text)
		return err
	}
	strategy := "# How the candidate climbs: each step gives it a share of the traffic, in percent, and watches it while it bakes. 100 follows by itself.\n"
	if d.Strategy.AllAtOnce != nil {
		strategy = "# The candidate gets everything at once, and is watched while it bakes.\n"
	}
	checks := "# What is watched each minute, besides the alarms; docs/judging.md says how.\n"
	if len(d.Checks.Errors) > 0 {
		checks = "# The candidate's errors are compared with stable's in the same minutes; docs/judging.md says how.\n"
	}
	for _, part := range []struct {
		comment, key string
		value        any
		left         bool
	}{
		{"# The name that a release is asked for by, and this file's name.\n", "service", d.Service, false},
		{fmt.Sprintf("# What carries the traffic: %s. Sluice may touch this and nothing else.\n", d.Target.Spec()), "target", d.Target, false},
		{strategy, "strategy", d.Strategy, false},
		{"# The CloudWatch alarms that take a release back, at any step. They must be there, have data, and be green when a release begins.\n" + making(d), "guard", d.Guard, false},
		{checks, "checks", d.Checks, !d.Checks.Counted()},
		{"# Who may be asked, with the names by which Slack, mail, IAM and others know them.\n", "people", d.People, len(d.People) == 0},
		{"# Before which steps they are asked.\n", "approvals", d.Approvals, len(d.Approvals) == 0},
		{"# What must hold before a release begins.\n", "gates", d.Gates, d.Gates == nil},
		{"# So long after the candidate has all traffic, an alarm still brings the old revision back.\n", "revertWindow", d.RevertWindow, d.RevertWindow == 0},
	} {
		if part.left {
			continue
		}
		if err := say(part.comment, part.key, part.value); err != nil {
			return "", err
		}
	}
	if len(d.Checks.Errors) == 0 {
		b.WriteString("\n# Besides alarms, checks can compare the candidate with stable each minute, once its requests are counted:\n# checks:\n#   errors: [{}]\n")
	}
	b.WriteString("\n# People who are asked before a step, gates, a source that releases by itself, Slack: docs/operations.md.\n")
	return b.String(), nil
}

// making is a comment with the command that makes the first alarm.
func making(d rollout.Definition) string {
	if len(d.Guard.Alarms) == 0 {
		return ""
	}
	command := NewAlarm(d.Guard.Alarms[0], d.Target.Spec())
	if command == "" {
		return ""
	}
	return "# An alarm on the target's errors: " + command + "\n"
}

// yamlOf writes a value as YAML in the order of its JSON.
func yamlOf(value any) (string, error) {
	text, err := json.Marshal(value)
	if err != nil {
		return "", fmt.Errorf("writing a definition: %w", err)
	}
	var node yaml.Node
	if err := yaml.Unmarshal(text, &node); err != nil {
		return "", fmt.Errorf("writing a definition: %w", err)
	}
	plain(&node)
	var b strings.Builder
	encoder := yaml.NewEncoder(&b)
	encoder.SetIndent(2)
	if err := encoder.Encode(&node); err != nil {
		return "", fmt.Errorf("writing a definition: %w", err)
	}
	return b.String(), nil
}

// plain takes off the quotes and braces of JSON where YAML needs none.
func plain(n *yaml.Node) {
	n.Style = 0
	for _, part := range n.Content {
		plain(part)
	}
}
