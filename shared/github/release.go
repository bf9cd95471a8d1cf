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

// Deployment is the deployment that stands for a release.
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
	AutoInactive bool   `json:"auto_inactive"` // GitHub marks earlier deployments of the same environment inactive
}

// A Telling is everything that GitHub is told about a release.
type Telling struct {
	Repository string // owner/name
	Commit     string
	Status     Status
	Deployment Deployment
	Progress   Progress
}

// Of is what to tell GitHub about a release as its record stands; ok is false for a release without a commit on GitHub. page is the
// address of its page, which may be empty. Each service has an environment of its own, and a part of a release has one for each place:
// GitHub ends earlier deployments of the same environment, and only the newest status of a context counts.
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

// Said names what is told, so that the same thing is not told twice.
func (t Telling) Said() string { return t.Progress.State + ": " + t.Status.Description }

// states are the states of the commit's status and of the deployment.
func states(r rollout.Release) (status, progress string) {
	switch {
	case r.End == rollout.Succeeded && !r.Reverted:
		return "success", "success"
	case r.End == rollout.Stuck:
		return "error", "error"
	case r.End == rollout.Superseded:
		return "error", "inactive"
	case r.End == rollout.Rejected && (r.Cause != nil || r.Building != nil && r.Unbuilt()): // it does not come up, or does not build
		return "failure", "failure"
	case r.End == rollout.Rejected:
		return "error", "error"
	case r.Decided():
		return "failure", "failure"
	case r.Cause != nil: // it goes back, so this commit can only fail now
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

// short cuts a text to the 140 characters that GitHub takes.
func short(s string) string {
	s = events.Visible(s)
	if runes := []rune(s); len(runes) > 140 {
		return string(runes[:139]) + "…"
	}
	return s
}

// plain says whether a text can be the name of an owner or a repository. Nothing else gets into an address.
func plain(s string) bool {
	return s != "" && s != "." && s != ".." && strings.Trim(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.") == ""
}

func isCommit(s string) bool {
	return (len(s) == 40 || len(s) == 64) && strings.Trim(s, "0123456789abcdef") == ""
}
