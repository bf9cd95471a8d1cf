package differential

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/smithy-go"
	"pgregory.net/rapid"

	"sluice/test/sandbox"
)

// Both stores get the same requests over the wire, and must give the same answers: attributes, counts, keys to go on from,
// and error codes.
func TestDynamoDBAnswersAsDynaliteDoes(t *testing.T) {
	theirs := dynalite(t)
	box, err := sandbox.Boot(t.Context(), sandbox.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer box.Close()
	ours := dynamodb.NewFromConfig(box.Config(""), once)
	var tables, calls, refused, excused atomic.Int64
	rapid.Check(t, func(r *rapid.T) {
		table := fmt.Sprintf("table-%d", tables.Add(1))
		for _, store := range []*dynamodb.Client{theirs, ours} {
			if _, err := store.CreateTable(t.Context(), newTable(table)); err != nil {
				r.Fatal(err)
			}
			active := dynamodb.NewTableExistsWaiter(store, func(o *dynamodb.TableExistsWaiterOptions) { o.MinDelay = time.Millisecond })
			if err := active.Wait(t.Context(), &dynamodb.DescribeTableInput{TableName: &table}, time.Minute); err != nil {
				r.Fatal(err)
			}
		}
		for i := range rapid.IntRange(10, 50).Draw(r, "requests") {
			q := drawRequest(r, table)
			if i < 4 { // something to look at
				q = newDrawing(r).put(table, nil)
			}
			their, our := q.send(t.Context(), theirs), q.send(t.Context(), ours)
			calls.Add(1)
			if strings.HasPrefix(their, "refused") {
				refused.Add(1)
			}
			if their == our || invalid(their) && invalid(our) {
				continue
			}
			if reason := excuse(q, their, our); reason != "" {
				excused.Add(1)
				if strings.HasPrefix(their, "refused") != strings.HasPrefix(our, "refused") {
					return // from here on the two tables differ
				}
				continue
			}
			r.Fatalf("%s\n dynalite: %s\n  sandbox: %s\nwhere there is now\n dynalite: %s\n  sandbox: %s", q, their, our, all(t, table, theirs), all(t, table, ours))
		}
	})
	t.Logf("%d requests, %d of them refused by both, %d differ for a known reason", calls.Load(), refused.Load(), excused.Load())
}

// all is what a table holds.
func all(t *testing.T, table string, store *dynamodb.Client) string {
	t.Helper()
	out, err := store.Scan(t.Context(), &dynamodb.ScanInput{TableName: &table})
	if err != nil {
		return err.Error()
	}
	return showPage(out.Items, out.Count, out.ScannedCount, nil, false)
}

// invalid says whether a request was refused as invalid. Which of several faults is named, and in which words, is not
// documented, so two refusals are as good as each other.
func invalid(answer string) bool { return strings.HasPrefix(answer, "refused: ValidationException") }

func once(o *dynamodb.Options) { o.RetryMaxAttempts = 1 }

// dynalite starts the oracle on a port of its own and ends it with the test.
func dynalite(t *testing.T) *dynamodb.Client {
	t.Helper()
	script, node := oracle(t, "node_modules/dynalite/cli.js"), newNode(t)
	cmd := exec.CommandContext(t.Context(), node, script, "--host", "127.0.0.1", "--port", freePort(t), "--createTableMs", "0")
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatalf("starting dynalite: %v", err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	line, err := bufio.NewReader(out).ReadString('\n')
	_, url, listening := strings.Cut(strings.TrimSpace(line), "listening at: ")
	if err != nil || !listening {
		t.Fatalf("dynalite said %q: %v", line, err)
	}
	return dynamodb.New(dynamodb.Options{
		Region: "us-east-1", BaseEndpoint: aws.String(url), Credentials: credentials.NewStaticCredentialsProvider("a", "b", ""),
	}, once)
}

func freePort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	_, port, err := net.SplitHostPort(l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	return port
}

// A request is one call, as it can be sent to either store.
type request struct {
	what  string // for people
	input any
	call  func(ctx context.Context, store *dynamodb.Client) (string, error)
}

// String is the request for people.
func (q request) String() string { return q.what }

// send gives the answer in words that can be compared.
func (q request) send(ctx context.Context, store *dynamodb.Client) string {
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	answer, err := q.call(ctx, store)
	var api smithy.APIError
	switch {
	case errors.As(err, &api):
		return "refused: " + api.ErrorCode() + ": " + api.ErrorMessage()
	case err != nil:
		return "failed: " + err.Error()
	}
	return answer
}
