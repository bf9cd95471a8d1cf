package main

import (
	"errors"
	"fmt"

	"github.com/aws/smithy-go"

	"sluice/shared/rollout"
)

// The exit statuses. Those of ends are for commands that wait for the end of a release.
const (
	done     = 0 // or succeeded
	wentBack = 1
	wrongUse = 2 // or AWS refused something; it says what
	rejected = 3 // or what somebody said does not count; nothing was touched
	aborted  = 4
	replaced = 5 // superseded
	stuck    = 6
	noEnd    = 7 // in time, or AWS was out of sight; the release goes on
)

// differing is the status of diff where something differs, as that of diff(1) is.
const differing = 1

// A failure ends the command with a status. Without an error, everything was said before.
type failure struct {
	status int
	err    error
}

func (f *failure) Error() string {
	if f.err == nil {
		return fmt.Sprintf("exit status %d", f.status)
	}
	return f.err.Error()
}

func (f *failure) Unwrap() error { return f.err }

// ended is the failure of a release that did not succeed; nil for one that did.
func ended(e rollout.End) error {
	status := map[rollout.End]int{
		rollout.RolledBack: wentBack, rollout.Rejected: rejected, rollout.Aborted: aborted, rollout.Superseded: replaced, rollout.Stuck: stuck,
	}[e]
	if status == done {
		return nil
	}
	return &failure{status: status}
}

func statusOf(err error) int {
	var f *failure
	if errors.As(err, &f) {
		return f.status
	}
	return wrongUse
}

// explained is an error as people read it: with what to do about it. It is empty when everything was said before.
func explained(err error) string {
	var f *failure
	if errors.As(err, &f) && f.err == nil {
		return ""
	}
	return err.Error() + remedy(err)
}

// remedy is what to do about what AWS refused.
func remedy(err error) string {
	var refused smithy.APIError
	if !errors.As(err, &refused) {
		return ""
	}
	switch refused.ErrorCode() {
	case "AccessDeniedException", "AccessDenied":
		return "\n  You lack this permission: attach the policy that the stack's output OperatorPolicy names to your role."
	case "ExpiredToken", "ExpiredTokenException", "RequestExpired":
		return "\n  Your credentials have expired: log in again (aws sso login). In a job, let them last as long as a release (role-duration-seconds, and the role's maximum session duration)."
	case "UnrecognizedClientException", "InvalidClientTokenId", "InvalidSignatureException", "SignatureDoesNotMatch":
		return "\n  AWS does not know this key: log in again, or name another profile (AWS_PROFILE)."
	}
	return ""
}
