package rollout

import (
	"encoding/json"
	"fmt"
	"time"
)

// Job is something of the service's own that is run for a release, as a test before it begins or as a hook. Exactly one of Lambda, CodeBuild and
// Automation is set.
type Job struct {
	Lambda     string              `json:"lambda,omitempty"`     // name of a function, invoked with JobEvent
	Payload    json.RawMessage     `json:"payload,omitempty"`    // for the function
	CodeBuild  string              `json:"codeBuild,omitempty"`  // name of a project, started with SLUICE_RELEASE, SLUICE_SERVICE and SLUICE_REVISION
	Automation string              `json:"automation,omitempty"` // name of an SSM Automation document
	Parameters map[string][]string `json:"parameters,omitempty"` // of the document
	Within     Duration            `json:"within,omitzero"`      // after this time it is stopped and has failed; default 1m for a function (at most 2m), else 30m
}

// Runs is the name of what is run: "checkout-smoke".
func (j Job) Runs() string { return j.Lambda + j.CodeBuild + j.Automation }

// Gate is the name of the gate that the job is as a test: "test checkout-smoke".
func (j Job) Gate() string { return "test " + j.Runs() }

// Kind is what is run, in words: "function", "build" or "document".
func (j Job) Kind() string {
	switch {
	case j.Lambda != "":
		return "function"
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

// JobAnswer is what the function may answer: the verdict "fail" with a reason. With any other answer and no error the job has passed.
type JobAnswer struct {
	Verdict string `json:"verdict"`
	Why     string `json:"why"`
}

// The limits of jobs: all functions of the tests together, or that of one hook; and one other job.
const (
	longestInvocation = 2 * time.Minute
	longestJob        = 8 * time.Hour
)

func (j Job) withDefaults() Job {
	usual := Duration(30 * minute)
	if j.Lambda != "" {
		usual = Duration(minute)
	}
	j.Within = or(j.Within, usual)
	return j
}

func (j Job) validate(at string, found *problems) {
	kinds := 0
	for _, given := range []string{j.Lambda, j.CodeBuild, j.Automation} {
		if given != "" {
			kinds++
		}
	}
	found.check(kinds == 1, at, fmt.Sprintf("%d kinds of what is run are given", kinds), "write exactly one of lambda, codeBuild, automation")
	found.check(j.Lambda == "" || testFunction.MatchString(j.Lambda), at+".lambda", fmt.Sprintf("%.60q is not a function's name", j.Lambda), "write the name alone, without ARN and version")
	found.check(j.CodeBuild == "" || projectName.MatchString(j.CodeBuild), at+".codeBuild", fmt.Sprintf("%.60q is not a project's name", j.CodeBuild), "write the CodeBuild project's name alone, without ARN")
	found.check(j.Automation == "" || documentName.MatchString(j.Automation), at+".automation", fmt.Sprintf("%.60q is not a document's name", j.Automation), "write the name of an SSM Automation document")
	found.check(j.Lambda != "" || len(j.Payload) == 0, at+".payload", "a payload belongs to a function", "leave it out")
	found.check(j.Automation != "" || len(j.Parameters) == 0, at+".parameters", "parameters belong to an Automation document", "leave them out")
	longest, shortest := Duration(longestJob), Duration(minute)
	if j.Lambda != "" {
		longest, shortest = Duration(longestInvocation), Duration(time.Second)
	}
	found.check(j.Within == 0 || j.Within >= shortest, at+".within", j.Within.String()+" is too short", "write "+shortest.String()+" or more")
	found.between(at+".within", j.Within, 0, longest.Std())
}
