package main

import (
	"net/http"
	"strings"
	"testing"

	"sluice/test/scenario"
)

// The policy of operators is enough for a link, and the link lets people look and no more.
func TestOperatorOpensThePageToLook(t *testing.T) {
	inAccount(t, free, func(w *scenario.World) {
		id := w.Requested("2")
		w.AtStep(id, 0)
		if seen, status := as(w, hobby, "x", "open", "checkout"); status != wrongUse || !strings.Contains(seen, "OperatorPolicy") {
			t.Errorf("whoever may not: exit status %d: %s", status, seen)
		}
		for words, shows := range map[string]string{"open": "Services", "open checkout": id, "open " + id: id} {
			link, status := as(w, center, "grace@example.com", strings.Fields(words)...)
			b := w.Browser().Opens(link)
			if status != done || b.Status != http.StatusOK || !strings.Contains(b.Page, shows) || strings.Contains(b.Page, `action="?do=`) {
				t.Errorf("sluice %s: exit status %d, the link %s shows %d", words, status, link, b.Status)
			}
		}
	})
}
