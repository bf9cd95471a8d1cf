package main

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"testing/synctest"
	"time"
)

// waiting begins a compilation of which one program of three is done, and whose last run took a minute.
func waiting(t *testing.T, terminal bool) (p *progress, s *show, out *bytes.Buffer) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "host", "compiled")
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte("1m0s\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	out = &bytes.Buffer{}
	p, s = newProgress(3, file), newShow(out, terminal)
	p.every = 100 * time.Millisecond
	p.begin(service)
	p.end(service)
	p.begin("guard")
	return p, s, out
}

// Minutes passed with one line and nothing to tell whether anything happens.
func TestCompilingShowsWhatIsDoneAndHowLongItTakes(t *testing.T) {
	for _, terminal := range []bool{false, true} {
		p, s, out := waiting(t, terminal)
		finished := make(chan error)
		time.AfterFunc(350*time.Millisecond, func() { finished <- nil })
		if err := p.show(s, finished); err != nil {
			t.Fatal(err)
		}
		for _, want := range []string{"Linking 3 programs: last time it took 60 s.", "1 of 3 compiled after ", ", about 60 s left: guard"} {
			if !strings.Contains(out.String(), want) {
				t.Errorf("on a terminal: %v; it never said %q:\n%s", terminal, want, out.String())
			}
		}
	}
}

func TestTheTimeThatCompilingTookIsKnownToTheNextRunUnlessItFailed(t *testing.T) {
	t.Chdir(t.TempDir())
	synctest.Test(t, theTimeIsKept)
}

func theTimeIsKept(t *testing.T) {
	if err := os.CopyFS(".", fstest.MapFS{"functions/guard/program/main.go": {}}); err != nil {
		t.Fatal(err)
	}
	b := &built{handlers: "host", demo: t.TempDir()}
	fails := errors.New("it does not compile")
	identified := func(context.Context, []program) (map[string]string, error) { return nil, nil }
	build := func(context.Context, program) error { return fails }
	if err := b.all(t.Context(), newShow(&bytes.Buffer{}, false), options{service: service}, production{Exhibit: aliasExhibit}, compiler{identified, build}); !errors.Is(err, fails) {
		t.Fatalf("a compilation that fails ends with %v", err)
	}
	if p := newProgress(2, "host/compiled"); p.last != 0 {
		t.Errorf("what failed is told to take %v", p.last)
	}
	fails = nil
	build = func(context.Context, program) error { time.Sleep(time.Minute); return nil }
	if err := b.all(t.Context(), newShow(&bytes.Buffer{}, false), options{service: service}, production{Exhibit: aliasExhibit}, compiler{identified, build}); err != nil {
		t.Fatal(err)
	}
	if p := newProgress(2, "host/compiled"); p.last != time.Minute {
		t.Errorf("the next run believes that it takes %v, want a minute", p.last)
	}
}
