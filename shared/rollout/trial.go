package rollout

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"sluice/shared/kind"
)

// A Test tries the candidate before it gets traffic: by an invocation, which passes when it returns without an error, or, where the kind says so
// (kind.Facts.Asks), by an HTTP request.
type Test struct {
	Payload json.RawMessage `json:"payload,omitempty"` // what the candidate is invoked with; {} when empty
	Request *TestRequest    `json:"request,omitempty"` // what it is asked; GET / when nil
}

// TestRequest is one HTTP request to the candidate, and what its answer must be.
type TestRequest struct {
	Method  string            `json:"method,omitempty"` // GET when empty
	Path    string            `json:"path,omitempty"`   // with its query; / when empty
	Headers map[string]string `json:"headers,omitempty"`
	Body    string            `json:"body,omitempty"`
	Status  int               `json:"status,omitempty"` // that passes; 0: any 2xx
	Within  Duration          `json:"within,omitzero"`  // until its answer has begun; 10 s when 0
}

// slowestAnswer is the longest that a request may take: the function shift has other work to do afterwards.
const slowestAnswer = time.Minute

// Asked is the test's request with its defaults.
func (t Test) Asked() TestRequest {
	var r TestRequest
	if t.Request != nil {
		r = *t.Request
	}
	r.Method, r.Path, r.Within = cmp.Or(r.Method, "GET"), cmp.Or(r.Path, "/"), cmp.Or(r.Within, Duration(10*time.Second))
	return r
}

// Passes says whether a status is the one that is wanted.
func (r TestRequest) Passes(status int) bool {
	return status == r.Status || r.Status == 0 && status/100 == 2
}

// Wanted is the status that passes, in words.
func (r TestRequest) Wanted() string {
	if r.Status == 0 {
		return "2xx"
	}
	return fmt.Sprint(r.Status)
}

// methods that a request may have. Those that open tunnels or echo headers have no use in a test.
var methods = []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}

const (
	fieldName  expression = "^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,64}$" // https://www.rfc-editor.org/rfc/rfc9110#name-field-names
	fieldValue expression = `^[\x20-\x7e\t]*$`
)

func (r TestRequest) validate(path string, found *problems) {
	_, err := url.ParseRequestURI(r.Path)
	found.check(r.Path == "" || err == nil && strings.HasPrefix(r.Path, "/"), path+".path", fmt.Sprintf("%.120q is not a path", r.Path), "write what follows the host, such as /health")
	found.check(r.Method == "" || slices.Contains(methods, r.Method), path+".method", fmt.Sprintf("%.20q is not a method that a test may use", r.Method), "write one of "+strings.Join(methods, ", "))
	found.check(r.Status == 0 || r.Status >= 100 && r.Status <= 599, path+".status", fmt.Sprintf("%d is not a status", r.Status), "write a number from 100 to 599, or leave it out for any 2xx")
	found.check(len(r.Body) <= 4096, path+".body", fmt.Sprintf("%d bytes are too many", len(r.Body)), "write at most 4096")
	found.check(len(r.Headers) <= 20, path+".headers", fmt.Sprintf("%d headers are too many", len(r.Headers)), "write at most 20")
	for name, value := range r.Headers {
		found.check(fieldName.MatchString(name) && fieldValue.MatchString(value) && len(value) <= 1024, path+".headers", fmt.Sprintf("%.60q is not a header", name), "write its name and one line of text")
	}
	if r.Within != 0 {
		found.between(path+".within", r.Within, time.Second, slowestAnswer)
	}
}

// validateTests holds the tests of steps against what the kind of target can do.
func (d Definition) validateTests(found *problems) {
	f := d.Target.Facts()
	path := "strategy." + d.Strategy.Name()
	for i, s := range d.Strategy.Steps() {
		if s.Test == nil || !f.Can.Tests {
			continue
		}
		at := fmt.Sprintf("%s.steps[%d].test", path, i)
		if d.Strategy.BlueGreen != nil {
			at = path + ".test"
		}
		found.check(f.Asks || s.Test.Request == nil, at+".request", an(f.Title)+" is tried by an invocation", "write payload: with what it is invoked")
		found.check(!f.Asks || len(s.Test.Payload) == 0, at+".payload", an(f.Title)+" is tried by an HTTP request", "write request: {path: /health}")
		if s.Test.Request != nil {
			s.Test.Request.validate(at+".request", found)
		}
		if front, has := d.Target.Spec().(kind.Fronted); has {
			found.check(front.Front() != "", "target."+string(f.ID)+".test", "a step tests the candidate, and nothing says where it can be reached before it has traffic",
				"name a listener, or a rule that only testers reach, and the URL by which it is reached")
		}
	}
}
