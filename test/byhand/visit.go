package byhand

import (
	"encoding/json"
	"net/http"

	web "github.com/aws/aws-lambda-go/events"
)

// Posts sends a body to a path of a function's address. An error is one of the function itself, for which Lambda answers 502.
func (w *World) Posts(function, path string, header map[string]string, body string) (status int, said string, err error) {
	w.T.Helper()
	return w.Visits(function, http.MethodPost, path, header, body)
}

// Visits is Posts by any method.
func (w *World) Visits(function, method, path string, header map[string]string, body string) (status int, said string, err error) {
	w.T.Helper()
	request := web.LambdaFunctionURLRequest{Headers: header, Body: body}
	request.RequestContext.HTTP = web.LambdaFunctionURLRequestContextHTTPDescription{Method: method, Path: path, SourceIP: "203.0.113.7"}
	answer, err := w.Call(function, request)
	if err != nil {
		return 0, "", err
	}
	var got web.LambdaFunctionURLResponse
	w.must(json.Unmarshal(answer, &got))
	return got.StatusCode, got.Body, nil
}
