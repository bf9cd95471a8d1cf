package pass_test

import (
	"encoding/base64"
	"errors"
	"strings"
	"testing"
	"time"

	"sluice/shared/pass"
)

var (
	now   = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	grace = pass.Pass{ID: "1", Release: "checkout-0123456789ab", How: "mail", By: "grace@example.com", Until: now.Add(time.Hour).Unix()}
)

func TestPassSaysWhatWasSigned(t *testing.T) {
	got, err := pass.Open(pass.Link, pass.Sign(pass.Link, grace, []string{"new"}), []string{"new", "old"}, now)
	if err != nil || got.By != grace.By || got.Release != grace.Release || got.How != grace.How || got.ID != grace.ID || got.Looks() {
		t.Errorf("read %+v (%v)", got, err)
	}
}

// Each is a way to come in that is closed.
func TestPassIsRefused(t *testing.T) {
	good := pass.Sign(pass.Link, grace, []string{"key"})
	payload, signature, _ := strings.Cut(good, ".")
	other := base64.RawURLEncoding.EncodeToString([]byte(strings.Replace(decoded(t, payload), "grace", "mallory", 1)))
	for name, test := range map[string]struct {
		text string
		keys []string
		at   time.Time
		want error
	}{
		"nothing":                          {"", []string{"key"}, now, pass.Forged},
		"no signature":                     {payload, []string{"key"}, now, pass.Forged},
		"an empty signature":               {payload + ".", []string{"key"}, now, pass.Forged},
		"cut off":                          {good[:len(good)-1], []string{"key"}, now, pass.Forged},
		"something added":                  {good + "A", []string{"key"}, now, pass.Forged},
		"somebody else's name":             {other + "." + signature, []string{"key"}, now, pass.Forged},
		"another key":                      {good, []string{"other"}, now, pass.Forged},
		"no key at all":                    {good, nil, now, pass.Forged},
		"an empty key":                     {pass.Sign(pass.Link, grace, []string{""}), []string{""}, now, pass.Forged},
		"a key that was rotated out":       {good, []string{"newest", "new"}, now, pass.Forged},
		"used as a session":                {pass.Sign(pass.Session, grace, []string{"key"}), []string{"key"}, now, pass.Forged},
		"encoded otherwise (padded)":       {payload + "=." + signature, []string{"key"}, now, pass.Forged},
		"at the moment of its end":         {good, []string{"key"}, now.Add(time.Hour), pass.Expired},
		"upper case where it was lower":    {strings.ToUpper(good), []string{"key"}, now, pass.Forged},
		"expired, with another key in use": {pass.Sign(pass.Link, grace, []string{"old"}), []string{"key", "old"}, now.Add(2 * time.Hour), pass.Expired},
	} {
		t.Run(name, func(t *testing.T) {
			if got, err := pass.Open(pass.Link, test.text, test.keys, test.at); !errors.Is(err, test.want) || got != (pass.Pass{}) {
				t.Errorf("%+v, %v, want %v", got, err, test.want)
			}
		})
	}
}

// After one rotation links that were sent before still open.
func TestPreviousKeyStillOpens(t *testing.T) {
	if _, err := pass.Open(pass.Link, pass.Sign(pass.Link, grace, []string{"old"}), []string{"new", "old"}, now); err != nil {
		t.Error(err)
	}
}

func decoded(t *testing.T, payload string) string {
	t.Helper()
	text, err := base64.RawURLEncoding.DecodeString(payload)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func FuzzOpen(f *testing.F) {
	f.Add(pass.Sign(pass.Link, grace, []string{"other"}))
	f.Add("e30.")
	f.Add(".")
	f.Fuzz(func(t *testing.T, text string) {
		if p, err := pass.Open(pass.Link, text, []string{"key"}, now); err == nil {
			t.Errorf("%q opens as %+v", text, p)
		}
	})
}
