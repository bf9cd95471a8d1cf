package console_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/aws/aws-lambda-go/events"

	"sluice/test/byhand"
	"sluice/test/scenario"
)

// On AWS no neighbour's cookie is ever taken for a session, whatever a request says of itself. On one's own machine, without TLS, browsers
// keep none by that name.
func TestCookieIsThisHostsAlone(t *testing.T) {
	const aws, here = "abc.lambda-url.us-east-1.on.aws", "abc.lambda-url.us-east-1.localhost"
	for name, test := range map[string]struct{ host, header, want string }{
		"on AWS":                               {aws, `"host":"` + aws + `"`, "__Host-sluice="},
		"on AWS, by a header of the visitor's": {aws, `"host":"` + here + `","x-forwarded-proto":"http"`, "__Host-sluice="},
		"on one's own machine":                 {here, `"host":"` + here + `:4599"`, "sluice="},
	} {
		t.Run(name, func(t *testing.T) {
			byhand.RunWith(t, scenario.Options{}, first, func(w *byhand.World) {
				link, err := w.Call("console", json.RawMessage(`{"link":{}}`))
				if err != nil {
					t.Fatal(err)
				}
				_, text, _ := strings.Cut(string(link), "open?t=")
				visit := func(path, query, cookie string) (a events.LambdaFunctionURLResponse) {
					request := fmt.Sprintf(`{"cookies":[%q],"queryStringParameters":{"t":%q},"headers":{%s},"requestContext":{"domainName":%q,"http":{"method":"GET","path":%q}}}`, cookie, query, test.header, test.host, path)
					answer, err := w.Call("console", json.RawMessage(request))
					if err != nil || json.Unmarshal(answer, &a) != nil {
						t.Fatalf("%s: %s (%v)", path, answer, err)
					}
					return a
				}
				a := visit("/open", strings.TrimSuffix(text, `"}`), "a=b")
				if len(a.Cookies) != 1 || !strings.HasPrefix(a.Cookies[0], test.want) {
					t.Fatalf("the cookies are %v", a.Cookies)
				}
				set := a.Cookies[0]
				for _, word := range []string{"; Path=/;", "; Secure", "; HttpOnly", "; SameSite=Lax"} {
					if !strings.Contains(set+";", word) {
						t.Errorf("it has no %q: %s", word, set)
					}
				}
				if strings.Contains(strings.ToLower(set), "domain") {
					t.Errorf("neighbours get it: %s", set)
				}
				_, session, _ := strings.Cut(strings.SplitN(set, ";", 2)[0], "=")
				for _, name := range []string{"__Host-sluice=", "sluice="} {
					want := http.StatusUnauthorized
					if name == test.want {
						want = http.StatusOK
					}
					if got := visit("/", "", name+session).StatusCode; got != want {
						t.Errorf("with cookie %s the list shows %d, want %d", name, got, want)
					}
				}
			})
		})
	}
}
