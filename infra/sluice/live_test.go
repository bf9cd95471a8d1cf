package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"sluice/infra/screen"
	"sluice/infra/session"
	"sluice/test/scenario"
)

// nobodyChose leaves no account to the SDK but the one that make run has handed out.
func nobodyChose(t *testing.T) {
	for _, name := range []string{"AWS_PROFILE", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_ENDPOINT_URL", "AWS_REGION", "AWS_DEFAULT_REGION"} {
		t.Setenv(name, "")
	}
	t.Setenv("AWS_CONFIG_FILE", "/dev/null")
	t.Setenv("AWS_SHARED_CREDENTIALS_FILE", "/dev/null")
	t.Setenv("AWS_EC2_METADATA_DISABLED", "true")
}

// In a checkout where make run is up, nothing has to be set: endpoint, key and environment are found, and the address of the function is reached
// although no resolver may know its name.
func TestMakeRunThatIsUpIsFoundByItself(t *testing.T) {
	nobodyChose(t)
	w := scenario.New(t, scenario.Options{ListenAddr: "127.0.0.1:0"})
	t.Cleanup(w.Close)
	w.Make(free)
	checkout := t.TempDir()
	if err := os.MkdirAll(filepath.Join(checkout, "dist", "host"), 0o700); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(checkout, filepath.FromSlash(session.Handed))
	text := "# The sandbox of make run\nexport " + strings.Join(w.Sandbox.Environment(), "\nexport ") + "\n"
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	spoken := func(words string) (string, int) {
		var out bytes.Buffer
		d := desk{out: &out, errs: &out, pen: screen.Pen{Columns: 80}, checkout: checkout, now: time.Now, getenv: func(string) string { return "" }, find: session.Find}
		status := d.run(t.Context(), strings.Fields(words))
		return out.String(), status
	}
	for _, row := range []struct {
		words  string
		status int
		says   string
	}{
		{"release checkout 2", done, "version 2 of checkout was asked for."},
		{"get checkout", done, "Requested by arn:aws:iam::123456789012:user/you"},
		{"abort checkout", rejected, "with aws: arn:aws:iam::123456789012:user/you"},
		{"list -e sandbox", done, "checkout"},
	} {
		if said, status := spoken(row.words); status != row.status || !strings.Contains(strings.Join(strings.Fields(said), " "), row.says) {
			t.Errorf("sluice %s: exit status %d, want %d and %q\n%s", row.words, status, row.status, row.says, said)
		}
	}
	t.Setenv("AWS_PROFILE", "work")
	if said, status := spoken("abort checkout"); status != wrongUse || !strings.Contains(said, "a make run is up here, and AWS_PROFILE names an account: say which is meant, -e sandbox or -e production") {
		t.Errorf("an account that somebody has chosen: exit status %d\n%s", status, said)
	}
}
