package stack_test

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2/assertions"
	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the golden template anew")

const golden = "infra/testdata/golden.template.json"

// The sandbox boots from the golden template, so that it needs neither Node nor the CDK. What is deployed and what is
// run on one machine must be the same.
func TestTheGoldenTemplateIsWhatTheAppMakes(t *testing.T) {
	template := assertions.Template_FromStack(newStack(t, "sandbox"), nil).ToJSON()
	fresh, err := json.MarshalIndent(template, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(root, golden)
	if *update {
		if err := os.WriteFile(file, append(fresh, '\n'), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	old, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := differences(t, old, fresh); diff != "" {
		t.Errorf("%s is not what the app makes (- golden, + fresh):\n%s\nIf this is what you want: go test ./infra/stack -run Golden -update", golden, diff)
	}
}

// differences names the sections and resources that differ and shows the lines around what changed.
func differences(t *testing.T, old, fresh []byte) string {
	t.Helper()
	return cmp.Diff(decoded(t, old), decoded(t, fresh))
}

func decoded(t *testing.T, text []byte) (value map[string]any) {
	t.Helper()
	if err := json.Unmarshal(text, &value); err != nil {
		t.Fatal(err)
	}
	return value
}
