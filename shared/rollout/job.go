package rollout

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"time"
)

// Job is something of the service's own that is run for a release, as a test before it begins or as a hook. Exactly one of Lambda, HTTP, CodeBuild
// and Automation is set.
type Job struct {
	Lambda     string              `json:"lambda,omitempty"`     // name of a function, invoked with JobEvent
	Payload    json.RawMessage     `json:"payload,omitempty"`    // for the function or the endpoint
	HTTP       string              `json:"http,omitempty"`       // an address of the internet (https), to which JobEvent is posted
	Secret     string              `json:"secret,omitempty"`     // of HTTP: the name of the secret with the key that signs the request
	CodeBuild  string              `json:"codeBuild,omitempty"`  // name of a project, started with SLUICE_RELEASE, SLUICE_SERVICE and SLUICE_REVISION
	Automation string              `json:"automation,omitempty"` // name of an SSM Automation document
	Parameters map[string][]string `json:"parameters,omitempty"` // of the document
	Within     Duration            `json:"within,omitzero"`      // after this time it is stopped and has failed; default 1m for a function or an endpoint (at most 2m), else 30m
}

// Runs is the name of what is run: "checkout-smoke".
func (j Job) Runs() string { return j.Lambda + j.HTTP + j.CodeBuild + j.Automation }

// Answers says whether what is run answers at once, within one invocation.
func (j Job) Answers() bool { return j.Lambda != "" || j.HTTP != "" }

// Gate is the name of the gate that the job is as a test: "test checkout-smoke".
func (j Job) Gate() string { return "test " + j.Runs() }

// Kind is what is run, in words: "function", "endpoint", "build" or "document".
func (j Job) Kind() string {
	switch {
	case j.Lambda != "":
		return "function"
	case j.HTTP != "":
		return "endpoint"
	case j.CodeBuild != "":
		return "build"
	}
	return "document"
}

// JobEvent is what the function of a job is invoked with.
type JobEvent struct {
	Release  string          `json:"release"`        // the same when it is repeated: after a crash a function may be invoked twice
	Hook     string          `json:"hook,omitempty"` // name of the hook; empty for a test
	Service  string          `json:"service"`
	Target   string          `json:"target"`
	Revision string          `json:"revision"` // what is released
	Commit   string          `json:"commit,omitempty"`
	End      End             `json:"end,omitempty"` // how the release ended, for a hook after that
	Payload  json.RawMessage `json:"payload,omitempty"`
}

// JobEvent is what the function of a test is invoked with.
func (r Release) JobEvent(j Job) JobEvent {
	return JobEvent{Release: r.ID, Service: r.Service, Target: r.Definition.Target.ID(), Revision: r.Revision.Version, Commit: r.Revision.Commit, Payload: j.Payload}
}

// HookEvent is what the function of a hook is invoked with.
func (r Release) HookEvent(h Hook) JobEvent {
	e := r.JobEvent(h.Job)
	e.Hook, e.End = h.Name, r.End
	return e
}

// JobAnswer is what the function or the endpoint may answer: the verdict "fail" with a reason. With any other answer and no error the job has passed.
type JobAnswer struct {
	Verdict string `json:"verdict"`
	Why     string `json:"why"`
}

// Failed says whether the answer is a failure: an unclear verdict has not passed.
func (a JobAnswer) Failed() bool { return a.Verdict != "" && a.Verdict != string(GatePass) }

// Reason is why, in words.
func (a JobAnswer) Reason() string { return or(a.Why, "it answered the verdict "+a.Verdict) }

// The limits of jobs: all functions of the tests together, or that of one hook; and one other job.
const (
	longestInvocation = 2 * time.Minute
	longestJob        = 8 * time.Hour
)

func (j Job) withDefaults() Job {
	usual := Duration(30 * minute)
	if j.Answers() {
		usual = Duration(minute)
	}
	j.Within = or(j.Within, usual)
	return j
}

func (j Job) validate(at string, found *problems) {
	kinds := 0
	for _, given := range []string{j.Lambda, j.HTTP, j.CodeBuild, j.Automation} {
		if given != "" {
			kinds++
		}
	}
	found.check(kinds == 1, at, fmt.Sprintf("%d kinds of what is run are given", kinds), "write exactly one of lambda, http, codeBuild, automation")
	j.validateEndpoint(at, found)
	found.check(j.Lambda == "" || testFunction.MatchString(j.Lambda), at+".lambda", fmt.Sprintf("%.60q is not a function's name", j.Lambda), "write the name alone, without ARN and version")
	found.check(j.CodeBuild == "" || projectName.MatchString(j.CodeBuild), at+".codeBuild", fmt.Sprintf("%.60q is not a project's name", j.CodeBuild), "write the CodeBuild project's name alone, without ARN")
	found.check(j.Automation == "" || documentName.MatchString(j.Automation), at+".automation", fmt.Sprintf("%.60q is not a document's name", j.Automation), "write the name of an SSM Automation document")
	found.check(j.Answers() || len(j.Payload) == 0, at+".payload", "a payload belongs to a function or an endpoint", "leave it out")
	found.check(j.Automation != "" || len(j.Parameters) == 0, at+".parameters", "parameters belong to an Automation document", "leave them out")
	longest, shortest := Duration(longestJob), Duration(minute)
	if j.Answers() {
		longest, shortest = Duration(longestInvocation), Duration(time.Second)
	}
	found.check(j.Within == 0 || j.Within >= shortest, at+".within", j.Within.String()+" is too short", "write "+shortest.String()+" or more")
	found.between(at+".within", j.Within, 0, longest.Std())
}

// secretName is what Secrets Manager lets a secret be called: https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_CreateSecret.html.
const secretName expression = `^[A-Za-z0-9/_+=.@-]{1,512}$`

// validateEndpoint checks the address of an endpoint. It is in records and logs, so it holds no secret: the signature says who asks.
func (j Job) validateEndpoint(at string, found *problems) {
	if j.HTTP == "" {
		found.check(j.Secret == "", at+".secret", "a secret belongs to an endpoint", "leave it out")
		return
	}
	u, err := url.Parse(j.HTTP)
	ok := err == nil && u.Scheme == "https" && u.Hostname() != "" && len(j.HTTP) <= 500
	found.check(ok, at+".http", fmt.Sprintf("%.60q is not an address of the internet", j.HTTP), "write one that begins with https://")
	found.check(!ok || u.User == nil && u.RawQuery == "" && u.Fragment == "", at+".http", "it holds more than a host and a path, which would be in records and logs", "leave out user, password and query: the signature says who asks")
	found.check(secretName.MatchString(j.Secret), at+".secret", fmt.Sprintf("%.60q is not the name of a secret", j.Secret), `make a key and name it: aws secretsmanager create-secret --name checkout-hooks --secret-string "$(openssl rand -base64 48)"`)
	found.check(!strings.HasPrefix(j.Secret, "sluice-"), at+".secret", "it is one of Sluice's own", "make one for this endpoint alone: whoever knows the key can ask in Sluice's name")
}
