package slack

import (
	"encoding/json"
	"mime"
	"net/http"
	"slices"
	"strings"
)

// Group makes a user group, or gives it other members.
func (w *Workspace) Group(id string, users ...string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.groups == nil {
		w.groups = map[string][]string{}
	}
	w.groups[id] = users
}

// members is usergroups.users.list (https://docs.slack.dev/reference/methods/usergroups.users.list): it takes a form and no JSON. A
// group that is disabled or not there is no_such_subteam; the list of an empty one is empty.
func (w *Workspace) members(rw http.ResponseWriter, r *http.Request) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.failing > 0 {
		w.failing--
		http.Error(rw, "upstream connect error", http.StatusServiceUnavailable)
		return
	}
	answer := map[string]any{"ok": true}
	if refusal := w.mayRead(r); refusal != "" {
		answer = map[string]any{"ok": false, "error": refusal}
	} else {
		answer["users"] = append([]string{}, w.groups[r.PostForm.Get("usergroup")]...)
	}
	rw.Header().Set("Content-Type", "application/json; charset=utf-8")
	_ = json.NewEncoder(rw).Encode(answer) // the caller has gone
}

func (w *Workspace) mayRead(r *http.Request) (refusal string) {
	token, bearer := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	media, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	switch {
	case !bearer:
		return "not_authed"
	case token != w.token:
		return "invalid_auth"
	case slices.Contains(w.withheld, "usergroups:read"):
		return "missing_scope"
	case err != nil || media != "application/x-www-form-urlencoded" || r.ParseForm() != nil:
		return "invalid_post_type"
	}
	for name := range r.PostForm {
		if name != "usergroup" && name != "team_id" {
			return "invalid_arguments"
		}
	}
	if team := r.PostForm.Get("team_id"); team != "" && team != Team {
		return "team_not_found"
	}
	if _, known := w.groups[r.PostForm.Get("usergroup")]; !known {
		return "no_such_subteam"
	}
	return ""
}

// Withhold takes a scope from the app.
func (w *Workspace) Withhold(scope string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.withheld = append(w.withheld, scope)
}
