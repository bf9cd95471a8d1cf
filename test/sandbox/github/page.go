package github

import (
	_ "embed"
	"html/template"
	"net/http"
	"slices"
)

//go:embed page.html
var pageText string

var pageTemplate = template.Must(template.New("page").Parse(pageText))

// row is a commit with what GitHub shows beside it: the newest status of each context, and its deployments.
type row struct {
	Commit      string
	Statuses    []Status
	Deployments []Deployment
}

// page shows the commits, newest first.
func (h *Host) page(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	if err := pageTemplate.Execute(w, map[string]any{"Repository": h.repository, "Rows": h.rows()}); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
	}
}

func (h *Host) rows() []row {
	h.mu.Lock()
	defer h.mu.Unlock()
	var rows []row
	for _, s := range slices.Backward(h.statuses) {
		i := slices.IndexFunc(rows, func(r row) bool { return r.Commit == s.Commit })
		if i < 0 {
			rows, i = append(rows, row{Commit: s.Commit}), len(rows)
		}
		if !slices.ContainsFunc(rows[i].Statuses, func(known Status) bool { return known.Context == s.Context }) {
			rows[i].Statuses = append(rows[i].Statuses, s)
		}
	}
	for i := range rows {
		for _, d := range h.deployments {
			if d.Ref == rows[i].Commit {
				rows[i].Deployments = append(rows[i].Deployments, d)
			}
		}
	}
	return rows
}
