// Package ci runs docs/ci/release.sh, which CI jobs copy, against a whole Sluice in real time: a POSIX shell and the unmodified
// AWS CLI over loopback.
package ci_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"sluice/events"
	"sluice/shared/rollout"
	"sluice/test/sandbox/iam"
	"sluice/test/scenario"
)

const script = "../../docs/ci/release.sh"

// quick bakes for seconds.
const quick = `{"service":"checkout","target":{"lambdaAlias":{"function":"checkout","alias":"live"}},
	"strategy":{"canary":{"steps":[{"weight":10,"bake":"%"}]}},"guard":{"alarms":["checkout-errors"]},"revertWindow":"10m"}`

// world is a Sluice that listens, with a service whose step bakes as long as it says.
func world(t *testing.T, bake string) *scenario.World {
	t.Helper()
	if _, err := exec.LookPath("aws"); err != nil {
		t.Skip("SKIPPED: the AWS CLI (aws) is not on PATH, so nothing here shows that docs/ci/release.sh works")
	}
	w := scenario.New(t, scenario.Options{ListenAddr: "127.0.0.1:0"})
	t.Cleanup(w.Close)
	w.Make(strings.Replace(quick, "%", bake, 1))
	w.AlarmGreen(scenario.Alarm)
	return w
}

// A job is a run of the script.
type job struct {
	cmd *exec.Cmd
	out bytes.Buffer
}

// start starts a job; seen gets its output as it comes.
func start(t *testing.T, w *scenario.World, seen io.Writer, revision string, env ...string) *job {
	t.Helper()
	home := t.TempDir()
	j := &job{cmd: exec.Command(script, scenario.Service, revision)}
	j.cmd.Env = append(os.Environ(),
		"AWS_CONFIG_FILE="+filepath.Join(home, "config"), "AWS_SHARED_CREDENTIALS_FILE="+filepath.Join(home, "credentials"),
		"AWS_EC2_METADATA_DISABLED=true", "NO_PROXY=127.0.0.1", "no_proxy=127.0.0.1",
		"SLUICE_ENVIRONMENT=sandbox", "SLUICE_POLL=1", "SLUICE_REPOSITORY=github/acme/checkout", "SLUICE_COMMIT=c0ffee", "SLUICE_AUTHOR=ada", `SLUICE_REASON=it's "better"`)
	j.cmd.Env = append(append(j.cmd.Env, w.Sandbox.Environment()...), env...)
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
	start(t, w, io.Discard, "2").ends(t, 0, "version 2 of checkout was asked for", "10 % of the traffic", "checkout-", ": succeeded")
	if serves := w.Serves(); serves != "2" {
		t.Errorf("the alias serves %s", serves)
	}
}

func TestJobFailsAsTheReleaseEnds(t *testing.T) {
	t.Run("rolled back", func(t *testing.T) {
		w, shifted := world(t, "1h"), when("10 % of the traffic")
		j := start(t, w, shifted, "2")
		shifted.wait(t)
		w.AlarmRed(scenario.Alarm)
		j.ends(t, 1, "all traffic is back on version 1", ": rolled-back", "Why: Guard alarm checkout-errors went red")
	})
	t.Run("rejected", func(t *testing.T) {
		start(t, world(t, "1s"), io.Discard, "77").ends(t, 3, "has no version 77", ": rejected", "What to do: ", "More: http://")
	})
	t.Run("no end in time", func(t *testing.T) {
		start(t, world(t, "1h"), io.Discard, "2", "SLUICE_PATIENCE=0").ends(t, 7, "It goes on without this job")
	})
}

func TestCancelledJobStopsItsRelease(t *testing.T) {
	w, shifted := world(t, "1h"), when("10 % of the traffic")
	j := start(t, w, shifted, "2", "SLUICE_ON_CANCEL=abort")
	shifted.wait(t)
	j.cancel(t)
	j.ends(t, 7, "asked to stop")
	id, _, _ := strings.Cut(j.out.String(), ":")
	aborted(t, w, id)
}

// A job that is cancelled before it has shown anything must not leave a release behind that nobody watches.
func TestJobCancelledInItsFirstMomentsLeavesNoReleaseBehind(t *testing.T) {
	w := world(t, "1h")
	asking := filepath.Join(t.TempDir(), "asking")
	j := start(t, w, io.Discard, "2", "SLUICE_ON_CANCEL=abort", "SLUICE_KEY=first", wrapped(t, `case "$*" in *release.requested*) : > `+asking+`;; esac`))
	for begun := time.Now(); ; w.Pass(5 * time.Millisecond) {
		if _, err := os.Stat(asking); err == nil {
			break
		} else if time.Since(begun) > time.Minute {
			t.Fatalf("it never asked:\n%s", j.out.String())
		}
	}
	j.cancel(t)
	j.ends(t, 7, "asked to stop")
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

// wrapped puts a program aws before the real one, which it calls at last; the answer is a variable of the environment.
func wrapped(t *testing.T, first string) string {
	t.Helper()
	real, err := exec.LookPath("aws")
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	if err := os.WriteFile(filepath.Join(folder, "aws"), []byte("#!/bin/sh\n"+first+"\nexec "+real+` "$@"`+"\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	return "PATH=" + folder + ":" + os.Getenv("PATH")
}

// times makes a wrapped aws fail its first calls of a command with what the real one would print.
func times(t *testing.T, n int, command, says string) string {
	t.Helper()
	count := filepath.Join(t.TempDir(), "count")
	return wrapped(t, fmt.Sprintf(`case "$*" in *%s*) echo x >> %s; if [ "$(wc -l < %s)" -le %d ]; then echo %q >&2; exit 255; fi;; esac`, command, count, count, n, says))
}

func TestJobLivesThroughAnEndpointThatIsAwayForAMoment(t *testing.T) {
	const away = `Could not connect to the endpoint URL: "https://events.us-east-1.amazonaws.com/"`
	t.Run("while it asks", func(t *testing.T) {
		start(t, world(t, "1s"), io.Discard, "2", times(t, 2, "put-events", away)).ends(t, 0, ": succeeded")
	})
	t.Run("while it waits", func(t *testing.T) {
		start(t, world(t, "1s"), io.Discard, "2", times(t, 2, "get-item", away)).ends(t, 0, ": succeeded")
	})
	t.Run("for good", func(t *testing.T) {
		start(t, world(t, "1h"), io.Discard, "2", "SLUICE_BLIND=3", times(t, 1000, "get-item", away)).ends(t, 7, "has not answered for 3 seconds", "goes on without this job")
	})
}

func TestJobWhoseCredentialsExpireSaysHowToLetThemLast(t *testing.T) {
	const expired = "An error occurred (ExpiredTokenException) when calling the GetItem operation: The security token included in the request is expired"
	start(t, world(t, "1h"), io.Discard, "2", times(t, 1000, "get-item", expired)).ends(t, 7, "role-duration-seconds", "goes on without this job")
}

func TestWrongUseSaysWhatIsRight(t *testing.T) {
	for want, args := range map[string][]string{
		"Usage: release.sh SERVICE REVISION": {},
		"is no service name":                 {"Check Out", "2"},
		"publish a version":                  {"checkout", "$LATEST"},
		"write a number of seconds":          {"checkout", "2", "SLUICE_PATIENCE=4h"},
		"write abort, or leave it out":       {"checkout", "2", "SLUICE_ON_CANCEL=stop"},
		"4 words were given":                 {"checkout", "2", "", "3"},
		`"0": write 1 or more seconds`:       {"checkout", "2", "SLUICE_POLL=0"},
		`"Prod": write small letters`:        {"checkout", "2", "SLUICE_ENVIRONMENT=Prod"},
		`"acme/checkout": write it with its`: {"checkout", "2", "SLUICE_REPOSITORY=acme/checkout"},
		`write host and name alone, such as`: {"checkout", "2", "SLUICE_REPOSITORY=https://github.com/acme/checkout.git"},
		`"frankfurt": write a Region's code`: {"checkout", "2", "AWS_REGION=frankfurt"},
	} {
		var env []string
		if len(args) == 3 {
			args, env = args[:2], append(os.Environ(), args[2])
		}
		cmd := exec.Command(script, args...)
		cmd.Env = env
		out, err := cmd.CombinedOutput()
		var exit *exec.ExitError
		if !errors.As(err, &exit) || exit.ExitCode() != 2 || !strings.Contains(string(out), want) {
			t.Errorf("%q: %v, %s; want status 2 and %q", args, err, out, want)
		}
	}
}

// The policy of the page is one that AWS would read; that it is enough is shown by a role that has nothing else.
func TestPolicyForJobsAllowsWhatTheScriptCalls(t *testing.T) {
	text, err := os.ReadFile("../../docs/ci/policy.json")
	if err != nil {
		t.Fatal(err)
	}
	d, err := iam.ParseDocument(text)
	if err != nil {
		t.Fatal(err)
	}
	var allowed []string
	for _, s := range d.Statement {
		allowed = append(allowed, s.Action...)
	}
	called, err := os.ReadFile(script)
	if err != nil {
		t.Fatal(err)
	}
	commands := map[string]bool{}
	for _, found := range regexp.MustCompile(`\b(?:aws|call) ([a-z]+ [a-z]+-[a-z-]+)`).FindAllSubmatch(called, -1) {
		commands[string(found[1])] = true
	}
	delete(commands, "lambda publish-version") // advice, not a call
	if want := map[string]bool{"events put-events": true, "dynamodb get-item": true}; !maps.Equal(commands, want) {
		t.Errorf("the script calls %v, the policy is written for %v", commands, want)
	}
	if slices.Sort(allowed); !slices.Equal(allowed, []string{"dynamodb:GetItem", "events:PutEvents"}) {
		t.Errorf("the policy allows %v", allowed)
	}
}
