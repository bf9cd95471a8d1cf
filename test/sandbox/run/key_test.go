package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"sluice/test/sandbox"
)

// A command that the show prints works as it is: it carries the key, or reads it from a file that is nobody else's.
func TestShowHandsOutTheKeyOfThisRunToItsPersonAlone(t *testing.T) {
	box, err := sandbox.Boot(t.Context(), sandbox.Options{ListenAddr: "127.0.0.1:0"})
	if err != nil {
		t.Fatal(err)
	}
	logs, err := os.Create(filepath.Join(t.TempDir(), "functions.log"))
	if err != nil {
		t.Fatal(err)
	}
	w := &world{sandbox: box, endpoint: box.Endpoint(), logs: logs, code: &repository{place: place{folder: t.TempDir()}, folder: "checkout"}}
	defer w.close()
	file := filepath.Join(t.TempDir(), "environment")
	if err := os.WriteFile(file, []byte("of a run that was killed"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := w.handOut(file); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the file of the key is %v (%v), want one that only its owner reads", info.Mode(), err)
	}
	read, err := exec.Command("bash", "-c", `. "$0" && echo "$AWS_ENDPOINT_URL $AWS_REGION $AWS_ACCESS_KEY_ID $AWS_SECRET_ACCESS_KEY"`, file).Output()
	if want := box.Endpoint() + " us-east-1 " + box.Key().AccessKeyID + " " + box.Key().SecretAccessKey; err != nil || strings.TrimSpace(string(read)) != want {
		t.Errorf("a shell reads %q (%v), want %q", read, err, want)
	}
	var out bytes.Buffer
	hints(newShow(&out, false), w, "")
	for _, want := range []string{"AWS_ACCESS_KEY_ID=" + box.Key().AccessKeyID, "AWS_SECRET_ACCESS_KEY=" + box.Key().SecretAccessKey, file} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("the hints do not say %q:\n%s", want, out.String())
		}
	}
	w.close()
	if _, err := os.Stat(file); !os.IsNotExist(err) {
		t.Errorf("the key of a run that has ended is still there (%v)", err)
	}
}
