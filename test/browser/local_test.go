package browser

import (
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// Whoever tries Sluice on their own machine has no TLS there: the pages let them in all the same, and nobody else's page. This is what
// Chromium sends, also where there is none.
func TestPagesOpenWithoutTLS(t *testing.T) {
	w := world(t)
	id := w.Requested("2")
	home, err := url.Parse(link(t, w, id, "T0SANDBOX/U0GRACE"))
	if err != nil || home.Scheme != "http" || !strings.HasSuffix(home.Hostname(), ".localhost") {
		t.Fatalf("the link is %s (%v)", home, err)
	}
	post := func(path string, header map[string]string, form url.Values) (*http.Response, string) {
		t.Helper()
		// No name below localhost need resolve here.
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, w.Sandbox.Endpoint()+path, strings.NewReader(form.Encode()))
		if err != nil {
			t.Fatal(err)
		}
		r.Host = home.Host
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		for name, value := range header {
			r.Header.Set(name, value)
		}
		answer, err := http.DefaultTransport.RoundTrip(r)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = answer.Body.Close() }()
		text, err := io.ReadAll(answer.Body)
		if err != nil {
			t.Fatal(err)
		}
		return answer, string(text)
	}
	form := url.Values{"t": home.Query()["t"]}
	if answer, _ := post("/open", map[string]string{"Sec-Fetch-Site": "cross-site", "Origin": "null"}, form); answer.StatusCode != http.StatusForbidden {
		t.Errorf("another site opens the link: %d", answer.StatusCode)
	}
	answer, page := post("/open", map[string]string{"Origin": "http://" + home.Host}, form) // with its port, from a browser that says no more
	if answer.StatusCode != http.StatusSeeOther || len(answer.Cookies()) != 1 || answer.Cookies()[0].Name != "sluice" {
		t.Fatalf("opening shows %d with cookies %v:\n%s", answer.StatusCode, answer.Cookies(), page)
	}
}
