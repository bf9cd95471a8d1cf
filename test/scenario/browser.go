package scenario

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"

	"sluice/test/sandbox/wire"
)

// What the stack's owner has put into its secrets.
const (
	signingSecret = "8f742231b10e8888abcd99yyyzzz85a5"
	linkKey       = "the key that signs links for looking"
	personKey     = "the key that signs what names a person"
)

// web reaches the addresses of functions.
func (w *World) web() *http.Client {
	return &http.Client{Transport: wire.Client(w.Sandbox.Handler())}
}

// address is where a function of Sluice's is on the web.
func (w *World) address(function string) string {
	w.T.Helper()
	out, err := w.Lambda.GetFunctionUrlConfig(w.ctx, &lambda.GetFunctionUrlConfigInput{FunctionName: aws.String(stackName + "-" + function)})
	w.must(err)
	return aws.ToString(out.FunctionUrl)
}

// A Browser is one person's, with its cookies and the page that it shows.
type Browser struct {
	w      *World
	client *http.Client

	URL    *url.URL
	Status int
	Page   string
	Header http.Header
}

// Browser opens an empty browser.
func (w *World) Browser() *Browser {
	w.T.Helper()
	jar, err := cookiejar.New(nil)
	w.must(err)
	client := w.web()
	client.Jar = jar
	return &Browser{w: w, client: client}
}

// Opens follows an address.
func (b *Browser) Opens(address string) *Browser {
	b.w.T.Helper()
	r, err := http.NewRequestWithContext(b.w.ctx, http.MethodGet, address, nil)
	b.w.must(err)
	return b.does(r)
}

// Goes opens another page of the same site.
func (b *Browser) Goes(path string) *Browser {
	b.w.T.Helper()
	next, err := b.URL.Parse(path)
	b.w.must(err)
	return b.Opens(next.String())
}

// Posts sends a form to an address that is written as on the page.
func (b *Browser) Posts(action string, fields url.Values) *Browser {
	b.w.T.Helper()
	return b.PostsFrom("same-origin", "null", action, fields) // pages that let no referrer out do not say whose they are
}

// PostsFrom sends it as a browser does for a page of the same site, or of another: site is what Sec-Fetch-Site says, and origin Origin
// (https://developer.mozilla.org/en-US/docs/Web/HTTP/Reference/Headers/Sec-Fetch-Site); "" is a browser that says nothing.
func (b *Browser) PostsFrom(site, origin, action string, fields url.Values) *Browser {
	b.w.T.Helper()
	next, err := b.URL.Parse(action)
	b.w.must(err)
	r, err := http.NewRequestWithContext(b.w.ctx, http.MethodPost, next.String(), strings.NewReader(fields.Encode()))
	b.w.must(err)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	for name, value := range map[string]string{"Sec-Fetch-Site": site, "Origin": origin} {
		if value != "" {
			r.Header.Set(name, value)
		}
	}
	return b.does(r)
}

func (b *Browser) does(r *http.Request) *Browser {
	b.w.T.Helper()
	answer, err := b.client.Do(r)
	b.w.must(err)
	text, err := io.ReadAll(answer.Body)
	b.w.must(err)
	_ = answer.Body.Close()
	b.URL, b.Status, b.Page, b.Header = answer.Request.URL, answer.StatusCode, string(text), answer.Header
	return b
}

var field = regexp.MustCompile(`<input type="hidden" name="([a-z]+)" value="([^"]*)">`)

// Form is what the hidden fields of the page hold.
func (b *Browser) Form() url.Values {
	fields := url.Values{}
	for _, m := range field.FindAllStringSubmatch(b.Page, -1) {
		fields.Set(m[1], m[2])
	}
	return fields
}

// Continues presses the one button of the page that a link with a name shows.
func (b *Browser) Continues() *Browser {
	b.w.T.Helper()
	return b.Posts("/open", b.Form())
}

// Presses sends the page's form, with a comment.
func (b *Browser) Presses(do, comment string) *Browser {
	b.w.T.Helper()
	fields := b.Form()
	fields.Set("comment", comment)
	fields.Set("reason", comment)
	return b.Posts("?do="+do, fields)
}

// Invited is a link that whoever may invoke the console makes for somebody, by their mail.
func (w *World) Invited(release string) string {
	w.T.Helper()
	payload := fmt.Appendf(nil, `{"link":{"release":%q,"how":"mail","by":"dan@example.com"}}`, release)
	out, err := w.Lambda.Invoke(w.ctx, &lambda.InvokeInput{FunctionName: aws.String(stackName + "-console"), Payload: payload})
	w.must(err)
	var made struct{ URL string }
	if err := json.Unmarshal(out.Payload, &made); err != nil || made.URL == "" {
		w.T.Fatalf("the console made no link: %s", out.Payload)
	}
	return made.URL
}
