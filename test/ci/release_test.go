// Package ci runs what CI jobs copy from docs/ci against a whole Sluice in real time: a POSIX shell and the command line, over loopback.
package ci_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"go.yaml.in/yaml/v3"

	"sluice/events"
	"sluice/shared/rollout"
	"sluice/test/scenario"
)

const folder = "../../docs/ci/"

// quick bakes for seconds.
const quick = `{"service":"checkout","target":{"lambdaAlias":{"function":"checkout","alias":"live"}},
	"strategy":{"canary":{"steps":[{"weight":10,"bake":"%"}]}},"guard":{"alarms":["checkout-errors"]},"revertWindow":"10m"}`

// operator is the role of a job: it has what the output OperatorPolicy names, and nothing else.
const operator = "arn:aws:iam::123456789012:role/releaser"

// world is a Sluice that listens, with a service whose step bakes as long as it says.
func world(t *testing.T, bake string) *scenario.World { return worldWith(t, bake, nil) }

func worldWith(t *testing.T, bake string, wrap scenario.Wrap) *scenario.World {
	t.Helper()
	w := scenario.New(t, scenario.Options{ListenAddr: "127.0.0.1:0", Wrap: wrap})
	t.Cleanup(w.Close)
	if _, err := w.Sandbox.NewRole("/", "releaser", "sluice-sandbox-operator"); err != nil {
		t.Fatal(err)
	}
	w.Make(strings.Replace(quick, "%", bake, 1))
	w.AlarmGreen(scenario.Alarm)
	return w
}

// program is the command line, compiled once.
var program = sync.OnceValues(func() (string, error) {
	made, err := os.MkdirTemp("", "sluice-ci-")
	if err != nil {
		return "", err
	}
	file := filepath.Join(made, "sluice")
	out, err := exec.CommandContext(context.Background(), "go", "build", "-o", file, "../../infra/sluice").CombinedOutput()
	if err != nil {
		err = errors.Join(err, errors.New(string(out)))
	}
	return file, err
})

func TestMain(m *testing.M) {
	status := m.Run()
	if file, _ := program(); file != "" {
		_ = os.RemoveAll(filepath.Dir(file))
	}
	os.Exit(status)
}

// A job is a run of a script, with the variables of the job.
type job struct {
	cmd    *exec.Cmd
	out    bytes.Buffer
	result string // the file that it leaves for the steps after it
}

// start starts release.sh; seen gets its output as it comes.
func start(t *testing.T, w *scenario.World, seen io.Writer, revision string, env ...string) *job {
	t.Helper()
	return run(t, w, seen, exec.Command(folder+"release.sh", scenario.Service, revision), env...)
}

// run starts a command as a job of the role of operators.
func run(t *testing.T, w *scenario.World, seen io.Writer, cmd *exec.Cmd, env ...string) *job {
	t.Helper()
	file, err := program()
	if err != nil {
		t.Fatal(err)
	}
	home, key := t.TempDir(), w.Sandbox.KeyAs(operator, "job-1")
	j := &job{cmd: cmd, result: filepath.Join(home, "result")}
	j.cmd.Env = append(os.Environ(), "HOME="+home, "PATH="+filepath.Dir(file)+":"+os.Getenv("PATH"),
		"AWS_CONFIG_FILE="+filepath.Join(home, "config"), "AWS_SHARED_CREDENTIALS_FILE="+filepath.Join(home, "credentials"),
		"AWS_EC2_METADATA_DISABLED=true", "NO_PROXY=127.0.0.1,.localhost", "no_proxy=127.0.0.1,.localhost", "SLUICE_RESULT="+j.result,
		"SLUICE_ENVIRONMENT=sandbox", "SLUICE_REPOSITORY=github/acme/checkout", "SLUICE_COMMIT=c0ffee", "SLUICE_AUTHOR=ada", `SLUICE_REASON=it's "better"`)
	j.cmd.Env = append(append(append(j.cmd.Env, w.Sandbox.Environment()...),
		"AWS_ACCESS_KEY_ID="+key.AccessKeyID, "AWS_SECRET_ACCESS_KEY="+key.SecretAccessKey, "AWS_SESSION_TOKEN="+key.SessionToken), env...)
	j.cmd.Stdout = io.MultiWriter(&j.out, seen)
	j.cmd.Stderr = j.cmd.Stdout
	if err := j.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = j.cmd.Process.Kill() })
	return j
}

// ends waits for the job's exit status and looks for words in what it said.
func (j *job) ends(t *testing.T, status int, words ...string) {
	t.Helper()
	err := j.cmd.Wait()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	if got := j.cmd.ProcessState.ExitCode(); got != status {
		t.Errorf("it ended with %d, want %d:\n%s", got, status, j.out.String())
	}
	for _, word := range words {
		if !strings.Contains(j.out.String(), word) {
			t.Errorf("it never said %q:\n%s", word, j.out.String())
		}
	}
}

// left is what the steps after the job read.
func (j *job) left(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile(j.result)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// hint tells once that a text was written.
type hint struct {
	text string
	seen strings.Builder
	come chan struct{}
}

func when(text string) *hint { return &hint{text: text, come: make(chan struct{})} }

func (h *hint) Write(p []byte) (int, error) {
	before := strings.Contains(h.seen.String(), h.text)
	h.seen.Write(p)
	if !before && strings.Contains(h.seen.String(), h.text) {
		close(h.come)
	}
	return len(p), nil
}

func (h *hint) wait(t *testing.T) {
	t.Helper()
	select {
	case <-h.come:
	case <-time.After(time.Minute):
		t.Fatalf("it never said %q: %s", h.text, h.seen.String())
	}
}

func TestJobThatReleasesAGoodVersionPasses(t *testing.T) {
	w := world(t, "1s")
	j := start(t, w, io.Discard, "2")
	j.ends(t, 0, "version 2 of checkout was asked for", "10 % of the traffic", "checkout-", ": succeeded")
	if serves := w.Serves(); serves != "2" {
		t.Errorf("the alias serves %s", serves)
	}
	id, _, _ := strings.Cut(j.out.String(), ":")
	if r, _ := w.Recorded(id); r.Revision.Author != "ada" || r.Revision.Commit != "c0ffee" || r.Reason != `it's "better"` || !strings.Contains(r.By, "releaser/job-1") {
		t.Errorf("the record says %+v by %s because of %s", r.Revision, r.By, r.Reason)
	}
	if got := j.left(t); !strings.HasPrefix(got, "release="+id+"\nend=succeeded\nurl=http") {
		t.Errorf("it leaves %q", got)
	}
}

func TestJobFailsAsTheReleaseEnds(t *testing.T) {
	t.Run("rolled back", func(t *testing.T) {
		w, shifted := world(t, "1h"), when("10 % of the traffic")
		j := start(t, w, shifted, "2")
		shifted.wait(t)
		w.AlarmRed(scenario.Alarm)
		j.ends(t, 1, "all traffic is back on version 1", ": rolled-back", "Why: Guard alarm checkout-errors went red")
		if got := j.left(t); !strings.Contains(got, "\nend=rolled-back\n") {
			t.Errorf("it leaves %q", got)
		}
	})
	t.Run("rejected", func(t *testing.T) {
		j := start(t, world(t, "1s"), io.Discard, "77") // Sluice may know that at once, or a moment later
		if j.ends(t, 3, "has no version 77", "What to do: "); !strings.Contains(j.left(t), "\nend=rejected\n") {
			t.Errorf("it leaves %q", j.left(t))
		}
	})
	t.Run("no end in time", func(t *testing.T) {
		j := start(t, world(t, "1h"), io.Discard, "2", "SLUICE_PATIENCE=1s")
		if j.ends(t, 7, "goes on: it has not ended within 1s"); !strings.Contains(j.left(t), "\nend=\n") {
			t.Errorf("it leaves %q", j.left(t))
		}
	})
}

func TestCancelledJobStopsItsRelease(t *testing.T) {
	w, shifted := world(t, "1h"), when("10 % of the traffic")
	j := start(t, w, shifted, "2", "SLUICE_ON_CANCEL=abort")
	shifted.wait(t)
	j.cancel(t)
	j.ends(t, 7, "The release stops")
	id, _, _ := strings.Cut(j.out.String(), ":")
	aborted(t, w, id)
}

// A job that is cancelled before it has shown anything must not leave a release behind that nobody watches.
func TestJobCancelledInItsFirstMomentsLeavesNoReleaseBehind(t *testing.T) {
	asks := make(chan struct{}, 8)
	w := worldWith(t, "1h", func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.UserAgent() == "sluice" {
				asks <- struct{}{}
			}
			next.ServeHTTP(w, r)
		})
	})
	j := start(t, w, io.Discard, "2", "SLUICE_ON_CANCEL=abort", "SLUICE_KEY=first")
	select {
	case <-asks:
	case <-time.After(time.Minute):
		t.Fatal("it never asked")
	}
	j.cancel(t)
	j.ends(t, 7, "The release stops")
	aborted(t, w, events.ReleaseRequest{Service: scenario.Service, Revision: "2", Key: "first"}.ID(""))
}

// aborted waits until a release was stopped.
func aborted(t *testing.T, w *scenario.World, id string) {
	t.Helper()
	for begun := time.Now(); time.Since(begun) < 30*time.Second; w.Pass(100 * time.Millisecond) {
		if r, _ := w.Recorded(id); r.End == rollout.Aborted {
			return
		}
	}
	t.Errorf("the release was not stopped:\n%s", w.Trail(id))
}

func (j *job) cancel(t *testing.T) {
	t.Helper()
	if err := j.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
}

func TestWrongUseSaysWhatIsRight(t *testing.T) {
	w := world(t, "1s")
	for want, args := range map[string][]string{
		"0 words were given":           {},
		"3 words were given":           {"checkout", "2", "3"},
		"write abort, or leave it out": {"checkout", "2", "SLUICE_ON_CANCEL=stop"},
		"invalid argument \"soon\"":    {"checkout", "2", "SLUICE_PATIENCE=soon"},
		"did you mean checkout?":       {"chekout", "2"},
		"is missing: go install":       {"checkout", "2", "SLUICE=nowhere"},
	} {
		var env []string
		args = slices.DeleteFunc(args, func(a string) bool {
			if strings.Contains(a, "=") {
				env = append(env, a)
			}
			return strings.Contains(a, "=")
		})
		run(t, w, io.Discard, exec.Command(folder+"release.sh", args...), env...).ends(t, 2, want)
	}
}

// What GitHub, GitLab and Jenkins run is in their own files: each is run here as a shell runs it, with the variables that it gives itself.
func TestStepOfEachHostReleases(t *testing.T) {
	for name, test := range map[string]func(t *testing.T) (script string, env []string){
		"GitHub": composite, "GitLab": component, "Jenkins": library,
	} {
		t.Run(name, func(t *testing.T) {
			script, env := test(t)
			w := world(t, "1s")
			cmd := exec.Command("bash", "-ec", script)
			cmd.Dir = t.TempDir()
			j := run(t, w, io.Discard, cmd, env...)
			j.ends(t, 0, "version 2 of checkout was asked for", ": succeeded")
			if name == "GitLab" { // its report is named in the job
				j.result = filepath.Join(cmd.Dir, "release.env")
			}
			if got := j.left(t); !strings.Contains(got, "\nend=succeeded\n") {
				t.Errorf("it leaves %q", got)
			}
		})
	}
}

// settings are variables in the YAML of a host, without those that it puts in by itself.
func settings(t *testing.T, said map[string]string, put *strings.Replacer) (env []string) {
	t.Helper()
	for key, value := range said {
		env = append(env, key+"="+put.Replace(value))
	}
	return env
}

func parsed(t *testing.T, file string, documents ...any) {
	t.Helper()
	text, err := os.Open(folder + file)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = text.Close() }()
	d := yaml.NewDecoder(text)
	for _, into := range documents {
		if err := d.Decode(into); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
	}
}

// composite is the step of the action that releases, with what GitHub would put in.
func composite(t *testing.T) (string, []string) {
	var action struct {
		Inputs map[string]struct{ Default string }
		Runs   struct {
			Steps []struct {
				ID, Run string
				Env     map[string]string
			}
		}
	}
	parsed(t, "action.yml", &action)
	step := action.Runs.Steps[slices.IndexFunc(action.Runs.Steps, func(s struct {
		ID, Run string
		Env     map[string]string
	},
	) bool {
		return s.ID == "release"
	})]
	file, _ := program()
	put := []string{"${{ github.sha }}", "c0ffee", "${{ github.repository }}", "acme/checkout", "${{ runner.temp }}", filepath.Dir(file)}
	for name, said := range map[string]string{"service": "checkout", "revision": "2", "environment": "sandbox", "author": "ada", "reason": "", "key": "run-1", "patience": action.Inputs["patience"].Default, "on-cancel": action.Inputs["on-cancel"].Default} {
		put = append(put, "${{ inputs."+name+" }}", said)
	}
	at, err := filepath.Abs(folder)
	if err != nil {
		t.Fatal(err)
	}
	// The job's file of outputs is the one that the test reads.
	return "export GITHUB_OUTPUT=\"$SLUICE_RESULT\"\n" + step.Run, append(settings(t, step.Env, strings.NewReplacer(put...)), "GITHUB_ACTION_PATH="+at)
}

// component is the last line of the component's job, with the inputs put in.
func component(t *testing.T) (string, []string) {
	var spec struct {
		Spec struct {
			Inputs map[string]struct{ Default string }
		}
	}
	var jobs map[string]struct {
		Script    []string
		Variables map[string]string
	}
	parsed(t, "gitlab-component.yaml", &spec, &jobs)
	one := jobs["release-$[[ inputs.service ]]"]
	put := []string{"$[[ inputs.service ]]", "checkout", "$[[ inputs.revision ]]", "2", "$[[ inputs.environment ]]", "sandbox", "$[[ inputs.patience ]]", spec.Spec.Inputs["patience"].Default}
	for _, real := range []string{"AWS_REGION", "AWS_ROLE_ARN", "AWS_WEB_IDENTITY_TOKEN_FILE"} { // of an account that is not here
		delete(one.Variables, real)
	}
	env := append(settings(t, one.Variables, strings.NewReplacer(put...)), "CI_JOB_ID=77", "CI_COMMIT_SHA=c0ffee", "GITLAB_USER_EMAIL=ada@example.com", "CI_PROJECT_PATH=acme/checkout")
	return one.Script[len(one.Script)-1], env
}

// library is what the step for Jenkins hands to a shell, with the variables that it sets.
func library(t *testing.T) (string, []string) {
	text, err := os.ReadFile(folder + "jenkins/vars/sluiceRelease.groovy")
	if err != nil {
		t.Fatal(err)
	}
	script := regexp.MustCompile(`(?s)script: \'\'\'(.*?)\'\'\'`).FindSubmatch(text)
	if script == nil {
		t.Fatal("the step has no script")
	}
	env := []string{"SLUICE_SERVICE=checkout", "SLUICE_REVISION=2", "SLUICE_KEY=jenkins-1", "SLUICE_PATIENCE=4h", "SLUICE_ON_CANCEL=abort"}
	for _, named := range regexp.MustCompile(`\$(SLUICE_\w+)`).FindAllSubmatch(script[1], -1) {
		if !bytes.Contains(text, []byte(`"`+string(named[1])+"=")) {
			t.Errorf("the script reads %s, which the step does not set", named[1])
		}
	}
	return string(script[1]), env
}
