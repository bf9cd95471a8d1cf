package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"sluice/infra/draft"
	"sluice/infra/screen"
)

// errLeft is the answer of somebody who does not want to answer any more.
var errLeft = errors.New("nothing was written")

// questions asks in lines, one after another. Where nobody can be asked, it takes what is usual, or notes which flag is missing.
type questions struct {
	desk
	asks    bool // somebody sits there
	usual   bool // what is usual is taken without asking
	lines   <-chan string
	missing []string // flags
	notes   []string // why the account does not tell them
}

// newQuestions reads the answers line by line. Reading goes on beside, so that Ctrl-C ends a question at once.
func newQuestions(d desk, usual bool) *questions {
	lines := make(chan string)
	q := &questions{desk: d, asks: d.asks && !usual, usual: usual, lines: lines}
	if q.asks {
		go func() {
			defer close(lines)
			for s := bufio.NewScanner(d.in); s.Scan(); {
				lines <- strings.TrimSpace(s.Text())
			}
		}()
	}
	return q
}

// A question is what is asked, with what may be answered.
type question struct {
	flag, ask string
	choices   []draft.Choice
	usual     string
	optional  bool
	several   bool   // numbers or names with commas
	note      string // why nothing is listed
}

// answer asks, or takes what is usual.
func (q *questions) answer(ctx context.Context, a question) (string, error) {
	if a.usual == "" && len(a.choices) == 1 && !a.optional {
		a.usual = a.choices[0].Value
	}
	switch {
	case q.asks:
		return q.ask(ctx, a)
	case q.usual && (a.usual != "" || a.optional):
		return a.usual, nil
	case !a.optional:
		q.missing = append(q.missing, "--"+a.flag)
		switch {
		case a.note != "":
			q.notes = append(q.notes, a.note)
		case len(a.choices) > 1:
			q.notes = append(q.notes, fmt.Sprintf("--%s is one of %s.", a.flag, strings.Join(valuesOf(a.choices[:min(mostListed, len(a.choices))]), ", ")))
		}
	}
	return "", nil
}

// mostListed is how many choices are listed: more are typed.
const mostListed = 30

func (q *questions) ask(ctx context.Context, a question) (string, error) {
	fmt.Fprintf(q.out, "\n%s", q.pen.Bold(a.ask))
	if a.note != "" {
		fmt.Fprintf(q.out, "\n  %s", screen.Wrap(a.note, q.pen.Columns-2, "  "))
	}
	for i, c := range a.choices[:min(mostListed, len(a.choices))] {
		fmt.Fprintf(q.out, "\n  %2d  %s", i+1, c.Value)
		if c.About != "" {
			fmt.Fprintf(q.out, "  %s", q.pen.Paint(screen.Faint, c.About))
		}
	}
	if more := len(a.choices) - mostListed; more > 0 {
		fmt.Fprintf(q.out, "\n  and %d more", more)
	}
	for {
		prompt := "\n> "
		if a.usual != "" {
			prompt = fmt.Sprintf("\n[%s] > ", a.usual)
		}
		fmt.Fprint(q.out, prompt)
		said, err := q.line(ctx)
		if err != nil {
			return "", err
		}
		switch picked, why := a.picked(said); {
		case why != "":
			fmt.Fprint(q.out, "  "+why)
		case picked != "" || a.optional:
			return picked, nil
		default:
			fmt.Fprintf(q.out, "  It is needed (--%s).", a.flag)
		}
	}
}

// picked reads an answer: what was typed, the number of a choice, or nothing for what is usual.
func (a question) picked(said string) (answer, why string) {
	if said == "" {
		return a.usual, ""
	}
	words := []string{said}
	if a.several {
		words = strings.FieldsFunc(said, func(r rune) bool { return r == ',' || r == ' ' })
	}
	for i, w := range words {
		if slices.ContainsFunc(a.choices, func(c draft.Choice) bool { return c.Value == w }) {
			continue
		}
		n, err := strconv.Atoi(w)
		switch {
		case err != nil || len(a.choices) == 0:
		case n < 1 || n > len(a.choices):
			return "", fmt.Sprintf("There is no choice %d: write a number from 1 to %d, or the name.", n, len(a.choices))
		default:
			words[i] = a.choices[n-1].Value
		}
	}
	return strings.Join(words, ","), ""
}

// line is what somebody types next.
func (q *questions) line(ctx context.Context) (string, error) {
	select {
	case <-ctx.Done():
		fmt.Fprintln(q.out)
		return "", &failure{wrongUse, errLeft}
	case said, more := <-q.lines:
		if !more {
			fmt.Fprintln(q.out)
			return "", &failure{wrongUse, fmt.Errorf("the answers ended: %w", io.ErrUnexpectedEOF)}
		}
		return said, nil
	}
}
