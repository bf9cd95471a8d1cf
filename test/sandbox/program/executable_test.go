package program_test

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"sluice/test/sandbox/program"
)

// As a program, this test's executable does what PLAY says.
func TestMain(m *testing.M) {
	switch os.Getenv("PLAY") {
	case "":
		os.Exit(m.Run())
	case "broken":
		fmt.Fprintln(os.Stderr, "no configuration")
		os.Exit(1)
	}
	socket, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	fmt.Println(socket.Addr())
	http.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/end" {
			os.Exit(3)
		}
		fmt.Fprint(w, os.Getenv("PLAY")+" "+os.Getenv("COLOR"))
	})
	panic(http.Serve(socket, nil))
}

// lines takes what programs say.
type lines struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func started(t *testing.T, log io.Writer, play string) (*program.Process, error) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return program.Executable(self, log, "PLAY="+play)(program.Start{Env: map[string]string{"COLOR": "blue"}})
}

func TestExecutableAnswersUntilItIsStopped(t *testing.T) {
	p, err := started(t, io.Discard, "shop")
	if err != nil {
		t.Fatal(err)
	}
	answer, err := http.Get("http://" + p.Address + "/")
	if err != nil {
		t.Fatal(err)
	}
	said, _ := io.ReadAll(answer.Body)
	_ = answer.Body.Close()
	if string(said) != "shop blue" || p.HasEnded() {
		t.Errorf("it said %q, ended %v", said, p.HasEnded())
	}
	p.End()
	if _, err := http.Get("http://" + p.Address + "/"); err == nil || !p.HasEnded() {
		t.Errorf("stopped, it answers (%v), ended %v", err, p.HasEnded())
	}
}

func TestExecutableThatEndsByItselfIsNoticed(t *testing.T) {
	p, err := started(t, io.Discard, "shop")
	if err != nil {
		t.Fatal(err)
	}
	defer p.End()
	_, _ = http.Get("http://" + p.Address + "/end")
	select {
	case <-p.Ended:
	case <-time.After(10 * time.Second):
		t.Error("nobody noticed")
	}
}

func TestExecutableThatDoesNotBeginToListenIsAnError(t *testing.T) {
	var log lines
	if p, err := started(t, &log, "broken"); err == nil || !strings.Contains(err.Error(), "ended before") {
		p.End()
		t.Errorf("it started: %v", err)
	}
	if !strings.Contains(log.text.String(), "no configuration") {
		t.Errorf("the log has %q", log.text.String())
	}
}
