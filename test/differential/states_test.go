package differential

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awssfn "github.com/aws/aws-sdk-go-v2/service/sfn"
	"github.com/google/go-cmp/cmp"

	"sluice/shared/rollout"
	"sluice/test/sandbox/sfn"
	"sluice/test/sandbox/wire"
)

// longest is how many edges a walk has at most: enough for two steps and a rollback.
const longest = 11

func TestTheStateMachineTakesTheSameWaysInAnIndependentInterpreter(t *testing.T) {
	node := newNode(t)
	modules := oracle(t, "node_modules/aws-local-stepfunctions/..")
	all := walks(longest)
	if edges := covered(all); edges < len(rollout.Edges) {
		t.Fatalf("the walks take %d of %d edges", edges, len(rollout.Edges))
	}
	theirs := interpreted(t, node, modules, all)
	differ := 0
	for i, w := range all {
		ours := sandboxed(t, w)
		if diff := cmp.Diff(theirs[i], ours); diff != "" {
			if differ++; differ <= 3 {
				t.Errorf("%s\n(-aws-local-stepfunctions +sandbox)\n%s", w.Name, diff)
			}
		}
	}
	t.Logf("%d walks over %d edges, %d differ", len(all), len(rollout.Edges), differ)
}

// covered counts the edges that any walk takes.
func covered(all []walk) int {
	names := map[string]bool{}
	for _, w := range all {
		for _, part := range strings.Fields(w.Name) {
			names[part] = true
		}
	}
	n := 0
	for _, e := range rollout.Edges {
		if e.From == rollout.Choose || names[string(e.From)+":"+e.Why] {
			n++
		}
	}
	return n
}

// definition is the machine as it is deployed, with functions named after their states.
func definition(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("../../infra/release.asl.json")
	if err != nil {
		t.Fatal(err)
	}
	before, after, _ := strings.Cut(strings.NewReplacer("${Partition}", "aws", "${", "", "Function}", "").Replace(string(text)), `"After": {`)
	return before + `"After": {` + strings.Replace(after, `"FunctionName": "Hook"`, `"FunctionName": "After"`, 1) // it has the function of Hook
}

// interpreted runs all walks in the oracle.
func interpreted(t *testing.T, node, modules string, all []walk) []trace {
	t.Helper()
	file := filepath.Join(t.TempDir(), "machine.json")
	if err := os.WriteFile(file, []byte(definition(t)), 0o600); err != nil {
		t.Fatal(err)
	}
	input, err := json.Marshal(all)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, node, "states.mjs", modules, file)
	cmd.Stdin, cmd.Stderr = bytes.NewReader(input), os.Stderr
	output, err := cmd.Output()
	if err != nil {
		t.Fatalf("running aws-local-stepfunctions: %v", err)
	}
	var traces []trace
	if err := json.Unmarshal(output, &traces); err != nil || len(traces) != len(all) {
		t.Fatalf("%d traces of %d walks: %v", len(traces), len(all), err)
	}
	for i := range traces {
		traces[i].plain()
	}
	return traces
}

// sandboxed runs one walk in the sandbox, in virtual time.
func sandboxed(t *testing.T, w walk) trace {
	t.Helper()
	var got trace
	synctest.Test(t, func(t *testing.T) {
		a := actors{t: t, left: map[rollout.State][]outcome{}, calls: map[rollout.State][]map[string]any{}}
		for s, outcomes := range w.Tasks {
			a.left[s] = slices.Clone(outcomes)
		}
		a.machine = sfn.New(t.Context(), sfn.Options{Home: wire.Home{Region: "us-east-1", Account: "123456789012"}, Invoke: a.invoke})
		defer a.machine.Close()
		got = a.run(definition(t))
	})
	got.plain()
	return got
}

// actors play the functions of a walk.
type actors struct {
	t       *testing.T
	machine *sfn.Service
	left    map[rollout.State][]outcome
	calls   map[rollout.State][]map[string]any
}

func (a *actors) run(definition string) trace {
	a.t.Helper()
	m, err := a.machine.CreateStateMachine(a.t.Context(), &awssfn.CreateStateMachineInput{
		Name: aws.String("release"), Definition: &definition, RoleArn: aws.String("arn:aws:iam::123456789012:role/release"),
	})
	if err != nil {
		a.t.Fatal(err)
	}
	e, err := a.machine.StartExecution(a.t.Context(), &awssfn.StartExecutionInput{
		StateMachineArn: m.StateMachineArn, Input: aws.String(`{"release":"r","step":0,"functions":"","next":"","seconds":1}`),
	})
	if err != nil {
		a.t.Fatal(err)
	}
	time.Sleep(7 * 24 * time.Hour)
	out, err := a.machine.DescribeExecution(a.t.Context(), &awssfn.DescribeExecutionInput{ExecutionArn: e.ExecutionArn})
	if err != nil {
		a.t.Fatal(err)
	}
	got := trace{Calls: a.calls, Status: string(out.Status), Error: aws.ToString(out.Error), Output: json.RawMessage(aws.ToString(out.Output))}
	for _, s := range a.machine.Path(*e.ExecutionArn) {
		got.Path = append(got.Path, rollout.State(s))
	}
	return got
}

// invoke plays one call. The states run one after the other, so nothing here is called twice at a time.
func (a *actors) invoke(ctx context.Context, _, function string, payload []byte) ([]byte, *sfn.FunctionError, error) {
	s := rollout.State(function[strings.LastIndex(function, ":")+1:])
	var in map[string]any
	if err := json.Unmarshal(payload, &in); err != nil {
		return nil, nil, err
	}
	a.calls[s] = append(a.calls[s], in)
	var o outcome
	if script := a.left[s]; len(script) > 0 {
		o = script[0]
		if len(script) > 1 {
			a.left[s] = script[1:]
		}
	}
	token, waits := in["token"].(string)
	switch {
	case o.Error != "":
		return []byte("{}"), &sfn.FunctionError{Type: o.Error, Message: "a story"}, nil
	case o.Answer == nil && !waits: // nobody ever answers
		<-ctx.Done()
		return nil, nil, ctx.Err()
	case o.Answer != nil && waits:
		_, err := a.machine.SendTaskSuccess(ctx, &awssfn.SendTaskSuccessInput{TaskToken: &token, Output: aws.String(strconv.Quote(string(o.Answer.Next)))})
		return []byte("{}"), nil, err
	}
	answer, err := json.Marshal(o.Answer)
	return answer, nil, err
}

// plain leaves out what differs in each run, token and times, and the words of causes, which AWS leaves to whoever fails.
func (t *trace) plain() {
	for _, calls := range t.Calls {
		for _, in := range calls {
			for _, member := range []string{"token", "entered"} {
				if _, given := in[member]; given {
					in[member] = "given"
				}
			}
			withoutCauses(in)
			if cursor, waits := in["cursor"].(map[string]any); waits { // with the token
				withoutCauses(cursor)
			}
		}
	}
	var output any
	if len(t.Output) > 0 && json.Unmarshal(t.Output, &output) == nil {
		if text, err := json.Marshal(output); err == nil { // members in one order
			t.Output = text
		}
	}
}

// withoutCauses leaves the names of errors, whose words each interpreter chooses itself.
func withoutCauses(cursor map[string]any) {
	for _, member := range []string{"error", "exhausted"} {
		if e, failed := cursor[member].(map[string]any); failed {
			delete(e, "Cause")
		}
	}
}
