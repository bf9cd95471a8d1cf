package lambda_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/aws/aws-lambda-go/events"
	awslambda "github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"

	"sluice/test/sandbox/lambda"
	"sluice/test/sandbox/wire"
)

// web is a Lambda whose function "checkout" has an address, and that address's host.
func web(t *testing.T, o lambda.Options) (*lambda.Service, string) {
	t.Helper()
	if o.MayVisit == nil {
		o.MayVisit = func(string) error { return nil }
	}
	s := service(t, o)
	create(t, s)
	out, err := s.CreateFunctionUrlConfig(t.Context(), &awslambda.CreateFunctionUrlConfigInput{FunctionName: new("checkout"), AuthType: types.FunctionUrlAuthTypeNone})
	if err != nil {
		t.Fatal(err)
	}
	return s, strings.Trim(strings.TrimPrefix(*out.FunctionUrl, "https:"), "/")
}

// visit sends a request to an address.
func visit(t *testing.T, s *lambda.Service, r *http.Request) *http.Response {
	t.Helper()
	w := httptest.NewRecorder()
	s.Web().ServeHTTP(w, r)
	return w.Result()
}

func text(t *testing.T, r *http.Response) string {
	t.Helper()
	body, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

// says is a function with a fixed answer.
func says(answer string, err error) lambda.Options {
	return lambda.Options{InProcess: handlers(func(context.Context, []byte) ([]byte, error) { return []byte(answer), err })}
}

func TestAddressHandsOverTheRequest(t *testing.T) {
	var got events.LambdaFunctionURLRequest
	s, host := web(t, lambda.Options{InProcess: handlers(func(_ context.Context, in []byte) ([]byte, error) {
		return []byte(`{"statusCode":204}`), json.Unmarshal(in, &got)
	})})
	r := httptest.NewRequest("POST", "http://"+host+"/github%20x?a=1&a=2", strings.NewReader("payload=%7B%7D"))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("X-Slack-Signature", "v0=ab")
	r.Header.Set("Cookie", "one=1; two=2")
	if answer := visit(t, s, r); answer.StatusCode != 204 {
		t.Fatalf("answered %d", answer.StatusCode)
	}
	if got.RawPath != "/github%20x" || got.RequestContext.HTTP.Path != "/github x" || got.QueryStringParameters["a"] != "1,2" || got.RequestContext.HTTP.Method != "POST" {
		t.Errorf("path and query: %+v", got)
	}
	if got.Headers["x-slack-signature"] != "v0=ab" || strings.Join(got.Cookies, " ") != "one=1 two=2" {
		t.Errorf("headers %v, cookies %v", got.Headers, got.Cookies)
	}
	if !got.IsBase64Encoded || got.Body != "cGF5bG9hZD0lN0IlN0Q=" {
		t.Errorf("a form comes as %q (base64: %v), and Lambda encodes it", got.Body, got.IsBase64Encoded)
	}
}

func TestAddressAnswersAsLambdaDoes(t *testing.T) {
	for name, test := range map[string]struct {
		answer string
		err    error
		status int
		body   string
	}{
		"an answer with a status":             {`{"statusCode":303,"headers":{"location":"/next"},"cookies":["a=b"]}`, nil, 303, ""},
		"an answer in base64":                 {`{"statusCode":200,"body":"aGk=","isBase64Encoded":true}`, nil, 200, "hi"},
		"anything else is JSON":               {`{"hello":"you"}`, nil, 200, `{"hello":"you"}`},
		"a function that fails":               {"", errors.New("secret detail"), 502, "Internal Server Error"},
		"an answer that says base64, wrongly": {`{"statusCode":200,"body":"%","isBase64Encoded":true}`, nil, 502, "Internal Server Error"},
	} {
		t.Run(name, func(t *testing.T) {
			s, host := web(t, says(test.answer, test.err))
			answer := visit(t, s, httptest.NewRequest("GET", "http://"+host+"/", nil))
			if body := text(t, answer); answer.StatusCode != test.status || body != test.body {
				t.Errorf("answered %d %q, want %d %q", answer.StatusCode, body, test.status, test.body)
			}
			if test.status == 303 && (answer.Header.Get("Location") != "/next" || answer.Header.Get("Set-Cookie") != "a=b") {
				t.Errorf("headers %v", answer.Header)
			}
		})
	}
}

func TestAddressThatMayNotBeVisited(t *testing.T) {
	o := says(`{}`, nil)
	o.MayVisit = func(function string) error {
		if function == "arn:aws:lambda:us-east-1:123456789012:function:checkout" {
			return errors.New("no statement allows it")
		}
		return nil
	}
	s, host := web(t, o)
	if answer := visit(t, s, httptest.NewRequest("GET", "http://"+host+"/", nil)); answer.StatusCode != 403 {
		t.Errorf("without a permission it answers %d, want 403", answer.StatusCode)
	}
	if answer := visit(t, s, httptest.NewRequest("GET", "http://0123.lambda-url.us-east-1.on.aws/", nil)); answer.StatusCode != 404 {
		t.Errorf("an address that nobody has answers %d, want 404", answer.StatusCode)
	}
	s, host = web(t, says(`{}`, nil))
	if answer := visit(t, s, httptest.NewRequest("POST", "http://"+host+"/", strings.NewReader(strings.Repeat("x", 7<<20)))); answer.StatusCode != 413 {
		t.Errorf("7 MB answer %d, want 413", answer.StatusCode)
	}
}

// A stack that believes in addresses or traces where there are none fails here, as it would on AWS.
func TestWhatLambdaDoesNotHaveInARegionIsRefused(t *testing.T) {
	for region, lacks := range map[string]struct{ addresses, traces bool }{
		"us-east-1": {}, "us-gov-west-1": {}, "eu-south-2": {addresses: true}, "cn-north-1": {true, true}, "cn-northwest-1": {true, true},
	} {
		s := lambda.New(t.Context(), lambda.Options{Home: wire.Home{Region: region, Account: "123456789012"}})
		t.Cleanup(s.Close)
		create(t, s)
		_, err := s.CreateFunctionUrlConfig(t.Context(), &awslambda.CreateFunctionUrlConfigInput{FunctionName: new("checkout"), AuthType: types.FunctionUrlAuthTypeNone})
		if (err != nil) != lacks.addresses {
			t.Errorf("%s: an address: %v", region, err)
		}
		_, err = s.UpdateFunctionConfiguration(t.Context(), &awslambda.UpdateFunctionConfigurationInput{FunctionName: new("checkout"), TracingConfig: &types.TracingConfig{Mode: types.TracingModeActive}})
		if (err != nil) != lacks.traces {
			t.Errorf("%s: traces: %v", region, err)
		}
	}
}
