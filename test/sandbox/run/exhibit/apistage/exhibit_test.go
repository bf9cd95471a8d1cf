package apistage

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/apigateway"

	"sluice/test/sandbox"
	"sluice/test/sandbox/run/exhibit"
	"sluice/test/sandbox/sandboxtest"
)

// Callers are told which deployment answered them, as Sluice calls it, and whether the answer was an error.
func TestCallersKnowWhichDeploymentAnswered(t *testing.T) {
	file := filepath.Join(t.TempDir(), "shop")
	if err := os.WriteFile(file, []byte("it runs in this process"), 0o755); err != nil {
		t.Fatal(err)
	}
	var status atomic.Int32
	box := sandboxtest.BootWith(t, sandbox.Options{Parts: Exhibit.Parts, InProcess: func(_, version string) func(context.Context, []byte) ([]byte, error) {
		return func(context.Context, []byte) ([]byte, error) {
			return fmt.Appendf(nil, `{"statusCode":%d,"headers":{"X-Version":%q}}`, status.Load(), version), nil
		}
	}})
	p, err := Exhibit.Open(t.Context(), exhibit.Stage{Sandbox: box, Person: box.Config(""), Programs: map[string]string{program: file}})
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	s := p.(*shop)
	stage, err := s.api.GetStage(t.Context(), &apigateway.GetStageInput{RestApiId: &s.stage.API, StageName: &s.stage.Stage})
	if err != nil {
		t.Fatal(err)
	}
	for code, failed := range map[int32]bool{200: false, 503: true} {
		status.Store(code)
		if got, err := p.Ask(t.Context()); err != nil || got != (exhibit.Answer{Revision: *stage.DeploymentId, Failed: failed}) {
			t.Errorf("status %d is %+v, %v", code, got, err)
		}
	}
}
