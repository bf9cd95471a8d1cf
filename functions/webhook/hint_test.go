package webhook

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"

	"sluice/shared/start"
)

// Whoever typed JSON here and its value at the host sees nothing but 401: the log shows where to look, and nothing of the secret.
func TestSecretThatDidNotFitIsToldByItsShape(t *testing.T) {
	for text, told := range map[string]string{
		`{"secret":"hush"}`:          `is JSON (1 key) and no plain text`,
		`"hush"`:                     `has quotation marks around it`,
		"hush hush":                  `has a space in it`,
		"hush\u00adhush":             `has a character in it that cannot be seen`,
		"8f742231b10e8888abcd99a585": "",
	} {
		var log bytes.Buffer
		h := handler{World: start.World{Log: slog.New(slog.NewJSONHandler(&log, nil))}}
		h.hint(t.Context(), "github", "acme/checkout", []string{text, "8f742231b10e8888abcd99a585"})
		if said := log.String(); !strings.Contains(said, told) || strings.Contains(said, "hush") || (told == "") != (said == "") {
			t.Errorf("of %q the log says %q, want %q", text, said, told)
		}
	}
}
