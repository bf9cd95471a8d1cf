package main

import (
	"net/http/httptest"
	"strings"
	"testing"
)

func TestBadRevisionFailsRequestsAndNoHealthCheck(t *testing.T) {
	bad := shop("v2", func() bool { return true })
	for path, status := range map[string]int{"/pay": 500, "/health": 200} {
		w := httptest.NewRecorder()
		bad.ServeHTTP(w, httptest.NewRequest("GET", path, nil))
		if w.Code != status || w.Header().Get("Revision") != "v2" {
			t.Errorf("%s: %d by %q, want %d by v2", path, w.Code, w.Header().Get("Revision"), status)
		}
	}
	w := httptest.NewRecorder()
	shop("v1", func() bool { return false }).ServeHTTP(w, httptest.NewRequest("GET", "/pay", nil))
	if w.Code != 200 || !strings.Contains(w.Body.String(), "paid") {
		t.Errorf("a good one: %d %s", w.Code, w.Body)
	}
}
