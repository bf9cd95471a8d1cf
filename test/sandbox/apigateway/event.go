package apigateway

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strings"
	"unicode/utf8"

	"github.com/aws/aws-lambda-go/events"
)

// event is what a function gets of a request through a proxy integration
// (https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html).
func (v *visit) event(r *http.Request, body []byte) []byte {
	e := events.APIGatewayProxyRequest{
		Resource: "/{proxy+}", Path: r.URL.Path, HTTPMethod: r.Method, Headers: map[string]string{}, MultiValueHeaders: r.Header,
		PathParameters: map[string]string{"proxy": strings.TrimPrefix(r.URL.Path, "/")}, StageVariables: v.variables, Body: string(body),
		RequestContext: events.APIGatewayProxyRequestContext{
			APIID: v.api, Stage: v.stage, RequestID: v.id, HTTPMethod: r.Method, ResourcePath: "/{proxy+}", Path: "/" + v.stage + r.URL.Path, Protocol: r.Proto,
			RequestTimeEpoch: v.began.UnixMilli(), RequestTime: v.began.UTC().Format(clf), Identity: events.APIGatewayRequestIdentity{SourceIP: source(r), UserAgent: r.UserAgent()},
		},
	}
	for name, values := range r.Header {
		e.Headers[name] = values[len(values)-1]
	}
	if query := r.URL.Query(); len(query) > 0 {
		e.QueryStringParameters, e.MultiValueQueryStringParameters = map[string]string{}, query
		for name, values := range query {
			e.QueryStringParameters[name] = values[len(values)-1]
		}
	}
	if !utf8.Valid(body) {
		e.Body, e.IsBase64Encoded = base64.StdEncoding.EncodeToString(body), true
	}
	text, err := json.Marshal(e)
	if err != nil {
		panic("apigateway: marshalling a request: " + err.Error()) // it holds nothing but strings and numbers
	}
	return text
}

func source(r *http.Request) string {
	address, _, _ := strings.Cut(r.RemoteAddr, ":")
	return address
}

// answer is what a client gets.
type answer struct {
	status int
	header http.Header
	body   []byte
}

func failed(status int) answer {
	return answer{status: status, body: []byte(`{"message": "Internal server error"}`)}
}

// answerOf reads the answer of a function. One of another form is the function's fault.
func answerOf(payload []byte) answer {
	var given struct {
		events.APIGatewayProxyResponse
		StatusCode *int `json:"statusCode"`
	}
	if json.Unmarshal(payload, &given) != nil || given.StatusCode == nil {
		return failed(http.StatusBadGateway)
	}
	a := answer{status: *given.StatusCode, header: http.Header{}, body: []byte(given.Body)}
	if given.IsBase64Encoded {
		var err error
		if a.body, err = base64.StdEncoding.DecodeString(given.Body); err != nil {
			return failed(http.StatusBadGateway)
		}
	}
	for name, value := range given.Headers {
		a.header.Set(name, value)
	}
	for name, values := range given.MultiValueHeaders {
		a.header[http.CanonicalHeaderKey(name)] = values
	}
	return a
}

func (a answer) write(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "application/json")
	for name, values := range a.header {
		w.Header()[name] = values
	}
	w.WriteHeader(a.status)
	_, _ = w.Write(a.body)
}
