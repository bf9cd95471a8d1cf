package command_test

import (
	"encoding/json"
	"strings"
	"testing"

	lambdaevents "github.com/aws/aws-lambda-go/events"

	"sluice/events"
	"sluice/test/byhand"
)

const somebody = "arn:aws:iam::123456789012:user/grace"

// ordered is what the function answers to a request that Lambda has let in.
func ordered(w *byhand.World, method, caller, body string) (status int, o events.Outcome) {
	w.T.Helper()
	r := lambdaevents.LambdaFunctionURLRequest{Body: body}
	r.RequestContext.HTTP.Method = method
	if caller != "" {
		r.RequestContext.Authorizer = &lambdaevents.LambdaFunctionURLRequestContextAuthorizerDescription{
			IAM: &lambdaevents.LambdaFunctionURLRequestContextAuthorizerIAMDescription{UserARN: caller},
		}
	}
	text, err := w.Call("command", r)
	if err != nil {
		w.T.Fatal(err)
	}
	var a lambdaevents.LambdaFunctionURLResponse
	if err := json.Unmarshal(text, &a); err != nil {
		w.T.Fatal(err)
	}
	if err := json.Unmarshal([]byte(a.Body), &o); err != nil {
		w.T.Fatalf("%v: %s", err, a.Body)
	}
	return a.StatusCode, o
}

// Whatever cannot be done is answered with what is wrong and what to do, and goes no further.
func TestOrderThatCannotBeReadGoesNoFurther(t *testing.T) {
	for name, row := range map[string]struct {
		method, caller, body string
		status               int
		says                 string
	}{
		"a browser's GET":             {"GET", somebody, "", 405, "sluice posts to this address"},
		"nobody stated":               {"POST", "", `{"do":"abort"}`, 403, "is no ARN of a caller"},
		"the account's root":          {"POST", "arn:aws:iam::123456789012:root", `{"do":"abort"}`, 403, "nobody in particular"},
		"a federated session":         {"POST", "arn:aws:sts::123456789012:federated-user/grace", `{"do":"abort"}`, 403, "chooses its name"},
		"too long":                    {"POST", somebody, strings.Repeat(" ", 17<<10) + "{}", 413, "too long"},
		"no JSON":                     {"POST", somebody, "do=abort", 400, "the order"},
		"nothing to do":               {"POST", somebody, "{}", 400, "do is missing"},
		"what nobody does":            {"POST", somebody, `{"do":"explode","release":"checkout-0123456789ab"}`, 400, "word.do"},
		"no release":                  {"POST", somebody, `{"do":"abort","release":"checkout"}`, 400, "is no release id"},
		"no such release":             {"POST", somebody, `{"do":"abort","release":"checkout-0123456789ab"}`, 404, "there is no release"},
		"an answer without digest":    {"POST", somebody, `{"do":"approve","release":"checkout-0123456789ab"}`, 400, "word.digest"},
		"a request without its key":   {"POST", somebody, `{"do":"release","request":{"service":"checkout","revision":"2"}}`, 400, "request.key"},
		"a request without revision":  {"POST", somebody, `{"do":"release","request":{"service":"checkout","key":"k"}}`, 400, "detail.revision"},
		"a release without a request": {"POST", somebody, `{"do":"release"}`, 400, "request is missing"},
		"a request with another word": {"POST", somebody, `{"do":"abort","request":{"service":"checkout"}}`, 400, "leave it out"},
	} {
		t.Run(name, func(t *testing.T) {
			byhand.Run(t, func(w *byhand.World) {
				status, o := ordered(w, row.method, row.caller, row.body)
				if said := o.Says + " " + o.Remedy; status != row.status || o.Done || o.Remedy == "" || !strings.Contains(said, row.says) {
					t.Errorf("%d %+v, want %d and %q", status, o, row.status, row.says)
				}
				if n := len(w.Calls("decide")) + len(w.Calls("trigger")); n != 0 {
					t.Errorf("others made %d calls", n)
				}
			})
		})
	}
}
