package events

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
)

// StageSource is the source of the requests that the function stage sends for pipelines. Its role may send nothing else, and in no other name.
const StageSource = "codepipeline"

// JobEvent is what CodePipeline invokes a function with: for an action, and for a rule of a condition.
//
// CodePipeline sends credentials for the artifacts with it, and says that nobody should log them. They are not read here, so that what a
// function logs, keeps or hands on cannot hold them
// (https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-Lambda.html).
type JobEvent struct {
	Job Job `json:"CodePipeline.job"`
}

// Job is one call of an action. CodePipeline gives each call an id of its own, and Lambda tries a call that failed again with the same id.
type Job struct {
	ID   string  `json:"id"`
	Data JobData `json:"data"`
}

// JobData is what of a job Sluice reads.
type JobData struct {
	Action struct {
		Configuration struct {
			UserParameters string `json:"UserParameters"`
		} `json:"configuration"`
	} `json:"actionConfiguration"`
	Artifacts []struct {
		Name     string `json:"name"`
		Revision string `json:"revision"` // of a source: the id of its commit; null of what an action made
	} `json:"inputArtifacts"`
	Token string `json:"continuationToken"` // what the function has answered to the call before; empty in the first call
}

// A StageRequest is what somebody writes into the UserParameters of an action or a rule, or into the Input of an action of Step Functions, as a JSON
// object: the release that the pipeline waits for. With a revision Sluice is asked for it. Without one the pipeline waits for the release of the commit,
// which a push begins. It cannot say that the release mends something and may begin while an alarm is red: what stands in a pipeline would say so of every release.
type StageRequest struct {
	Service    string `json:"service"`              // as in the definition
	Revision   string `json:"revision,omitempty"`   // Lambda version, such as "#{Build.VERSION}"
	Repository string `json:"repository,omitempty"` // where the commit is, with its host: "github/acme/checkout"
	Commit     string `json:"commit,omitempty"`     // default: that of the first input artifact that has one
	Author     string `json:"author,omitempty"`     // who wrote the commit
	Reason     string `json:"reason,omitempty"`     // why, for the record
}

// jobID is the form of a job's id (https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_PutJobSuccessResult.html).
const jobID expression = `^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$`

// Known says whether the event is a job at all, so that CodePipeline can be answered.
func (j Job) Known() bool { return IsJobID(j.ID) }

// IsJobID says whether a text is the id of a job.
func IsJobID(text string) bool { return jobID.MatchString(text) }

// Reads reads what the job asks for. The error is a Malformed, whose field is one of UserParameters.
func (j Job) Reads() (StageRequest, error) {
	var s StageRequest
	if err := s.decode(UserParameters, j.Data.Action.Configuration.UserParameters); err != nil {
		return s, err
	}
	if s.Commit == "" {
		s.Commit = j.carries()
	}
	return s, s.check(UserParameters)
}

// UserParameters is where an action or a rule that invokes a function has its request.
const UserParameters = "UserParameters"

// decode reads an object of texts, each field once, from a field of an action. CodePipeline puts the values of variables into the text as they are. Whoever
// chooses one, such as the author of a commit, could begin another field with a quote, but not replace one that is there.
func (s *StageRequest) decode(from, text string) error {
	if text == "" {
		return &Malformed{from, "is empty", `write {"service":"checkout","revision":"#{Build.VERSION}"}`}
	}
	fields := map[string]*string{"service": &s.Service, "revision": &s.Revision, "repository": &s.Repository, "commit": &s.Commit, "author": &s.Author, "reason": &s.Reason}
	wrong := func(what string) error {
		return &Malformed{from, what, "write one JSON object of texts: service, revision, repository, commit, author, reason"}
	}
	d := json.NewDecoder(strings.NewReader(text))
	if begins, err := d.Token(); err != nil || begins != json.Delim('{') {
		return wrong("cannot be read: it is no JSON object")
	}
	for d.More() {
		key, err := d.Token()
		name, _ := key.(string)
		field := fields[name]
		switch {
		case err != nil:
			return wrong(fmt.Sprintf("cannot be read: %.100v", err))
		case field == nil:
			return wrong(fmt.Sprintf("holds %.60q, which is no field, or twice", name))
		}
		delete(fields, name)
		if err := d.Decode(field); err != nil {
			return wrong(fmt.Sprintf("holds %q, which is no text", name))
		}
	}
	if _, err := d.Token(); err != nil {
		return wrong("cannot be read: the object has no end")
	}
	if _, err := d.Token(); err != io.EOF {
		return wrong("holds more than one object")
	}
	return nil
}

// check says what is missing. What a request must look like, trigger says.
func (s StageRequest) check(from string) error {
	switch {
	case !plainName.MatchString(s.Service):
		return &Malformed{from + ".service", fmt.Sprintf("is %.60q, which is no service name", s.Service), "write it as in its definition: 1 to 40 lower-case letters, digits and hyphens"}
	case unresolved.MatchString(s.Service + s.Revision + s.Commit + s.Author):
		return &Malformed{from, "holds a variable that CodePipeline has not replaced", "give the action that makes it a namespace, and have it export the variable"}
	case s.Revision == "" && s.Commit == "":
		return &Malformed{from + ".revision", "is missing, and so is a commit", waitsForCommit[from]}
	case s.Revision != "" && !revision.MatchString(s.Revision):
		return &Malformed{from + ".revision", fmt.Sprintf("is %.60q, which is not a revision", s.Revision), `write it in 1 to 256 characters without spaces, such as the Lambda version "42"`}
	}
	return nil
}

// waitsForCommit is how a stage waits for the release of a commit, by where its request stands.
var waitsForCommit = map[string]string{
	UserParameters: "write the revision to release, or give the action the source's artifact to wait for the release of its commit",
	Input:          `write the revision to release, or "commit":"#{Code.CommitId}" to wait for the release of a commit`,
}

// unresolved is a variable of CodePipeline, by its name (https://docs.aws.amazon.com/codepipeline/latest/userguide/reference-variables.html).
const unresolved expression = `#\{[^}]*\}`

// carries is the commit of the first artifact that has one. Objects of S3 and images have revisions, too, which are none.
func (j Job) carries() string {
	for _, a := range j.Data.Artifacts {
		if commit.MatchString(a.Revision) {
			return a.Revision
		}
	}
	return ""
}

// Request is the request that the function sends for a stage. Its key is the id of the job's first call, or the name of the execution that waits, so that a
// call which is tried again, and every later call, asks for the same release.
func (s StageRequest) Request(first string) ReleaseRequest {
	return ReleaseRequest{
		Service: s.Service, Revision: s.Revision, Repository: s.Repository, Commit: s.Commit, Author: s.Author, Reason: s.Reason,
		Key: StageSource + ":" + first,
	}
}
