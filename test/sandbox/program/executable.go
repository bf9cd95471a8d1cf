package program

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"

	"sluice/test/sandbox/group"
)

// Executable makes a program of an executable file: a process that really listens, on a port of 127.0.0.1 that it chooses itself. It writes the address
// at which it listens as its first line, and ends when its standard input does. What it says besides goes to log. env is added to what the container
// definition says.
func Executable(file string, log io.Writer, env ...string) Program {
	return func(s Start) (*Process, error) {
		cmd := exec.Command(file)
		cmd.Stderr, cmd.SysProcAttr = log, group.Attributes()
		cmd.Env = append([]string{"PATH=" + os.Getenv("PATH")}, env...)
		for name, value := range s.Env {
			cmd.Env = append(cmd.Env, name+"="+value)
		}
		stdin, err := cmd.StdinPipe()
		if err != nil {
			return nil, fmt.Errorf("starting %s: %w", file, err)
		}
		stdout, err := cmd.StdoutPipe()
		if err != nil {
			return nil, fmt.Errorf("starting %s: %w", file, err)
		}
		if err := cmd.Start(); err != nil {
			return nil, fmt.Errorf("starting %s: %w", file, err)
		}
		return listening(cmd, stdin, stdout, log)
	}
}

// listening waits for the address of a process that has started.
func listening(cmd *exec.Cmd, stdin io.Closer, stdout io.Reader, log io.Writer) (*Process, error) {
	said := bufio.NewReader(stdout)
	address, err := said.ReadString('\n')
	if err != nil {
		_, _ = stdin.Close(), cmd.Wait()
		return nil, fmt.Errorf("starting %s: it ended before it told where it listens", cmd.Path)
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_, _ = io.Copy(log, said)
		_ = cmd.Wait()
	}()
	stop := func() {
		_ = stdin.Close()
		group.Kill(cmd.Process.Pid)
		<-ended
	}
	return &Process{Address: strings.TrimSpace(address), Stop: stop, Ended: ended}, nil
}
