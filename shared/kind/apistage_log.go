package kind

import (
	"fmt"
	"strings"
)

// StageLog is the format that an access log must have for Sluice to count it: one line of JSON for each request
// (https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-variables-for-access-logging.html). It may have more fields.
const StageLog = `{"requestId":"$context.requestId","api":"$context.apiId","stage":"$context.stage","deployment":"$context.deploymentId","canary":"$context.isCanaryRequest","status":"$context.status","latency":$context.responseLatency}`

// stageNamespace is the namespace of the metrics that Sluice has made of access logs.
const stageNamespace = "Sluice/ApiStage"

// logged are the metrics that the filters make of the access log, of one deployment or of the whole stage.
func (s APIStage) logged(deployment string) Metrics {
	of := map[string]string{"Api": s.API, "Stage": s.Stage}
	if deployment != "" {
		of["Deployment"] = deployment
	}
	metric := func(name string) Metric { return Metric{Namespace: stageNamespace, Name: name, Dimensions: of} }
	return Metrics{Requests: metric("Requests"), Errors: metric("Errors"), Duration: metric("Latency")}
}

// Filter makes a metric of the lines of a log group that match a pattern
// (https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntaxForMetricFilters.html).
type Filter struct {
	Name, Group, Pattern string
	Namespace, Metric    string
	Value                string            // "1", or the field that holds the value
	Dimensions           map[string]string // the field that holds each
}

// A Filtered target is counted by metrics that filters make of a log.
type Filtered interface{ Filters() []Filter }

// Filters implements Filtered. A filter has one set of dimensions, so each count has two: by deployment, and of the whole stage. An error is an
// answer with a status of 500 or more.
func (s APIStage) Filters() []Filter {
	if s.AccessLog == "" {
		return nil
	}
	var all []Filter
	stage := fmt.Sprintf(`$.api = "%s" && $.stage = "%s"`, s.API, s.Stage)
	for _, count := range []struct{ metric, also, value string }{
		{"Requests", "$.status = *", "1"}, {"Errors", `$.status = "5*"`, "1"}, {"Latency", "$.latency = *", "$.latency"},
	} {
		whole := Filter{
			Name: fmt.Sprintf("sluice-%s-%s-%s", s.API, s.Stage, count.metric), Group: s.AccessLog, Pattern: fmt.Sprintf("{ %s && %s }", stage, count.also),
			Namespace: stageNamespace, Metric: count.metric, Value: count.value, Dimensions: map[string]string{"Api": "$.api", "Stage": "$.stage"},
		}
		each := whole
		each.Name += "-by-deployment"
		each.Dimensions = map[string]string{"Api": "$.api", "Stage": "$.stage", "Deployment": "$.deployment"}
		all = append(all, whole, each)
	}
	return all
}

// LogCounts says whether the filters find what they look for in an access log of this format.
func LogCounts(format string) bool {
	for field := range strings.SplitSeq(strings.Trim(StageLog, "{}"), ",") {
		if !strings.Contains(field, "requestId") && !strings.Contains(field, "isCanaryRequest") && !strings.Contains(strings.ReplaceAll(format, " ", ""), field) {
			return false
		}
	}
	return true
}
