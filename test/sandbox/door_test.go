package sandbox_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/aws/aws-sdk-go-v2/credentials"
	awslambda "github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"

	"sluice/test/sandbox"
)

// open is a sandbox that listens, with a page: it answers with the method.
func open(t *testing.T) *sandbox.Sandbox {
	t.Helper()
	page := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _, _ = io.WriteString(w, "page "+r.Method) })
	return boot(t, sandbox.Options{ListenAddr: "127.0.0.1:0", Mounts: map[string]http.Handler{"/_slack/": page}, InProcess: answering(`{"statusCode":200,"body":"function"}`)})
}

// asks sends a request as it is, and is the status and text of the answer.
func asks(t *testing.T, r *http.Request) (int, string) {
	t.Helper()
	r.RequestURI = ""
	answer, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, string(text)
}

func port(box *sandbox.Sandbox) string {
	return box.Endpoint()[strings.LastIndex(box.Endpoint(), ":"):]
}

// A name that leads to 127.0.0.1 makes a stranger's page one of this origin; the name is in Host.
func TestPageBehindAReboundNameReachesNothing(t *testing.T) {
	box := open(t)
	for host, want := range map[string]int{
		"127.0.0.1" + port(box): 200, "localhost" + port(box): 200,
		"evil.example" + port(box): 421, "127.0.0.1.evil.example" + port(box): 421, "evil.localhost" + port(box): 421,
		"127.0.0.1": 421, "127.0.0.1:80": 421, "localhost:1": 421, "[::1]" + port(box): 421, "evil.example": 421,
		"x.lambda-url.us-east-1.on.aws" + port(box): 421, ".lambda-url.us-east-1.localhost" + port(box): 421,
		"a.b.lambda-url.us-east-1.localhost" + port(box): 421, "x.lambda-url.eu-west-1.localhost" + port(box): 421,
		"x.lambda-url.us-east-1.localhost" + port(box): 404, // inside: there is no such function
	} {
		r := httptest.NewRequest("GET", box.Endpoint()+"/_slack/", nil)
		r.Host = host
		if status, text := asks(t, r); status != want || want == 421 && !strings.Contains(text, box.Endpoint()) {
			t.Errorf("Host %s is answered %d %q, want %d and the right address", host, status, text, want)
		}
	}
}

func TestPageOfAnotherSiteReachesNothingButByALink(t *testing.T) {
	box := open(t)
	for name, test := range map[string]struct {
		method string
		header map[string]string
		want   int
	}{
		"no browser":                      {"POST", nil, 200},
		"a form on its own page":          {"POST", map[string]string{"Sec-Fetch-Site": "same-origin", "Sec-Fetch-Mode": "navigate", "Origin": "null"}, 200},
		"a form, in an old browser":       {"POST", map[string]string{"Origin": box.Endpoint()}, 200},
		"an address that somebody typed":  {"GET", map[string]string{"Sec-Fetch-Site": "none", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}, 200},
		"a link in a mail or in Slack":    {"GET", map[string]string{"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}, 200},
		"a foreign form":                  {"POST", map[string]string{"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document", "Origin": "http://evil.example"}, 403},
		"a foreign form, in an old one":   {"POST", map[string]string{"Origin": "http://evil.example"}, 403},
		"a page without origin":           {"POST", map[string]string{"Origin": "null"}, 403},
		"a page of another port":          {"POST", map[string]string{"Sec-Fetch-Site": "same-site", "Origin": "http://127.0.0.1:1"}, 403},
		"a page of another port, old":     {"POST", map[string]string{"Origin": "http://127.0.0.1:1"}, 403},
		"a foreign script that reads":     {"GET", map[string]string{"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "empty"}, 403},
		"a foreign script that asks":      {"OPTIONS", map[string]string{"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "cors", "Origin": "http://evil.example"}, 403},
		"a foreign frame around the page": {"GET", map[string]string{"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "iframe"}, 403},
	} {
		t.Run(name, func(t *testing.T) {
			r := httptest.NewRequest(test.method, box.Endpoint()+"/_slack/click", nil)
			for key, value := range test.header {
				r.Header.Set(key, value)
			}
			if status, text := asks(t, r); status != test.want || status == 200 && text != "page "+test.method {
				t.Errorf("answered %d %q, want %d", status, text, test.want)
			}
		})
	}
}

// nothing is the digest of a body that is empty.
const nothing = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

// listing is a call of the API that is not signed yet.
func listing(box *sandbox.Sandbox) *http.Request {
	return httptest.NewRequest("GET", box.Endpoint()+"/2015-03-31/functions/?MaxItems=5", http.NoBody)
}

func TestCallWithoutThisRunsKeyIsRefusedWithTheRemedy(t *testing.T) {
	box := open(t)
	guard := box.Config("guard").Credentials
	known, err := guard.Retrieve(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		key  aws.Credentials
		want string
	}{
		"no signature":             {want: "MissingAuthenticationTokenException"},
		"a key of yesterday's run": {sandbox.NewKey(), "UnrecognizedClientException"},
		"the key's id alone":       {aws.Credentials{AccessKeyID: box.Key().AccessKeyID, SecretAccessKey: "me"}, "InvalidSignatureException"},
		"a role's id alone":        {aws.Credentials{AccessKeyID: known.AccessKeyID, SecretAccessKey: "sandbox"}, "InvalidSignatureException"},
		"this run's key":           {box.Key(), ""},
	} {
		t.Run(name, func(t *testing.T) {
			r := listing(box)
			if test.key.HasKeys() {
				if err := v4.NewSigner().SignHTTP(t.Context(), test.key, r, nothing, "lambda", "us-east-1", time.Now()); err != nil {
					t.Fatal(err)
				}
			}
			status, text := asks(t, r)
			if test.want == "" && status != 200 || test.want != "" && (status != 403 || !strings.Contains(text, test.want) || !strings.Contains(text, "dist/host/environment")) {
				t.Errorf("answered %d %s, want %q and the remedy", status, text, test.want)
			}
		})
	}
}

// A signature is of one request: who has seen it can say nothing else with it.
func TestSignatureCountsForItsOwnRequestOnly(t *testing.T) {
	box := open(t)
	for name, change := range map[string]func(*http.Request){
		"another method": func(r *http.Request) { r.Method = "DELETE" },
		"another path":   func(r *http.Request) { r.URL.Path += "checkout" },
		"another query":  func(r *http.Request) { r.URL.RawQuery = "MaxItems=6" },
		"another time":   func(r *http.Request) { r.Header.Set("X-Amz-Date", "20260101T000000Z") },
		"another body": func(r *http.Request) {
			r.Body, r.ContentLength = io.NopCloser(strings.NewReader("x")), 1
		},
	} {
		r := listing(box)
		if err := v4.NewSigner().SignHTTP(t.Context(), box.Key(), r, nothing, "lambda", "us-east-1", time.Now()); err != nil {
			t.Fatal(err)
		}
		change(r)
		if status, text := asks(t, r); status != 403 || !strings.Contains(text, "InvalidSignatureException") {
			t.Errorf("%s: answered %d %s, want a refusal", name, status, text)
		}
	}
}

// SDKs send what needs escaping in paths and queries, and sign it escaped twice.
func TestSDKWithThisRunsKeyWorksOverThePort(t *testing.T) {
	box := open(t)
	client := awslambda.New(awslambda.Options{
		Region: "us-east-1", BaseEndpoint: aws.String(box.Endpoint()),
		Credentials: credentials.StaticCredentialsProvider{Value: box.Key()},
	})
	checkout(t, box)
	name := aws.String("arn:aws:lambda:us-east-1:123456789012:function:checkout")
	if _, err := client.ListVersionsByFunction(t.Context(), &awslambda.ListVersionsByFunctionInput{FunctionName: name}); err != nil {
		t.Error(err)
	}
	if _, err := client.UntagResource(t.Context(), &awslambda.UntagResourceInput{Resource: name, TagKeys: []string{"a b", "ü+/~*&="}}); err != nil {
		t.Error(err)
	}
	out, err := client.CreateFunctionUrlConfig(t.Context(), &awslambda.CreateFunctionUrlConfigInput{FunctionName: name, AuthType: types.FunctionUrlAuthTypeNone})
	if err != nil {
		t.Fatal(err)
	}
	// The address of the function needs no key, as on AWS: here its policy lets nobody in, and Lambda says so.
	r := httptest.NewRequest("POST", *out.FunctionUrl, nil)
	r.URL.Host = strings.TrimPrefix(box.Endpoint(), "http://") // the name leads there
	if status, text := asks(t, r); status != 403 || !strings.Contains(text, "urls-auth.html") {
		t.Errorf("the function's address answers %d %s", status, text)
	}
}

func TestAWSCLIWithAnotherKeyIsToldTheRemedy(t *testing.T) {
	cli := newCLI(t, open(t))
	cli.env = append(cli.env, "AWS_ACCESS_KEY_ID=me", "AWS_SECRET_ACCESS_KEY=me")
	for command, want := range map[string]string{
		"lambda list-functions":   "UnrecognizedClientException",
		"sts get-caller-identity": "InvalidClientTokenId",
		"sqs list-queues":         "dist/host/environment",
		"events list-rules":       "UnrecognizedClientException",
	} {
		t.Run(command, func(t *testing.T) {
			t.Parallel()
			if out, err := cli.run(strings.Fields(command)...); err == nil || !strings.Contains(out, want) || !strings.Contains(out, "make run") {
				t.Errorf("error %v; want the output to say %q\n%s", err, want, out)
			}
		})
	}
}
