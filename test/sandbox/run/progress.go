package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"sluice/infra/screen"
)

// progress is how far the compiler is.
type progress struct {
	total int
	begun time.Time
	file  string        // where the time that it took is kept for the next run
	last  time.Duration // what it took the last time; 0: nobody knows
	every time.Duration // how often a line tells it where nothing can be drawn

	mu      sync.Mutex
	done    int
	running []string
}

func newProgress(total int, file string) *progress {
	p := &progress{total: total, begun: time.Now(), file: file, every: 5 * time.Second}
	if text, err := os.ReadFile(file); err == nil {
		p.last, _ = time.ParseDuration(strings.TrimSpace(string(text))) // what cannot be read is not known
	}
	return p
}

func (p *progress) begin(name string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.running = append(p.running, name)
}

func (p *progress) end(name string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.done++
	p.running = slices.DeleteFunc(p.running, func(r string) bool { return r == name })
}

// show tells how far it is until the compiler has finished.
func (p *progress) show(s *show, finished <-chan error) error {
	s.say(p.title())
	ticks, told := time.NewTicker(100*time.Millisecond), time.Now()
	defer ticks.Stop()
	for {
		select {
		case err := <-finished:
			s.wipe()
			return err
		case <-ticks.C:
			switch {
			case s.terminal:
				s.draw(fmt.Sprintf("  %s %s\n", s.spinner(), p.line()))
			case time.Since(told) >= p.every:
				told = time.Now()
				s.say("  " + p.line())
			}
		}
	}
}

func (p *progress) title() string {
	expected := "half a minute the first time"
	if p.last > 0 {
		expected = "last time it took " + seconds(p.last)
	}
	return fmt.Sprintf("Linking %d programs: %s.", p.total, expected)
}

// line is how far it is: what is compiled, and what is left by the time of the last run.
func (p *progress) line() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	spent := time.Since(p.begun)
	text := fmt.Sprintf("%d of %d compiled after %s", p.done, p.total, seconds(spent))
	switch left := p.last - spent; {
	case p.last > 0 && left > 0:
		text += fmt.Sprintf(", about %s left", seconds(left))
	case p.last > 0:
		text += ", more than last time: more has changed"
	}
	if len(p.running) > 0 {
		text += ": " + strings.Join(p.running, ", ")
	}
	return screen.Clip(text, columns-4)
}

// keep writes down how long it took.
func (p *progress) keep() error {
	err := os.MkdirAll(filepath.Dir(p.file), 0o755)
	if err == nil {
		err = os.WriteFile(p.file, []byte(time.Since(p.begun).Round(100*time.Millisecond).String()+"\n"), 0o644)
	}
	if err != nil {
		return fmt.Errorf("keeping how long the compiler took: %w", err)
	}
	return nil
}

func seconds(d time.Duration) string {
	if d < 10*time.Second {
		return fmt.Sprintf("%.1f s", d.Seconds())
	}
	return fmt.Sprintf("%.0f s", d.Seconds())
}
