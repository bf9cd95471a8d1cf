package lambda_test

import (
	"context"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	awslambda "github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"

	"sluice/test/sandbox/lambda"
)

func TestProcessKnowsItsFunctionAndNothingOfThisMachine(t *testing.T) {
	t.Setenv("SECRET_OF_THE_MACHINE", "1")
	s := processes(t, lambda.Options{
		Credentials: func(r string) lambda.Credentials {
			return lambda.Credentials{AccessKeyID: r, SecretAccessKey: "s", SessionToken: "t"}
		},
	}, lambda.Processes{Endpoint: "http://127.0.0.1:1"}, func(in *awslambda.CreateFunctionInput) {
		in.Environment = &types.Environment{Variables: map[string]string{"SLUICE_TABLE": "sluice-test"}}
		in.MemorySize = new(int32(256))
	})
	_, a := tell(t, s, "", "hello")
	if a.Text != "hello" || a.ARN != "arn:aws:lambda:us-east-1:123456789012:function:checkout" || a.Request == "" {
		t.Errorf("answer = %+v", a)
	}
	newest(t, s, "button")
	got, err := s.Call(t.Context(), "checkout:button", []byte(`{}`))
	if err != nil || !strings.Contains(string(got.Payload), `"arn:aws:lambda:us-east-1:123456789012:function:checkout:button"`) {
		t.Errorf("through an alias: %+v, %v", got, err)
	}
	if a.Remaining <= 0 || a.Remaining > 3*time.Second {
		t.Errorf("remaining time = %v, want at most the time-out of 3 s", a.Remaining)
	}
	for _, want := range []string{
		"SLUICE_TABLE=sluice-test", "AWS_LAMBDA_FUNCTION_NAME=checkout", "AWS_LAMBDA_FUNCTION_VERSION=$LATEST",
		"AWS_LAMBDA_FUNCTION_MEMORY_SIZE=256", "AWS_REGION=us-east-1", "AWS_ENDPOINT_URL=http://127.0.0.1:1",
		"AWS_ACCESS_KEY_ID=" + role, "AWS_LAMBDA_LOG_FORMAT=Text",
	} {
		if !slices.Contains(a.Variables, want) {
			t.Errorf("environment lacks %s", want)
		}
	}
	if i := slices.IndexFunc(a.Variables, func(v string) bool { return strings.HasPrefix(v, "SECRET") }); i >= 0 {
		t.Errorf("environment holds %s", a.Variables[i])
	}
}

func TestIdleEnvironmentIsUsedAgain(t *testing.T) {
	s := processes(t, lambda.Options{}, lambda.Processes{})
	_, first := tell(t, s, "", "")
	if got, _ := tell(t, s, "fail", "no stock"); got.ErrorType != "errorString" || got.ErrorMessage != "no stock" {
		t.Errorf("failure = %+v", got)
	}
	if _, again := tell(t, s, "", ""); again.PID != first.PID {
		t.Errorf("a second process was started (%d after %d)", again.PID, first.PID)
	}
}

func TestCrashAndTimeOutEndTheProcess(t *testing.T) {
	s := processes(t, lambda.Options{}, lambda.Processes{}, func(in *awslambda.CreateFunctionInput) { in.Timeout = new(int32(1)) })
	for _, c := range []struct{ do, errorType, message string }{
		{"panic", "string", "oh no"},
		{"exit", "Runtime.ExitError", "Runtime exited with error: exit status 7"},
		{"hang", "Sandbox.Timedout", "Task timed out after 1.00 seconds"},
	} {
		_, before := tell(t, s, "", "")
		got, _ := tell(t, s, c.do, "oh no")
		if got.FunctionError != "Unhandled" || got.ErrorType != c.errorType || !strings.HasSuffix(got.ErrorMessage, c.message) {
			t.Errorf("%s: %+v", c.do, got)
		}
		if alive(before.PID) {
			t.Errorf("%s: process %d lives on", c.do, before.PID)
		}
	}
}

func alive(pid int) bool { return syscall.Kill(pid, 0) == nil }

func TestFailureBeforeTheFirstEventIsReported(t *testing.T) {
	var log lines
	s := processes(t, lambda.Options{Logs: log.add}, lambda.Processes{}, func(in *awslambda.CreateFunctionInput) {
		in.Environment = &types.Environment{Variables: map[string]string{"FAIL_INIT": "1"}}
	})
	if got, _ := tell(t, s, "", ""); got.ErrorType != "Runtime.ExitError" || !strings.Contains(got.ErrorMessage, "exit status 3") {
		t.Errorf("Call = %+v", got)
	}
	if !slices.Contains(log.all(), "no database") {
		t.Errorf("log = %q", log.all())
	}
}

func TestPackageWithoutBootstrapCannotRun(t *testing.T) {
	s := processes(t, lambda.Options{}, lambda.Processes{})
	zip, err := lambda.Package(map[string][]byte{"main": nil})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.UpdateFunctionCode(t.Context(), &awslambda.UpdateFunctionCodeInput{FunctionName: new("checkout"), ZipFile: zip}); err != nil {
		t.Fatal(err)
	}
	if got, _ := tell(t, s, "", ""); got.ErrorType != "Runtime.InvalidEntrypoint" {
		t.Errorf("Call = %+v", got)
	}
}

func TestLogHoldsAllThatWasPrintedBetweenStartAndReport(t *testing.T) {
	var log lines
	s := processes(t, lambda.Options{Logs: log.add}, lambda.Processes{})
	for range 20 { // the process prints without a line feed right before it answers
		tell(t, s, "print", "counting stock")
	}
	var shapes []string
	for _, line := range log.all() {
		word, _, _ := strings.Cut(line, " ")
		shapes = append(shapes, word)
	}
	want := slices.Repeat([]string{"START", "counting", "and", "END", "REPORT"}, 20)
	if !slices.Equal(shapes, want) {
		t.Errorf("log = %q", log.all())
	}
	if report := log.all()[4]; !strings.Contains(report, "Init Duration: ") || !strings.Contains(report, "Max Memory Used: ") {
		t.Errorf("first report = %q", report)
	}
}

func TestConcurrentCallsGetProcessesUpToTheLimit(t *testing.T) {
	s := processes(t, lambda.Options{}, lambda.Processes{PerVersion: 2})
	ctx, cancel := context.WithCancel(t.Context())
	started := make(chan error, 3)
	for range 3 {
		go func() { _, err := s.Call(ctx, "checkout", []byte(`{"Do":"hang"}`)); started <- err }()
	}
	if err := <-started; !isKind[*types.TooManyRequestsException](err) {
		t.Errorf("the call beyond the limit = %v, want a throttle", err)
	}
	cancel()
}

func TestCloseEndsProcessesAndWhatTheyStarted(t *testing.T) {
	s := processes(t, lambda.Options{}, lambda.Processes{})
	_, child := tell(t, s, "breed", "")
	_, parent := tell(t, s, "", "")
	s.Close()
	if alive(parent.PID) {
		t.Error("the process lives on")
	}
	awaitEnd(t, child.PID)
}

func TestCrashEndsWhatTheProcessStarted(t *testing.T) {
	s := processes(t, lambda.Options{}, lambda.Processes{})
	_, child := tell(t, s, "breed", "")
	if got, _ := tell(t, s, "exit", ""); got.ErrorType != "Runtime.ExitError" {
		t.Fatalf("Call = %+v", got)
	}
	awaitEnd(t, child.PID)
}

// awaitEnd waits until a process that has been killed is gone.
func awaitEnd(t *testing.T, pid int) {
	t.Helper()
	for deadline := time.Now().Add(5 * time.Second); running(pid); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) { // init reaps it in its own time
			t.Fatal("a process started by the process lives on")
		}
	}
}

// running tells whether a process still runs: a dead one that nobody has reaped does not.
func running(pid int) bool {
	if !alive(pid) {
		return false
	}
	state, err := exec.Command("ps", "-o", "stat=", "-p", strconv.Itoa(pid)).Output()
	return err == nil && !strings.HasPrefix(string(state), "Z")
}

func TestIdleProcessEndsAfterItsTime(t *testing.T) {
	s := processes(t, lambda.Options{}, lambda.Processes{Idle: time.Millisecond})
	_, first := tell(t, s, "", "")
	for deadline := time.Now().Add(5 * time.Second); alive(first.PID); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("the idle process lives on")
		}
	}
	if _, next := tell(t, s, "", "again"); next.Text != "again" {
		t.Errorf("answer = %+v", next)
	}
}
