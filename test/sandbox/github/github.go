// Package github is GitHub on this machine: commit statuses and deployments, held to the rules that GitHub documents, and a page that
// shows what it was told (https://docs.github.com/en/rest/commits/statuses, https://docs.github.com/en/rest/deployments).
package github

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode/utf8"
)

// A Status is what was said of a commit.
type Status struct {
	State       string    `json:"state"`
	Context     string    `json:"context"`
	Description string    `json:"description"`
	URL         string    `json:"target_url"`
	At          time.Time `json:"-"`
	Commit      string    `json:"-"`
}

// A Deployment is one, with all that was said of it, oldest first.
type Deployment struct {
	ID               int64             `json:"id"`
	Ref              string            `json:"ref"`
	Task             string            `json:"task"`
	Environment      string            `json:"environment"`
	Description      string            `json:"description"`
	Payload          map[string]string `json:"payload"`
	AutoMerge        *bool             `json:"auto_merge,omitempty"`
	RequiredContexts []string          `json:"required_contexts,omitempty"`
	Production       bool              `json:"production_environment"`
	Statuses         []Progress        `json:"-"`
}

// Progress is one status of a deployment.
type Progress struct {
	State        string `json:"state"`
	Description  string `json:"description"`
	URL          string `json:"log_url"`
	AutoInactive *bool  `json:"auto_inactive,omitempty"`
}

// Host is safe for concurrent use.
type Host struct {
	token      string
	repository string
	mux        *http.ServeMux

	mu          sync.Mutex
	statuses    []Status
	deployments []Deployment
	failing     int // calls that will fail
}

// New makes a host with one repository ("acme/checkout"), which a token may write to.
func New(token, repository string) *Host {
	h := &Host{token: token, repository: repository, mux: http.NewServeMux()}
	h.mux.HandleFunc("POST /api/repos/{owner}/{name}/statuses/{sha}", h.guarded(h.mark))
	h.mux.HandleFunc("POST /api/repos/{owner}/{name}/deployments", h.guarded(h.deploy))
	h.mux.HandleFunc("GET /api/repos/{owner}/{name}/deployments", h.guarded(h.list))
	h.mux.HandleFunc("POST /api/repos/{owner}/{name}/deployments/{id}/statuses", h.guarded(h.progress))
	h.mux.HandleFunc("/api/", func(w http.ResponseWriter, _ *http.Request) { refuse(w, http.StatusNotFound, "Not Found") })
	h.mux.HandleFunc("GET /{$}", h.page)
	return h
}

// ServeHTTP answers the REST calls below /api/, and the page.
func (h *Host) ServeHTTP(w http.ResponseWriter, r *http.Request) { h.mux.ServeHTTP(w, r) }

// Fails makes the next calls fail, as when GitHub is down.
func (h *Host) Fails(calls int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.failing = calls
}

// Statuses is what was said of commits, oldest first.
func (h *Host) Statuses() []Status {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.Clone(h.statuses)
}

// Deployments are all, oldest first.
func (h *Host) Deployments() []Deployment {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.Clone(h.deployments)
}

func refuse(w http.ResponseWriter, status int, message string) {
	answer(w, status, map[string]string{"message": message, "documentation_url": "https://docs.github.com/rest"})
}

func answer(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // the caller has gone
}

// guarded lets calls through as GitHub does: with a token, a user agent, and a repository that the token may touch.
func (h *Host) guarded(next func(w http.ResponseWriter, r *http.Request)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		h.mu.Lock()
		defer h.mu.Unlock()
		switch {
		case h.failing > 0:
			h.failing--
			refuse(w, http.StatusBadGateway, "Server Error")
		case r.Header.Get("User-Agent") == "":
			refuse(w, http.StatusForbidden, "Request forbidden by administrative rules. Please make sure your request has a User-Agent header.")
		case r.Header.Get("Authorization") != "Bearer "+h.token:
			refuse(w, http.StatusUnauthorized, "Bad credentials")
		case !strings.EqualFold(r.PathValue("owner")+"/"+r.PathValue("name"), h.repository):
			refuse(w, http.StatusNotFound, "Not Found")
		default:
			next(w, r)
		}
	}
}

// read takes a body; a field that is not listed is refused, so that nothing is believed to work that was not tried.
func read(w http.ResponseWriter, r *http.Request, to any) bool {
	decoder := json.NewDecoder(io.LimitReader(r.Body, 1<<20))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(to); err != nil {
		refuse(w, http.StatusBadRequest, "Problems parsing JSON: "+err.Error())
		return false
	}
	return true
}

func (h *Host) mark(w http.ResponseWriter, r *http.Request) {
	s := Status{At: time.Now(), Commit: r.PathValue("sha")}
	if !read(w, r, &s) {
		return
	}
	if wrong := problem(s.State, []string{"error", "failure", "pending", "success"}, s.Description, s.URL); wrong != "" {
		refuse(w, http.StatusUnprocessableEntity, wrong)
		return
	}
	h.statuses = append(h.statuses, s)
	answer(w, http.StatusCreated, map[string]any{"id": len(h.statuses), "state": s.State})
}

// problem is what GitHub would say is wrong with a status.
func problem(state string, states []string, description, address string) string {
	u, err := url.Parse(address)
	switch {
	case !slices.Contains(states, state):
		return fmt.Sprintf("Validation Failed: state %q", state)
	case utf8.RuneCountInString(description) > 140:
		return "Validation Failed: description is too long (maximum is 140 characters)"
	case address != "" && (err != nil || u.Scheme != "https" && u.Scheme != "http"):
		return "Validation Failed: target_url must use http(s) scheme"
	}
	return ""
}

func (h *Host) deploy(w http.ResponseWriter, r *http.Request) {
	var d Deployment
	if !read(w, r, &d) {
		return
	}
	if d.Ref == "" || d.Environment == "" || utf8.RuneCountInString(d.Description) > 140 {
		refuse(w, http.StatusUnprocessableEntity, "Validation Failed")
		return
	}
	d.ID = int64(1000 + len(h.deployments))
	h.deployments = append(h.deployments, d)
	answer(w, http.StatusCreated, d)
}

// list answers the newest first.
func (h *Host) list(w http.ResponseWriter, r *http.Request) {
	found := []Deployment{}
	for _, d := range slices.Backward(h.deployments) {
		if d.Ref == r.FormValue("sha") && d.Environment == r.FormValue("environment") {
			found = append(found, d)
		}
	}
	answer(w, http.StatusOK, found)
}

func (h *Host) progress(w http.ResponseWriter, r *http.Request) {
	var p Progress
	if !read(w, r, &p) {
		return
	}
	i := slices.IndexFunc(h.deployments, func(d Deployment) bool { return fmt.Sprint(d.ID) == r.PathValue("id") })
	if i < 0 {
		refuse(w, http.StatusNotFound, "Not Found")
		return
	}
	if wrong := problem(p.State, []string{"error", "failure", "inactive", "in_progress", "queued", "pending", "success"}, p.Description, p.URL); wrong != "" {
		refuse(w, http.StatusUnprocessableEntity, wrong)
		return
	}
	h.deployments[i].Statuses = append(h.deployments[i].Statuses, p)
	answer(w, http.StatusCreated, map[string]any{"id": len(h.deployments[i].Statuses), "state": p.State})
}
