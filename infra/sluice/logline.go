package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// A logLine is a line of a function's log, for people.
type logLine struct {
	id       string // of the event, with its function
	at       time.Time
	function string
	level    string // WARN or ERROR; empty for others
	text     string // empty: it is not for people
}

// silent are the fields of a line that every line of a function has.
var silent = []string{"time", "timestamp", "level", "msg", "message", "function", "functionName", "functionVersion", "requestId", "tenantId", "xrayTraceId"}

// lineOf reads a line that a function wrote, in JSON, or Lambda itself. Of Lambda's own lines only those are for people that say how an invocation ended
// badly (https://docs.aws.amazon.com/lambda/latest/dg/telemetry-schema-reference.html); metrics in a line are for CloudWatch.
func lineOf(function, line string) logLine {
	l := logLine{function: function, text: line}
	var fields map[string]any
	if json.Unmarshal([]byte(line), &fields) != nil {
		return l
	}
	l.text = ""
	if kind, platform := fields["type"].(string); platform && strings.HasPrefix(kind, "platform.") {
		record, _ := fields["record"].(map[string]any)
		if status, _ := record["status"].(string); kind == "platform.report" && status != "" && status != "success" {
			l.level, l.text = "ERROR", "Lambda ended it: "+status
		}
		return l
	}
	if _, metrics := fields["_aws"]; metrics {
		return l
	}
	if level, _ := fields["level"].(string); level == "WARN" || level == "ERROR" {
		l.level = level
	}
	for _, name := range []string{"msg", "message"} {
		if said, is := fields[name].(string); is && l.text == "" {
			l.text = said
		}
	}
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		if !slices.Contains(silent, name) {
			l.text += fmt.Sprintf("  %s: %v", name, fields[name])
		}
	}
	return l
}
