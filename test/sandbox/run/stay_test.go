package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"sluice/shared/rollout"
)

// A push that nobody answered ended the program after three minutes, and took the repository with it.
func TestReleaseThatDoesNotEndIsSaidAndThePlayGoesOn(t *testing.T) {
	p := newPlayer(t, false)
	p.f.quiet = 50 * time.Millisecond
	p.runs(one, asking)
	p.runs(two, nil)
	ctx, end := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- stay(ctx, p.f) }()
	select {
	case err := <-ended:
		t.Fatalf("the play ended: %v", err)
	case <-time.After(time.Second):
	}
	end()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("Ctrl-C ends it with %v", err)
	}
	for _, want := range []string{
		one + "  run       It waits for an answer until ", "http://127.0.0.1:4566/_slack/, or sluice approve " + one + "\n",
		two + "  run       It waits for its state Plan", "sluice abort " + two + "\n",
	} {
		if n := strings.Count(p.out.String(), want); n != 1 {
			t.Errorf("it said %d times %q:\n%s", n, want, p.out.String())
		}
	}
}

// Whoever takes the line that the show changes out of main.go has no less to play with.
func TestShowThatCannotGoOnIsSaidAndThePlayGoesOn(t *testing.T) {
	r := newRuns(t)
	repository, end := r.begins()
	defer end()
	r.writes(repository, "main.go", "package main\n\nfunc main() {}\n")
	for _, args := range [][]string{{"commit", "--quiet", "--no-gpg-sign", "--all", "--message", "Mine"}, {"push", "--quiet", "origin", "HEAD:main"}} {
		if out, err := r.in(repository, args...); err != nil {
			t.Fatal(out)
		}
	}
	p := newPlayer(t, false)
	p.w.production, p.w.performer = production{Exhibit: aliasExhibit}, &aliasService{code: repository}
	if err := perform(t.Context(), p.f, false); err != nil {
		t.Errorf("the play ended: %v", err)
	}
	if want := "The show stops here, and everything stays up: main.go has no line"; !strings.Contains(p.out.String(), want) {
		t.Errorf("it never said %q:\n%s", want, p.out.String())
	}
	if err := perform(t.Context(), p.f, true); err == nil {
		t.Error("make demo passed without its show")
	}
}

func TestPlayGoesOnWithoutTheTable(t *testing.T) {
	p := newPlayer(t, false)
	p.runs(one, nil)
	p.sees(one)
	if _, err := p.w.sandbox.DynamoDB.DeleteTable(t.Context(), &dynamodb.DeleteTableInput{TableName: aws.String(stack)}); err != nil {
		t.Fatal(err)
	}
	p.sees("Releases cannot be followed as long as this stays")
	p.f.look(t.Context())
	if n := strings.Count(p.out.String(), "cannot be followed"); n != 1 {
		t.Errorf("it is said %d times", n)
	}
}

// Whatever was asked for while a release ran was shown when that one had ended.
func TestReleasesAtOnceAreShownEachUnderItsName(t *testing.T) {
	p := newPlayer(t, false)
	p.runs(one, nil)
	p.runs(two, nil)
	p.sees(two)
	for i := range 3 {
		for _, id := range []string{one, two} {
			line := rollout.Line{At: time.Now(), Who: "judge", What: fmt.Sprintf("Pass number %d of %s: %s", i, id, strings.Repeat("nothing worse was seen, ", 8))}
			if err := p.w.store.Note(t.Context(), id, line); err != nil {
				t.Fatal(err)
			}
		}
		p.f.look(t.Context())
	}
	p.f.look(t.Context())
	for _, id := range []string{one, two} {
		for i := range 3 {
			if n := count(p.out.String(), id+"  judge", fmt.Sprintf("Pass number %d of %s: ", i, id), strings.Repeat("nothing worse was seen, ", 8)); n != 1 {
				t.Errorf("event %d of %s stands in %d lines:\n%s", i, id, n, p.out.String())
			}
		}
	}
}

// count is how many lines have all words.
func count(text string, words ...string) (n int) {
	for line := range strings.Lines(text) {
		all := true
		for _, w := range words {
			all = all && strings.Contains(line, strings.TrimSpace(w))
		}
		if all {
			n++
		}
	}
	return n
}

func TestTerminalDrawsTheReleasesBelowTheirLines(t *testing.T) {
	p := newPlayer(t, true)
	p.runs(one, nil)
	p.runs(two, func(r *rollout.Release) {
		r.Revision = rollout.Revision{Commit: "1f0c2b3a4d5e"}
		r.Building = &rollout.Building{}
	})
	p.sees(two)
	for _, want := range []string{one + ", version 3, waits for its turn", two + ", commit 1f0c2b3, is built"} {
		if !strings.Contains(p.out.String(), want) {
			t.Errorf("the picture does not say %q:\n%s", want, p.out.String())
		}
	}
	for line := range strings.Lines(p.out.String()) {
		if n := len([]rune(strings.TrimRight(plain(line), "\n"))); n > columns {
			t.Errorf("a line has %d characters: %q", n, line)
		}
	}
}

// plain is a text without its colours.
func plain(text string) string {
	for {
		before, after, found := strings.Cut(text, "\x1b[")
		if !found {
			return text
		}
		text = before + strings.TrimLeft(after, "0123456789;")[1:]
	}
}
