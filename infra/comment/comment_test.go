package comment_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"sluice/infra/comment"
)

const said = "### Sluice: how production is released\n\n<details><summary>What</summary>\n\nnew\n\n</details>\n"

// A host holds the comments of one pull request, a page for each, as the API of its kind does.
type host struct {
	texts   []string // "author: text"
	calls   []string
	refuses int // status of every change
}

// serve answers as one of the three hosts: shape writes a comment, wrap a page of one.
func (h *host) serve(t *testing.T, list, one string, shape func(i int) any, wrap func(w http.ResponseWriter, page any, next string), told func(r *http.Request) string) string {
	t.Helper()
	mux := http.NewServeMux()
	var at string
	page := func(w http.ResponseWriter, r *http.Request) {
		i, next := 0, ""
		_, _ = fmt.Sscan(r.URL.Query().Get("page"), &i)
		if i+1 < len(h.texts) {
			next = fmt.Sprintf("%s%s?page=%d", at, "/by-number", i+1)
		}
		var page []any
		if i < len(h.texts) {
			page = append(page, shape(i))
		}
		wrap(w, page, next)
	}
	mux.HandleFunc("GET "+list, page)
	mux.HandleFunc("GET /by-number", page) // GitHub's next page is under the number of the repository
	write := func(w http.ResponseWriter, r *http.Request, i int) {
		h.calls = append(h.calls, r.Method)
		if h.refuses != 0 && r.Method != http.MethodPost {
			http.Error(w, `{"message":"no"}`, h.refuses)
			return
		}
		if i == len(h.texts) {
			h.texts = append(h.texts, "")
		}
		h.texts[i] = "us: " + told(r)
		_ = json.NewEncoder(w).Encode(shape(i))
	}
	mux.HandleFunc("POST "+list, func(w http.ResponseWriter, r *http.Request) { write(w, r, len(h.texts)) })
	for _, verb := range []string{"PATCH ", "PUT "} {
		mux.HandleFunc(verb+one, func(w http.ResponseWriter, r *http.Request) {
			var i int
			_, _ = fmt.Sscan(r.PathValue("id"), &i)
			write(w, r, i)
		})
	}
	mux.HandleFunc("GET /user", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, `{"id":7}`) })
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	at = server.URL
	return server.URL
}

func linked(w http.ResponseWriter, page any, next string) {
	if next != "" {
		w.Header().Set("Link", `<http://elsewhere.example/?page=0>; rel="prev", <`+next+`>; rel="next"`)
	}
	_ = json.NewEncoder(w).Encode(page)
}

func body(r *http.Request) string {
	var in struct{ Body string }
	_ = json.NewDecoder(r.Body).Decode(&in)
	return in.Body
}

// jobs are a job of each host for the pull request 12, with the variables that it has there.
var jobs = map[string]func(t *testing.T, h *host) map[string]string{
	"GitHub": func(t *testing.T, h *host) map[string]string {
		at := h.serve(t, "/repos/acme/shop/issues/12/comments", "/repos/acme/shop/issues/comments/{id}", func(i int) any {
			author, text, _ := strings.Cut(h.texts[i], ": ")
			return map[string]any{"id": i, "body": text, "html_url": "https://github.example/12", "user": map[string]string{"type": map[string]string{"us": "Bot"}[author]}}
		}, linked, body)
		return map[string]string{"GITHUB_ACTIONS": "true", "GITHUB_REF": "refs/pull/12/merge", "GITHUB_TOKEN": "ghs_secret", "GITHUB_API_URL": at, "GITHUB_REPOSITORY": "acme/shop"}
	},
	"GitLab": func(t *testing.T, h *host) map[string]string {
		at := h.serve(t, "/projects/34/merge_requests/12/notes", "/projects/34/merge_requests/12/notes/{id}", func(i int) any {
			author, text, _ := strings.Cut(h.texts[i], ": ")
			return map[string]any{"id": i, "body": text, "author": map[string]int{"id": map[string]int{"us": 7}[author]}}
		}, linked, body)
		return map[string]string{"GITLAB_CI": "true", "CI_MERGE_REQUEST_IID": "12", "CI_PROJECT_ID": "34", "GITLAB_TOKEN": "secret", "CI_API_V4_URL": at, "CI_MERGE_REQUEST_PROJECT_URL": "https://gitlab.example/acme/shop"}
	},
	"Bitbucket": func(t *testing.T, h *host) map[string]string {
		at := h.serve(t, "/repositories/acme/shop/pullrequests/12/comments", "/repositories/acme/shop/pullrequests/12/comments/{id}", func(i int) any {
			_, text, _ := strings.Cut(h.texts[i], ": ")
			return map[string]any{"id": i, "content": map[string]string{"raw": text}, "links": map[string]any{"html": map[string]string{"href": "https://bitbucket.example/12"}}}
		}, func(w http.ResponseWriter, page any, next string) {
			_ = json.NewEncoder(w).Encode(map[string]any{"values": page, "next": next})
		}, func(r *http.Request) string {
			var in struct{ Content struct{ Raw string } }
			_ = json.NewDecoder(r.Body).Decode(&in)
			return in.Content.Raw
		})
		return map[string]string{"BITBUCKET_BUILD_NUMBER": "5", "BITBUCKET_PR_ID": "12", "BITBUCKET_REPO_FULL_NAME": "acme/shop", "BITBUCKET_TOKEN": "secret", "BITBUCKET_API_URL": at}
	},
}

func from(variables map[string]string) func(string) string {
	return func(name string) string { return variables[name] }
}

func TestThereIsOneCommentHoweverOftenTheJobRuns(t *testing.T) {
	for name, job := range jobs {
		t.Run(name, func(t *testing.T) {
			h := &host{texts: []string{"ada: looks good", "us: ### Another job's\n\ntext"}}
			variables := job(t, h)
			for range 2 {
				at, err := comment.Keep(t.Context(), from(variables), said)
				if err != nil || !strings.Contains(at, strings.ToLower(name)+".example") {
					t.Fatalf("%q, %v", at, err)
				}
			}
			if len(h.texts) != 3 || !strings.Contains(h.texts[2], "new") || h.calls[0] != http.MethodPost || h.calls[1] == http.MethodPost {
				t.Errorf("%q by %q", h.texts, h.calls)
			}
			if html := strings.Contains(h.texts[2], "<details>"); html == (name == "Bitbucket") {
				t.Errorf("HTML: %v", html)
			}
		})
	}
}

// Somebody who writes a comment that looks like ours does not get it changed by us: they could change it again, in our name.
func TestCommentOfSomebodyElseIsLeftAlone(t *testing.T) {
	for name, job := range jobs {
		t.Run(name, func(t *testing.T) {
			h := &host{texts: []string{"mallory: " + said}}
			if name == "Bitbucket" {
				h.refuses = http.StatusForbidden // it has whose it is by itself
			}
			if _, err := comment.Keep(t.Context(), from(job(t, h)), said); err != nil {
				t.Fatal(err)
			}
			if len(h.texts) != 2 || !strings.HasPrefix(h.texts[0], "mallory: ") {
				t.Errorf("%q", h.texts)
			}
		})
	}
}

func TestWhatIsMissingIsSaidWithTheRemedy(t *testing.T) {
	for name, job := range jobs {
		h := &host{texts: []string{"us: " + said}, refuses: http.StatusInternalServerError}
		variables := job(t, h)
		if _, err := comment.Keep(t.Context(), from(variables), said); err == nil || !strings.Contains(err.Error(), "500") || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: %v", name, err)
		}
		for _, key := range slices.Sorted(maps.Keys(variables)) {
			if strings.HasSuffix(key, "_TOKEN") {
				delete(variables, key)
				if _, err := comment.Keep(t.Context(), from(variables), said); err == nil || !strings.Contains(err.Error(), key+" is missing. ") {
					t.Errorf("%s without a token: %v", name, err)
				}
			}
		}
	}
	if _, err := comment.Keep(t.Context(), from(nil), said); err == nil || !strings.Contains(err.Error(), "no pull request is known here") {
		t.Error(err)
	}
}

// A page that continues somewhere else would be sent the token.
func TestTokenIsNotSentElsewhere(t *testing.T) {
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("somebody else was asked") }))
	t.Cleanup(elsewhere.Close)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { linked(w, []any{}, elsewhere.URL) }))
	t.Cleanup(server.Close)
	variables := map[string]string{"GITHUB_ACTIONS": "true", "GITHUB_REF": "refs/pull/12/merge", "GITHUB_TOKEN": "t", "GITHUB_API_URL": server.URL, "GITHUB_REPOSITORY": "acme/shop"}
	if _, err := comment.Keep(t.Context(), from(variables), said); err == nil || !strings.Contains(err.Error(), "the token is not sent there") {
		t.Error(err)
	}
}
