package lambda

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"
)

// IsWeb says whether a request is for the address of a function: the host name tells.
func IsWeb(r *http.Request) bool { return strings.Contains(r.Host, ".lambda-url.") }

// Web serves the addresses of functions in payload format 2.0, with AWS's own answers where there is nothing to invoke or the
// function fails (https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html).
func (s *Service) Web() http.Handler { return http.HandlerFunc(s.serveWeb) }

func (s *Service) serveWeb(w http.ResponseWriter, r *http.Request) {
	ref, u := s.findURL(r.Host)
	if u == nil {
		refuseWeb(w, http.StatusNotFound, `{"Message":null}`)
		return
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, maxSync+1))
	if err != nil {
		refuseWeb(w, http.StatusBadRequest, `{"Message":"Bad Request"}`)
		return
	}
	event, err := s.admitted(r, u, ref, body)
	if err != nil {
		refuseWeb(w, http.StatusForbidden, `{"Message":"Forbidden. For troubleshooting Function URL authorization issues, see: https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html"}`)
		return
	}
	payload := marshal(event)
	if len(body) > maxSync || len(payload) > maxSync {
		refuseWeb(w, http.StatusRequestEntityTooLarge, `{"Message":"Request Entity Too Large"}`)
		return
	}
	result, err := s.Call(r.Context(), s.arn(ref), payload)
	switch {
	case err != nil:
		refuseWeb(w, http.StatusTooManyRequests, `{"Reason":"ConcurrentInvocationLimitExceeded","Message":"Rate Exceeded."}`)
	case result.FunctionError != "":
		refuseWeb(w, http.StatusBadGateway, "Internal Server Error")
	default:
		answerWeb(w, result.Payload)
	}
}

// admitted is the event of a request that may come in: to an address that everybody may use, or signed by somebody who may use it. Who that is
// stands in the event (https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html#urls-payloads).
func (s *Service) admitted(r *http.Request, u *functionURL, ref reference, body []byte) (events.LambdaFunctionURLRequest, error) {
	event := visit(r, u, s.host(u), s.o.Home.Account, body)
	if u.authType == types.FunctionUrlAuthTypeNone {
		if s.o.MayVisit == nil {
			return event, errors.New("nobody may")
		}
		return event, s.o.MayVisit(s.arn(ref))
	}
	if s.o.Signed == nil {
		return event, errors.New("nobody may")
	}
	by, err := s.o.Signed(r, body, s.arn(ref))
	if err != nil {
		return event, err
	}
	event.RequestContext.AccountID = s.o.Home.Account
	event.RequestContext.Authorizer = &events.LambdaFunctionURLRequestContextAuthorizerDescription{IAM: &events.LambdaFunctionURLRequestContextAuthorizerIAMDescription{
		AccessKey: by.AccessKeyID, AccountID: s.o.Home.Account, CallerID: by.UserID, UserARN: by.ARN, UserID: by.UserID,
	}}
	return event, nil
}

func refuseWeb(w http.ResponseWriter, status int, body string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, body)
}

// findURL finds the function of a host name; nil when there is none.
func (s *Service) findURL(host string) (reference, *functionURL) {
	id, _, _ := strings.Cut(host, ".")
	s.mu.Lock()
	defer s.mu.Unlock()
	for name, f := range s.functions {
		if f.url != nil && f.url.id == id {
			return reference{name: name}, f.url
		}
	}
	return reference{}, nil
}

// visit is the event that a request becomes. Header names are lower case and their values joined by commas; cookies are apart.
func visit(r *http.Request, u *functionURL, host, account string, body []byte) events.LambdaFunctionURLRequest {
	now, source, _ := time.Now().UTC(), r.RemoteAddr, 0
	if i := strings.LastIndexByte(source, ':'); i >= 0 {
		source = source[:i]
	}
	e := events.LambdaFunctionURLRequest{
		Version: "2.0", RawPath: r.URL.EscapedPath(), RawQueryString: r.URL.RawQuery, Headers: map[string]string{"host": r.Host, "x-forwarded-for": source},
		RequestContext: events.LambdaFunctionURLRequestContext{
			AccountID: "anonymous", RequestID: newID(), APIID: u.id, DomainName: host, DomainPrefix: u.id,
			Time: now.Format("02/Jan/2006:15:04:05 +0000"), TimeEpoch: now.UnixMilli(),
			HTTP: events.LambdaFunctionURLRequestContextHTTPDescription{
				Method: r.Method, Path: r.URL.Path, Protocol: r.Proto, SourceIP: source, UserAgent: r.UserAgent(),
			},
		},
	}
	for name, values := range r.Header {
		if name == "Cookie" {
			for _, c := range r.Cookies() {
				e.Cookies = append(e.Cookies, c.Name+"="+c.Value)
			}
		}
		e.Headers[strings.ToLower(name)] = strings.Join(values, ",")
	}
	for name, values := range r.URL.Query() {
		if e.QueryStringParameters == nil {
			e.QueryStringParameters = map[string]string{}
		}
		e.QueryStringParameters[name] = strings.Join(values, ",")
	}
	e.Body, e.IsBase64Encoded = string(body), !isText(r.Header.Get("Content-Type"), body)
	if e.IsBase64Encoded {
		e.Body = base64.StdEncoding.EncodeToString(body)
	}
	return e
}

// isText says whether a body travels as it is. Lambda goes by the content type; a form is base64.
func isText(contentType string, body []byte) bool {
	media, _, _ := mime.ParseMediaType(contentType)
	text := strings.HasPrefix(media, "text/") || media == "application/json" || media == "application/xml" || media == "application/javascript"
	return len(body) == 0 || text && utf8.Valid(body)
}

// answerWeb writes a function's answer: an object with a statusCode as it says, anything else as JSON with status 200.
func answerWeb(w http.ResponseWriter, payload []byte) {
	var a struct {
		events.LambdaFunctionURLResponse
		StatusCode *int `json:"statusCode"`
	}
	if json.Unmarshal(payload, &a) != nil || a.StatusCode == nil {
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(payload)
		return
	}
	body := []byte(a.Body)
	if a.IsBase64Encoded {
		var err error
		if body, err = base64.StdEncoding.DecodeString(a.Body); err != nil {
			refuseWeb(w, http.StatusBadGateway, "Internal Server Error")
			return
		}
	}
	w.Header().Set("Content-Type", "application/json")
	for name, value := range a.Headers {
		w.Header().Set(name, value)
	}
	for _, c := range a.Cookies {
		w.Header().Add("Set-Cookie", c)
	}
	w.WriteHeader(*a.StatusCode)
	_, _ = w.Write(body)
}
