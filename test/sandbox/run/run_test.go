package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"sluice/test/sandbox/run/shows"
)

// besides are what a show says that others do not.
var besides = map[string][]string{shows.Alias: {"webhook: 202", "Built version 2 from commit"}}

// The whole of `make demo` for each kind of target: real binaries, real traffic, real time, over loopback. Most of the time everybody waits, so
// the shows are on at the same time; what they are made of is linked before, because they share it.
func TestGoodRevisionIsPromotedAndBadOneTakenBack(t *testing.T) {
	t.Chdir("../../..")
	for _, s := range shows.All() {
		p, err := produce(s.Name)
		if err != nil {
			t.Fatal(err)
		}
		b, err := compile(t.Context(), newShow(io.Discard, false), options{service: service}, p)
		if err != nil {
			t.Fatal(err)
		}
		b.remove()
	}
	for _, s := range shows.All() {
		t.Run(s.Name, func(t *testing.T) {
			t.Parallel()
			var out bytes.Buffer
			if err := run(t.Context(), options{demo: true, show: s.Name, service: service}, newShow(&out, false)); err != nil {
				t.Fatalf("%v\n%s", err, out.String())
			}
			for _, want := range append(besides[s.Name], "SUCCEEDED", "ROLLED-BACK", "requests harmed:") {
				if !strings.Contains(out.String(), want) {
					t.Errorf("the show never said %q:\n%s", want, out.String())
				}
			}
			byAlarm := strings.Contains(out.String(), "Alarm checkout-errors: all traffic is ") && strings.Contains(out.String(), "from the alarm to stable:")
			byCheck := strings.Contains(out.String(), "  look      Fail") || strings.Contains(out.String(), "  tick      Fail") // which may come first
			if !byAlarm && !byCheck {
				t.Errorf("nothing took the bad revision back:\n%s", out.String())
			}
			for line := range strings.Lines(out.String()) {
				if n := len([]rune(line)); strings.HasPrefix(line, "    ") && n > columns+1 {
					t.Errorf("a line has %d characters: %s", n, line)
				}
			}
		})
	}
}

func TestCtrlCHalfwayLeavesNothingRunning(t *testing.T) {
	t.Chdir("../../..")
	file := filepath.Join(t.TempDir(), "run")
	if err := goBuild(t.Context(), program{out: file, pkg: "./test/sandbox/run", tags: aliasTags}); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(file, "-port", "0")
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // a group of its own, with all that it starts
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	group := -cmd.Process.Pid
	defer func() { _ = syscall.Kill(group, syscall.SIGKILL) }()
	said := readUntil(t, out, "10 % of the traffic")
	if err := syscall.Kill(group, syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	rest := readUntil(t, out, "nothing is left running")
	if err := cmd.Wait(); err != nil {
		t.Errorf("run ended with %v\n%s%s", err, said, rest)
	}
	if err := syscall.Kill(group, 0); !errors.Is(err, syscall.ESRCH) {
		t.Errorf("something of its process group still runs (%v)", err)
	}
}

// readUntil reads lines until one has the text in it.
func readUntil(t *testing.T, out interface{ Read([]byte) (int, error) }, text string) string {
	t.Helper()
	var said strings.Builder
	for lines := bufio.NewScanner(out); lines.Scan(); {
		said.WriteString(lines.Text() + "\n")
		if strings.Contains(lines.Text(), text) {
			return said.String()
		}
	}
	t.Fatalf("it ended without saying %q:\n%s", text, said.String())
	return ""
}

func TestTakenPortIsSaidBeforeAnythingIsCompiled(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = taken.Close() }()
	var out bytes.Buffer
	err = run(t.Context(), options{service: service, port: taken.Addr().(*net.TCPAddr).Port}, newShow(&out, false))
	if err == nil || !strings.Contains(err.Error(), "PORT=") || out.Len() > 0 {
		t.Errorf("a taken port gave %v after %q; want the remedy at once", err, out.String())
	}
}

func TestMissingGoIsSaidWithTheRemedy(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if _, err := compile(ctx, newShow(io.Discard, false), options{service: service}, production{}); err == nil || !strings.Contains(err.Error(), "install Go") {
		t.Errorf("without Go: %v", err)
	}
}

// The show calls its own program by the names of tools; in a test that program is the test's.
func TestMain(m *testing.M) {
	if !asTool(os.Args) {
		os.Exit(m.Run())
	}
}
