package bench

import (
	"bufio"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"sluice/test/bench/budget"
)

var empty = flag.Bool("empty", false, "measure make run with empty caches, as on a new machine: modules are loaded anew")

// TestFirstRelease prints how long a newcomer waits.
func TestFirstRelease(t *testing.T) {
	if !*empty {
		t.Skip("loads and compiles everything anew: go test ./test/bench -run FirstRelease -empty -v")
	}
	caches := t.TempDir()
	env := append(os.Environ(), "GOCACHE="+caches+"/build", "GOMODCACHE="+caches+"/modules", "GOFLAGS="+os.Getenv("GOFLAGS")+" -modcacherw")
	fmt.Println(budget.Heading())
	fmt.Println(budget.NewMachine.Row(firstRelease(t, env).Minutes()))
}

// accepted is what the show says of its first release: there is one from then on.
const accepted = "202 Accepted"

// firstRelease is how long the show takes to its first release, from the command on. It is the same for make run, which would stay.
func firstRelease(t *testing.T, env []string) time.Duration {
	t.Helper()
	cmd := exec.Command("make", "-s", "demo", "PORT=0")
	cmd.Dir, cmd.Env, cmd.SysProcAttr = "../..", env, &syscall.SysProcAttr{Setpgid: true}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stderr = cmd.Stdout
	begun := time.Now()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var said strings.Builder
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if strings.Contains(lines.Text(), accepted) {
			took := time.Since(begun)
			_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGINT) // to the show as well as to make
			for lines.Scan() {                                 // until nothing runs any more
			}
			_ = cmd.Wait() // says that it was interrupted
			return took
		}
		said.WriteString(lines.Text() + "\n")
	}
	t.Fatalf("the show ended without a release (%v):\n%s", cmd.Wait(), said.String())
	return 0
}
