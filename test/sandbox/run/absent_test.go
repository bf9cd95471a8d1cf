package main

import (
	"net/http"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/configservice"
	"github.com/aws/aws-sdk-go-v2/service/ecr"
	"github.com/aws/aws-sdk-go-v2/service/inspector2"
	"github.com/aws/aws-sdk-go-v2/service/lambda"

	"sluice/test/sandbox"
)

// The SDK of a service that the show never calls took as long to compile as the show's own.
func TestWhatTheShowDoesNotCallIsCompiledOnlyWhenAskedFor(t *testing.T) {
	for tags, want := range map[string]bool{"lambda.norpc": false, "lambda.norpc,everything": true} {
		out, err := exec.Command("go", "list", "-deps", "-tags", tags, ".").Output()
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range []string{"inspector2", "configservice", "ecr"} {
			if got := strings.Contains(string(out), "aws-sdk-go-v2/service/"+name+"\n"); got != want {
				t.Errorf("with tags %s %s is linked: %v, want %v", tags, name, got, want)
			}
		}
	}
	if out, err := exec.Command("go", "vet", "-tags", "lambda.norpc,everything", ".").CombinedOutput(); err != nil {
		t.Errorf("with everything it does not compile: %v\n%s", err, out)
	}
}

// Whoever calls a service that was left out learns how to get it, and so does the person at the keyboard.
func TestCallOfAServiceThatWasLeftOutSaysHowToGetIt(t *testing.T) {
	var b board
	box, err := sandbox.Boot(t.Context(), sandbox.Options{Wrap: func(next http.Handler) http.Handler { return withoutTheRest(&b, next) }})
	if err != nil {
		t.Fatal(err)
	}
	defer box.Close()
	cfg := box.Config("")
	calls := map[string]func() error{
		"AWS Config": func() error {
			_, err := configservice.NewFromConfig(cfg).GetComplianceDetailsByResource(t.Context(), &configservice.GetComplianceDetailsByResourceInput{})
			return err
		},
		"ECR": func() error {
			_, err := ecr.NewFromConfig(cfg).DescribeRepositories(t.Context(), &ecr.DescribeRepositoriesInput{})
			return err
		},
		"Inspector": func() error {
			_, err := inspector2.NewFromConfig(cfg).ListFindings(t.Context(), &inspector2.ListFindingsInput{})
			return err
		},
	}
	for name, call := range calls {
		if err := call(); err == nil || !strings.Contains(err.Error(), name+" is not in this sandbox") || !strings.Contains(err.Error(), "EVERYTHING=1 make run") {
			t.Errorf("a call of %s: %v", name, err)
		}
		if notes := b.take(); len(notes) == 0 || !strings.Contains(notes[0].what, name) {
			t.Errorf("the person at the keyboard reads %+v", notes)
		}
	}
}

// The function that needs those services is left out with them. Who calls it reads why, so it stands in the record of a release.
func TestFunctionThatWasLeftOutSaysWhy(t *testing.T) {
	bootstrap := filepath.Join(t.TempDir(), leftOut, "bootstrap")
	if err := standIn(bootstrap); err != nil {
		t.Fatal(err)
	}
	box, err := sandbox.Boot(t.Context(), sandbox.Options{
		Template: golden(t), ListenAddr: "127.0.0.1:0", Binaries: func(string) (string, error) { return bootstrap, nil },
	})
	if err != nil {
		t.Fatal(err)
	}
	defer box.Close()
	out, err := box.Lambda.Invoke(t.Context(), &lambda.InvokeInput{FunctionName: new(stack + "-" + leftOut), Payload: []byte("{}")})
	if err != nil || out.FunctionError == nil || !strings.Contains(string(out.Payload), "EVERYTHING=1 make run") {
		t.Errorf("it answers %+v, %v", out, err)
	}
}
