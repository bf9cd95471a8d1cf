package lambda_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"slices"
	"sync"
	"testing"
	"time"

	awslambda "github.com/aws/aws-sdk-go-v2/service/lambda"

	"sluice/test/sandbox/lambda"
)

// built is testdata/handler, compiled once.
var built = sync.OnceValues(func() ([]byte, error) {
	dir, err := os.MkdirTemp("", "handler")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	build := exec.Command("go", "build", "-tags", "lambda.norpc", "-o", dir+"/bootstrap", "./testdata/handler")
	if out, err := build.CombinedOutput(); err != nil {
		return nil, errors.Join(err, errors.New(string(out)))
	}
	return os.ReadFile(dir + "/bootstrap")
})

// processes is a Lambda whose function "checkout" runs testdata/handler as a process.
func processes(t *testing.T, o lambda.Options, p lambda.Processes, edit ...func(*awslambda.CreateFunctionInput)) *lambda.Service {
	t.Helper()
	bootstrap, err := built()
	if err != nil {
		t.Fatalf("building handler: %v", err)
	}
	zip, err := lambda.Package(map[string][]byte{"bootstrap": bootstrap})
	if err != nil {
		t.Fatal(err)
	}
	var handler http.Handler
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { handler.ServeHTTP(w, r) }))
	p.Address = server.Listener.Addr().String()
	o.Processes = &p
	s := service(t, o)
	handler = s.RuntimeAPI()
	server.Start()
	t.Cleanup(server.Close)
	t.Cleanup(s.Close) // before the server, which waits for its connections
	create(t, s, append(edit, func(in *awslambda.CreateFunctionInput) { in.Code.ZipFile = zip })...)
	return s
}

type answer struct {
	Text      string
	PID       int
	Variables []string
	Request   string
	ARN       string
	Remaining time.Duration
}

func tell(t *testing.T, s *lambda.Service, do, text string) (lambda.Result, answer) {
	t.Helper()
	event, err := json.Marshal(map[string]string{"Do": do, "Text": text})
	if err != nil {
		t.Fatal(err)
	}
	got, err := s.Call(t.Context(), "checkout", event)
	if err != nil {
		t.Fatalf("calling: %v", err)
	}
	var a answer
	if got.FunctionError == "" {
		if err := json.Unmarshal(got.Payload, &a); err != nil {
			t.Fatalf("reading %q: %v", got.Payload, err)
		}
	}
	return got, a
}

// lines collects log lines.
type lines struct {
	mu   sync.Mutex
	text []string
}

func (l *lines) add(_ string, line []byte) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.text = append(l.text, string(line))
}

func (l *lines) all() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.text)
}
