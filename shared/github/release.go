package github

import (
	"strings"

	"sluice/events"
	"sluice/shared/rollout"
)

// Status is the status of a commit.
type Status struct {
	State       string `json:"state"` // pending, success, failure or error
	Context     string `json:"context"`
	Description string `json:"description"`
	URL         string `json:"target_url,omitempty"`
}

// Deployment is what stands for a release.
type Deployment struct {
	Release     string
	Environment string
	Description string
	Production  bool
}

// Progress is how a deployment stands.
type Progress struct {
	State        string `json:"state"` // queued, in_progress, success, failure, error or inactive
	Description  string `json:"description"`
	URL          string `json:"log_url,omitempty"`
	AutoInactive bool   `json:"auto_inactive"` // deployments before it in the same environment are told to be over
}

// A Telling is all that GitHub is told of a release.
type Telling struct {
	Repository string // owner/name
	Commit     string
	Status     Status
	Deployment Deployment
	Progress   Progress
}

// Of is what to tell of a release as its record stands; ok is false for one that is of no commit on GitHub. page is where people see
// it, if they do. Each service has an environment of its own, and in each place where it is a part of the same release: GitHub ends earlier
// deployments of the same environment, and of a status's context the newest counts.
func Of(r rollout.Release, environment, page string) (t Telling, ok bool) {
	repository, isGitHub := strings.CutPrefix(r.Revision.Repository, "github/")
	owner, name, isPath := strings.Cut(repository, "/")
	if !isGitHub || !isPath || !plain(owner) || !plain(name) || !isCommit(r.Revision.Commit) {
		return Telling{}, false
	}
	status, progress := states(r)
	said, part := short(sentence(r)), environment+"/"+r.Service
	if r.Parent != "" {
		part += "/" + r.Place.Account + "/" + r.Place.Region
	}
	return Telling{
		Repository: repository, Commit: r.Revision.Commit,
		Status:     Status{State: status, Context: "sluice/" + part, Description: said, URL: page},
		Deployment: Deployment{Release: r.ID, Environment: part, Description: short("Released by Sluice for " + r.By), Production: environment == "production"},
		Progress:   Progress{State: progress, Description: said, URL: page, AutoInactive: progress == "success"},
	}, true
}

// Said names what is told, to know whether it was told already.
func (t Telling) Said() string { return t.Progress.State + ": " + t.Status.Description }

// states are the commit's and the deployment's.
func states(r rollout.Release) (status, progress string) {
	switch {
	case r.End == rollout.Succeeded && !r.Reverted:
		return "success", "success"
	case r.End == rollout.Stuck:
		return "error", "error"
	case r.End == rollout.Superseded:
		return "error", "inactive"
	case r.End == rollout.Rejected && r.Building != nil && r.Unbuilt():
		return "failure", "failure"
	case r.End == rollout.Rejected:
		return "error", "error"
	case r.Decided():
		return "failure", "failure"
	case r.Cause != nil: // it goes back: nothing will make this commit good any more
		return "failure", "in_progress"
	case r.Epoch == 0:
		return "pending", "queued"
	}
	return "pending", "in_progress"
}

// sentence is how the release stands: its end, why it goes back, or the last line of its trail.
func sentence(r rollout.Release) string {
	if r.End == rollout.Rejected && r.Rejection != nil {
		return r.Rejection.Reason
	}
	if r.Cause != nil && !r.Decided() {
		return "It goes back: " + r.Cause.Reason
	}
	if r.Decided() || len(r.Audit) == 0 {
		return r.Ending()
	}
	return r.Audit[len(r.Audit)-1].What
}

// short keeps to the 140 characters that GitHub takes.
func short(s string) string {
	s = events.Visible(s)
	if runes := []rune(s); len(runes) > 140 {
		return string(runes[:139]) + "…"
	}
	return s
}

// plain holds for the names of owners and repositories: nothing else gets into an address.
func plain(s string) bool {
	return s != "" && s != "." && s != ".." && strings.Trim(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.") == ""
}

func isCommit(s string) bool {
	return (len(s) == 40 || len(s) == 64) && strings.Trim(s, "0123456789abcdef") == ""
}
