package apigateway

import (
	"io"
	"net/http"
	"regexp"
	"strings"
	"time"

	"sluice/test/sandbox/wire"
)

// Stage is the traffic of a stage: a handler that divides requests at random between its deployment and its canary's, and passes them to the
// function that the chosen deployment names. Whoever wants to meet the stage mounts it on a loopback address.
func (s *Service) Stage(api, name string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		v, err := s.route(api, name)
		if err != nil {
			answer{status: http.StatusForbidden, body: []byte(`{"message":"Forbidden"}`)}.write(w)
			return
		}
		v.began = time.Now()
		a := s.serve(v, r)
		a.write(w)
		s.leave(v, r, a)
	})
}

// visit is one request on its way through a stage.
type visit struct {
	api, apiName, stage string
	deployment          string
	integration         string
	variables           map[string]string
	canary, hasCanary   bool
	log                 accessLog
	id                  string // of the request
	began               time.Time
	behind              time.Duration // spent in the integration
}

// route chooses the deployment that serves one request. The canary's requests see the stage's variables with the canary's over them
// (https://docs.aws.amazon.com/apigateway/latest/developerguide/canary-release.html).
func (s *Service) route(api, name string) (*visit, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	a, st, err := s.stageOf(&api, &name)
	if err != nil {
		return nil, err
	}
	v := &visit{
		api: a.id, apiName: a.name, stage: st.name, deployment: st.deployment, variables: st.variables, log: st.log, hasCanary: st.canary != nil,
		id: word(32, api, name, time.Now().UnixNano(), s.o.Chance()),
	}
	if c := st.canary; c != nil && s.o.Chance()*100 < c.percent {
		v.canary, v.deployment = true, c.deployment
		for k, value := range c.overrides {
			_ = set(&v.variables, k, value)
		}
	}
	v.integration = a.deployments[v.deployment].integration
	return v, nil
}

// maxBody is the payload limit of REST APIs (https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html).
const maxBody = 10 << 20

// serve has the integration answer a request. What API Gateway says by itself when the function cannot be invoked (500), or fails or answers nonsense
// (502), follows https://docs.aws.amazon.com/apigateway/latest/developerguide/handle-errors-in-lambda-integration.html and
// https://repost.aws/knowledge-center/api-gateway-rest-api-lambda-integrations.
func (s *Service) serve(v *visit, r *http.Request) answer {
	body, err := io.ReadAll(io.LimitReader(r.Body, maxBody+1))
	if err != nil || len(body) > maxBody {
		return answer{status: http.StatusRequestEntityTooLarge, body: []byte(`{"message":"Request Too Long"}`)}
	}
	function := v.function()
	if s.o.May(function, s.executed(v, r)) != nil {
		return failed(http.StatusInternalServerError)
	}
	began := time.Now()
	result, err := s.o.Call(r.Context(), function, v.event(r, body))
	v.behind = time.Since(began)
	switch {
	case err != nil:
		return failed(http.StatusInternalServerError)
	case result.FunctionError != "":
		return failed(http.StatusBadGateway)
	}
	return answerOf(result.Payload)
}

// executed is the ARN by which functions know a request (https://docs.aws.amazon.com/apigateway/latest/developerguide/arn-format-reference.html).
func (s *Service) executed(v *visit, r *http.Request) string {
	return wire.Home{Region: s.o.Home.Region, Account: s.o.Home.Account}.ARN("execute-api", v.api+"/"+v.stage+"/"+r.Method+r.URL.Path)
}

var stageVariable = regexp.MustCompile(`\$\{stageVariables\.([A-Za-z0-9_]+)\}`)

// function is the ARN that the integration names, with the stage's variables in it. A variable that there is not leaves nothing.
func (v *visit) function() string {
	uri := stageVariable.ReplaceAllStringFunc(v.integration, func(found string) string { return v.variables[stageVariable.FindStringSubmatch(found)[1]] })
	_, uri, _ = strings.Cut(uri, "/functions/")
	return strings.TrimSuffix(uri, "/invocations")
}

// leave leaves what a request leaves: metrics of the stage, which do not tell the canary's requests apart, and lines in access logs.
func (s *Service) leave(v *visit, r *http.Request, a answer) {
	took := time.Since(v.began)
	is := func(class int) float64 {
		if a.status/100 == class {
			return 1
		}
		return 0
	}
	// https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-metrics-and-dimensions.html
	for _, dimensions := range []map[string]string{{"ApiName": v.apiName}, {"ApiName": v.apiName, "Stage": v.stage}} {
		for name, value := range map[string]float64{"Count": 1, "4XXError": is(4), "5XXError": is(5)} {
			s.o.Record("AWS/ApiGateway", name, dimensions, "Count", value, v.began)
		}
		s.o.Record("AWS/ApiGateway", "Latency", dimensions, "Milliseconds", milliseconds(took), v.began)
		if v.behind > 0 {
			s.o.Record("AWS/ApiGateway", "IntegrationLatency", dimensions, "Milliseconds", milliseconds(v.behind), v.began)
		}
	}
	s.logged(v, r, a, took)
}

func milliseconds(d time.Duration) float64 { return float64(d.Milliseconds()) }
