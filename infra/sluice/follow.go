package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"golang.org/x/term"

	"sluice/infra/screen"
	"sluice/shared/page"
	"sluice/shared/rollout"
)

// How often a release is read while somebody follows it, and how long AWS may not answer before the command ends.
const (
	often = 2 * time.Second
	blind = 10 * time.Minute
)

// follow shows a release until it has ended, and ends as it does. On a terminal it is a picture that is drawn anew, elsewhere lines.
func (d desk) follow(ctx context.Context, e engine, id, format string, patience time.Duration) error {
	if patience > 0 {
		limited, stop := context.WithTimeout(ctx, patience)
		defer stop()
		ctx = limited
	}
	s := &screenful{desk: d}
	answered := d.now()
	for {
		var v page.View
		r, err := e.store.Release(ctx, id)
		if err == nil {
			if v, err = e.view(ctx, r, d.now()); err == nil {
				answered = d.now()
				err = s.look(r, v, format, e.Environment)
			}
		}
		switch {
		case ctx.Err() != nil: // told below
		case err != nil && (remedy(err) != "" || d.now().Sub(answered) > blind):
			return &failure{statusLost(err), fmt.Errorf("%w\n  %s goes on", err, id)}
		case err == nil && r.Decided():
			return s.end(r, v, e.Environment, format)
		}
		select {
		case <-ctx.Done():
			return s.left(ctx, id, e.Environment, patience)
		case <-time.After(often):
		}
	}
}

// statusLost is the status where a release cannot be read any more.
func statusLost(err error) int {
	if strings.Contains(remedy(err), "expired") || remedy(err) == "" {
		return noEnd
	}
	return wrongUse
}

// A screenful is what stands on the screen.
type screenful struct {
	desk
	lines int // that were drawn
	told  int // lines of the trail that were printed
}

// look shows how a release stands now.
func (s *screenful) look(r rollout.Release, v page.View, format, environment string) (err error) {
	switch {
	case format == asJSON:
		return nil // once, at the end
	case !s.live:
		if s.told == 0 {
			s.intro(r, v)
		}
		s.told, err = s.said(v, s.told)
		return err
	}
	height := 24
	if columns, rows, err := term.GetSize(int(os.Stdout.Fd())); err == nil {
		s.pen.Columns, height = columns, rows
	}
	picture := s.drawn(v, height-2)
	if n := next(r, environment); n != "" {
		picture += "\n" + s.pen.Paint(screen.Faint, s.pen.Indented(n)) + "\n"
	}
	s.wipe()
	s.lines = strings.Count(picture, "\n")
	_, err = io.WriteString(s.out, picture)
	return err
}

// intro begins the lines for whoever has no terminal.
func (s *screenful) intro(r rollout.Release, v page.View) {
	fmt.Fprintf(s.out, "%s: %s of %s\n", r.ID, r.Candidate(), r.Service)
	if r.Page != "" {
		fmt.Fprintf(s.out, "  %s\n", r.Page)
	}
}

// wipe takes the picture off the screen.
func (s *screenful) wipe() {
	if s.lines > 0 {
		fmt.Fprintf(s.out, "\x1b[%dA\x1b[J", s.lines)
		s.lines = 0
	}
}

// end says how the release ended, and what to do about it.
func (s *screenful) end(r rollout.Release, v page.View, environment, format string) error {
	switch {
	case format == asJSON:
		if err := v.JSON(s.out); err != nil {
			return err
		}
	case !s.live:
		return s.ending(r, environment)
	}
	return ended(r.End)
}

// ending says in lines how a release ended, and what to do about it, and ends as it did.
func (d desk) ending(r rollout.Release, environment string) error {
	fmt.Fprintf(d.out, "%s: %s. %s\n", r.ID, r.End, r.Ending())
	for _, line := range advice(r, environment) {
		fmt.Fprintln(d.out, "  "+line)
	}
	return ended(r.End)
}

// left is the end of somebody who does not wait any longer.
func (s *screenful) left(ctx context.Context, id, environment string, patience time.Duration) error {
	why := "you left"
	if ctx.Err() == context.DeadlineExceeded {
		why = fmt.Sprintf("it has not ended within %s", rollout.Duration(patience))
	}
	return &failure{noEnd, fmt.Errorf("%s goes on: %s. Look again: sluice get %[1]s -e %s -w", id, why, environment)}
}

// advice is why a release ended as it did and what to do, in lines.
func advice(r rollout.Release, environment string) (lines []string) {
	if c := r.Cause; c != nil {
		lines = append(lines, "Why: "+c.Reason)
	}
	for _, why := range []*rollout.Rejection{r.Rejection, r.Obstacle} {
		if why != nil {
			lines = append(lines, "Why: "+why.Reason, "What to do: "+why.Remedy)
		}
	}
	if r.Building != nil {
		for _, line := range r.Building.Log {
			lines = append(lines, "| "+line)
		}
	}
	if r.End != rollout.Succeeded {
		lines = append(lines, "More: sluice why "+r.ID+" -e "+environment)
	}
	if keep := r.Keep(); keep != "" {
		lines = append(lines, keep)
	}
	return lines
}
