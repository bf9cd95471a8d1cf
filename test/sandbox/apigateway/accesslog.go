package apigateway

import (
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// clf is the time of the common log format.
const clf = "02/Jan/2006:15:04:05 -0700"

var contextVariable = regexp.MustCompile(`\$context\.[A-Za-z]+(\.[A-Za-z]+)*`)

// logged leaves a line in the stage's access log, and, for a request of the canary, a second one in the group with the suffix /Canary
// (https://docs.aws.amazon.com/apigateway/latest/developerguide/canary-release.html). A log without a format is off.
func (s *Service) logged(v *visit, r *http.Request, a answer, took time.Duration) {
	_, group, ok := strings.Cut(v.log.group, ":log-group:")
	if !ok || v.log.format == "" {
		return
	}
	known := v.context(r, a, took)
	line := contextVariable.ReplaceAllStringFunc(v.log.format, func(name string) string {
		if value, ok := known[strings.TrimPrefix(name, "$context.")]; ok {
			return value
		}
		return "-"
	})
	group = strings.TrimSuffix(group, ":*")
	s.o.Write(group, v.deployment, line)
	if v.canary {
		s.o.Write(group+"/Canary", v.deployment, line)
	}
}

// context are the variables of access logs that are known here
// (https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-variables-for-access-logging.html). isCanaryRequest is there only while the
// stage has a canary.
func (v *visit) context(r *http.Request, a answer, took time.Duration) map[string]string {
	known := map[string]string{
		"apiId": v.api, "stage": v.stage, "deploymentId": v.deployment, "requestId": v.id, "httpMethod": r.Method, "path": "/" + v.stage + r.URL.Path,
		"protocol": r.Proto, "status": strconv.Itoa(a.status), "responseLength": strconv.Itoa(len(a.body)), "responseLatency": strconv.FormatInt(took.Milliseconds(), 10),
		"integrationLatency": strconv.FormatInt(v.behind.Milliseconds(), 10), "requestTime": v.began.UTC().Format(clf), "requestTimeEpoch": strconv.FormatInt(v.began.UnixMilli(), 10),
		"identity.sourceIp": source(r), "identity.userAgent": r.UserAgent(),
	}
	if v.hasCanary {
		known["isCanaryRequest"] = strconv.FormatBool(v.canary)
	}
	return known
}
