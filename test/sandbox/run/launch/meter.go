package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strings"
	"sync"
	"time"
)

// A meter shows how far the compiler is. What a package takes goes by the size of its sources.
type meter struct {
	out      io.Writer
	terminal bool
	every    time.Duration // how often it is told
	begun    time.Time

	mu      sync.Mutex
	sizes   map[string]int64
	total   int64
	done    int64
	started []string // packages, the last one last
	said    []string // what is no package
}

func newMeter(out *os.File) *meter {
	info, err := out.Stat()
	m := &meter{out: out, terminal: err == nil && info.Mode()&os.ModeCharDevice != 0, begun: time.Now(), sizes: map[string]int64{}, every: 5 * time.Second}
	if m.terminal {
		m.every = 200 * time.Millisecond
	}
	return m
}

// measure finds out what there is to compile; go fetches modules that are missing.
func (m *meter) measure(ctx context.Context, tags string, mains []string) error {
	end := m.show()
	defer end()
	cmd := exec.CommandContext(ctx, "go", append([]string{"list", "-deps", "-tags", tags, "-f", `{{.ImportPath}} {{.Dir}} {{join .GoFiles " "}}`}, mains...)...)
	listing, err := m.listen(cmd)
	if err != nil {
		return err
	}
	for line := range strings.Lines(listing) {
		fields := strings.Fields(line)
		for _, file := range fields[min(2, len(fields)):] {
			if info, err := os.Stat(filepath.Join(fields[1], file)); err == nil {
				m.sizes[fields[0]] += info.Size()
			}
		}
		m.total += m.sizes[fields[0]]
	}
	return nil
}

// run has go compile, and shows it.
func (m *meter) run(ctx context.Context, arguments []string) error {
	end := m.show()
	defer end()
	_, err := m.listen(exec.CommandContext(ctx, "go", arguments...))
	return err
}

// listen runs go and hears what it says of packages.
func (m *meter) listen(cmd *exec.Cmd) (stdout string, err error) {
	var out strings.Builder
	cmd.Stdout = &out
	says, err := cmd.StderrPipe()
	if err != nil {
		return "", err
	}
	if err := cmd.Start(); err != nil {
		return "", fmt.Errorf("running go: %w", err)
	}
	for lines := bufio.NewScanner(says); lines.Scan(); {
		m.hear(lines.Text())
	}
	if err := cmd.Wait(); err != nil {
		m.mu.Lock()
		defer m.mu.Unlock()
		return "", errors.New("\n" + strings.Join(m.said, "\n") + "\ngo " + cmd.Args[1] + " failed: what it says stands above")
	}
	return out.String(), nil
}

func (m *meter) hear(line string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if size, known := m.sizes[line]; known {
		m.done += size
		m.started = append(m.started, line)
		return
	}
	m.said = append(m.said, line)
}

// show tells how far it is until end is called.
func (m *meter) show() (end func()) {
	stop, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		for ticks := time.NewTicker(m.every); ; {
			select {
			case <-stop:
				ticks.Stop()
				return
			case <-ticks.C:
				m.tell()
			}
		}
	}()
	return func() { close(stop); <-done }
}

func (m *meter) tell() {
	if m.terminal {
		fmt.Fprintf(m.out, "\r\x1b[K  %s", m.line())
		return
	}
	fmt.Fprintf(m.out, "  %s\n", m.line())
}

func (m *meter) wipe() {
	if m.terminal {
		fmt.Fprint(m.out, "\r\x1b[K")
	}
}

// line is how far it is, in what fits on a screen.
func (m *meter) line() string {
	m.mu.Lock()
	defer m.mu.Unlock()
	spent := time.Since(m.begun)
	text := fmt.Sprintf("%.0f s", spent.Seconds())
	switch {
	case len(m.started) == 0 && len(m.said) > 0: // go: downloading ...
		text += ": " + strings.TrimPrefix(m.said[len(m.said)-1], "go: ")
	case len(m.started) == 0:
		text += ": looking what has changed"
	default:
		text += fmt.Sprintf(", %d packages compiled (%.0f %%)", len(m.started), 100*float64(m.done)/float64(m.total))
		if left := m.left(spent); left > 0 {
			text += fmt.Sprintf(", at most %.0f s left", left.Seconds())
		}
		text += ": " + path.Base(m.started[len(m.started)-1])
	}
	if r := []rune(text); len(r) > 76 {
		return string(r[:75]) + "…"
	}
	return text
}

// left is what the rest takes if nothing of it is in go's cache; nobody knows it in the first seconds, or by the first few packages.
func (m *meter) left(spent time.Duration) time.Duration {
	if m.done < m.total/20 || m.done == 0 || spent < 5*time.Second {
		return 0
	}
	return time.Duration(float64(spent) * float64(m.total-m.done) / float64(m.done))
}
