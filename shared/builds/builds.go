// Package builds is what makes a revision of a commit: a project of CodeBuild, or a pipeline of CodePipeline.
package builds

import (
	"context"
	"errors"

	"sluice/shared/rollout"
)

// Build is a build, or an execution of a pipeline that builds, as it is now.
type Build struct {
	Handle   string // the build's ARN, or the pipeline and its execution
	Status   Status
	Exported map[string]string // variables, once it has succeeded
	Why      string            // what went wrong, in AWS's words
	Page     string            // where people read its log
	Group    string            // of its log; empty where there is none to read
	Stream   string
}

// Status is how far a build is.
type Status int

// A build runs, or has ended well or badly.
const (
	Running Status = iota
	Succeeded
	Failed
)

// An Order is a build that shall begin.
type Order struct {
	By        rollout.Build
	Commit    string            // empty: what the project itself names
	Token     string            // the same token names the same build, at least for five minutes
	Variables map[string]string // of a project; a pipeline has those of its own
}

// RefusedError is why a build never begins, however often it is tried.
type RefusedError struct{ Err error }

// Error is the reason, as a clause.
func (e *RefusedError) Error() string { return e.Err.Error() }

// Unwrap is what AWS answered.
func (e *RefusedError) Unwrap() error { return e.Err }

// IsRefused says whether a build never begins, however often it is tried.
func IsRefused(err error) bool {
	e := new(RefusedError)
	return errors.As(err, &e)
}

// Maker starts, reads and stops builds.
type Maker interface {
	Start(ctx context.Context, o Order) (Build, error)
	Running(ctx context.Context, handle string) (bool, error)
	Build(ctx context.Context, handle string) (Build, error)
	Stop(ctx context.Context, handle string) error
}

// Makers are the services that build.
type Makers struct{ CodeBuild, CodePipeline Maker }

// Of is the service that a definition names.
func (m Makers) Of(b rollout.Build) Maker {
	if b.CodePipeline != nil {
		return m.CodePipeline
	}
	return m.CodeBuild
}
