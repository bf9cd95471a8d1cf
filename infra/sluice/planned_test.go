package main

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// asSluice has the program of these tests be sluice, for tests that run it as a job does.
const asSluice = "TEST_AS_SLUICE"

func TestMain(m *testing.M) {
	if os.Getenv(asSluice) != "" {
		main()
	}
	os.Exit(m.Run())
}

// The jobs that people copy for their pull requests do what their files say: they fetch what the request is against, and keep a comment.
func TestJobOfAPullRequestKeepsItsComment(t *testing.T) {
	var said string
	comments := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodPost {
			_, _ = w.Write([]byte("[]"))
			return
		}
		var in struct{ Body string }
		if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
			t.Error(err)
		}
		said = in.Body
		_, _ = w.Write([]byte(`{"html_url":"https://github.example/12"}`))
	})
	host := httptest.NewServer(comments)
	t.Cleanup(host.Close)
	for file, branch := range map[string]string{"plan-github.yaml": "GITHUB_BASE_REF", "plan-gitlab.yaml": "CI_MERGE_REQUEST_TARGET_BRANCH_NAME", "plan-bitbucket.yaml": "BITBUCKET_PR_DESTINATION_BRANCH"} {
		text, err := os.ReadFile(filepath.Join("../../docs/ci", file))
		if err != nil {
			t.Fatal(err)
		}
		lines := regexp.MustCompile(`(?m)^ +(?:- )?((?:git fetch|go run) .*)$`).FindAllStringSubmatch(string(text), -1)
		if len(lines) != 2 {
			t.Fatalf("%s has the commands %q", file, lines)
		}
		program, err := os.Executable()
		if err != nil {
			t.Fatal(err)
		}
		script := strings.ReplaceAll(lines[0][1]+"\n"+lines[1][1], "go run ./infra/sluice", program)
		said = ""
		// What each host sets is told in infra/comment; here all of them are played by one.
		out := inClone(t, script, map[string]string{
			asSluice: "1", branch: "main", "GITHUB_ACTIONS": "true", "GITHUB_REF": "refs/pull/12/merge", "GITHUB_REPOSITORY": "acme/shop", "GITHUB_TOKEN": "secret", "GITHUB_API_URL": host.URL,
			"AWS_EC2_METADATA_DISABLED": "true", "AWS_CONFIG_FILE": "/dev/null", "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
		})
		if !strings.Contains(said, "`strategy.allAtOnce.bake` | `10m` | `1h`") || !strings.Contains(out, "It stands on the pull request: https://github.example/12") {
			t.Errorf("%s says\n%s\nand the comment is\n%s", file, out, said)
		}
	}
}

// inClone runs a script in a shallow clone of a repository whose branch request changes a bake.
func inClone(t *testing.T, script string, variables map[string]string) string {
	t.Helper()
	folder := t.TempDir()
	schema, err := filepath.Abs("../../events/definition.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	prepare := `set -e
export GIT_AUTHOR_NAME=ada GIT_AUTHOR_EMAIL=a@example.com GIT_COMMITTER_NAME=ada GIT_COMMITTER_EMAIL=a@example.com
git init -q -b main origin && cd origin && mkdir -p events infra/services && cp "$SCHEMA" events/
printf 'service: shop\ntarget: {lambdaAlias: {function: shop, alias: live}}\nstrategy: {allAtOnce: {bake: 10m}}\nguard: {alarms: [shop-errors]}\n' > infra/services/shop.yaml
git add . && git commit -qm before && git checkout -qb request && sed -i.old s/10m/1h/ infra/services/shop.yaml && rm infra/services/*.old && git commit -qam after
cd .. && git clone -q --depth 1 --branch request "file://$PWD/origin" clone && cd clone
` + script
	cmd := exec.CommandContext(t.Context(), "sh", "-c", prepare)
	cmd.Dir = folder
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + folder, "SCHEMA=" + schema}
	for key, value := range variables {
		cmd.Env = append(cmd.Env, key+"="+value)
	}
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return string(out)
}
