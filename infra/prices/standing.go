package prices

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Dashboard is what a dashboard costs in a month (https://aws.amazon.com/cloudwatch/pricing/).
const Dashboard = 3.00

// month is how many minutes AWS's examples of prices count for one: 730 hours.
const month = 730 * 60

// every reads the rate of a schedule of EventBridge in minutes: "rate(5 minutes)".
var every = regexp.MustCompile(`^rate\((\d+) minutes?\)$`)

type template struct{ Resources map[string]resource }

type resource struct {
	Type       string
	Properties struct {
		Metrics            []struct{ MetricStat json.RawMessage } // of an alarm on several metrics
		ScheduleExpression string
		State              any // text, or an intrinsic function
	}
}

// Standing is what the stacks cost in a month in which nothing is released. Each template is CloudFormation's JSON; the error says which one is none.
func Standing(templates map[string][]byte) ([]Line, error) {
	alarms, dashboards, calls := 0, 0, 0
	for _, stack := range slices.Sorted(maps.Keys(templates)) {
		var t template
		if err := json.Unmarshal(templates[stack], &t); err != nil {
			return nil, fmt.Errorf("reading the template of %s: %w", stack, err)
		}
		for _, r := range t.Resources {
			switch r.Type {
			case "AWS::CloudWatch::Alarm":
				alarms += r.metrics()
			case "AWS::CloudWatch::Dashboard":
				dashboards++
			case "AWS::Events::Rule":
				calls += r.calls()
			}
		}
	}
	calling := Used{Invocations: calls, Reads: calls}
	return []Line{
		{"metrics that alarms watch", alarms, float64(alarms) * Alarm},
		{"dashboards", dashboards, float64(dashboards) * Dashboard},
		{"scheduled invocations", calls, Total(calling.Bill())},
	}, nil
}

// metrics is how many metrics an alarm is paid for.
func (r resource) metrics() (n int) {
	for _, m := range r.Properties.Metrics {
		if m.MetricStat != nil {
			n++
		}
	}
	return max(n, 1)
}

// calls is how often a schedule calls in a month. One that does not say that it is enabled is switched on while a release needs it.
func (r resource) calls() int {
	rate := every.FindStringSubmatch(r.Properties.ScheduleExpression)
	if rate == nil || r.Properties.State != "ENABLED" {
		return 0
	}
	minutes, _ := strconv.Atoi(rate[1])
	return month / max(minutes, 1)
}

// Told is a bill in one line: "$7.22: 42 metrics that alarms watch $4.20, ...".
func Told(lines []Line) string {
	parts := make([]string, len(lines))
	for i, l := range lines {
		parts[i] = fmt.Sprintf("%d %s $%.2f", l.Count, l.What, l.Dollars)
	}
	return fmt.Sprintf("$%.2f: %s", Total(lines), strings.Join(parts, ", "))
}
