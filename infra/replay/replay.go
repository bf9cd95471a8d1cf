// Package replay judges the recorded evidence of a release again: as it was judged, and by the checks that the definition in this checkout has
// now. So people tune thresholds on what really happened, before they trust them.
//
// The evidence comes from the table of an engine, or from a file: the release's page links to it, and Export writes it.
package replay

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"sluice/events"
	"sluice/infra/definition"
	"sluice/infra/session"
	"sluice/infra/typed"
	"sluice/shared/dynamo"
	"sluice/shared/judge"
	"sluice/shared/rollout"
)

// A Wish is what somebody wants to be judged again.
type Wish struct {
	Root        string // folder of the repository
	Environment string // whose table and overlays hold
	Release     string // its id
	File        string // judge the evidence in this file instead of the table's
	Export      string // write the evidence into this file
}

// Run writes how the evidence is judged. open is asked for AWS when the evidence is in the table.
func Run(ctx context.Context, w Wish, open func(context.Context) (session.Engine, error), out io.Writer) error {
	if err := typed.Environment(w.Environment); err != nil {
		return err
	}
	rec, err := w.evidence(ctx, open)
	if err != nil {
		return err
	}
	if w.Export != "" {
		text, err := json.MarshalIndent(rec, "", " ")
		if err != nil {
			return fmt.Errorf("encoding evidence: %w", err)
		}
		if err := os.WriteFile(w.Export, text, 0o644); err != nil {
			return fmt.Errorf("exporting: %w", err)
		}
	}
	now, err := defined(w.Root, w.Environment, rec.Service)
	if err != nil {
		return err
	}
	_, err = io.WriteString(out, report(rec, now))
	return err
}

// evidence reads a release's evidence from a file or from the table.
func (w Wish) evidence(ctx context.Context, open func(context.Context) (session.Engine, error)) (judge.Record, error) {
	var rec judge.Record
	if w.File != "" && w.Release != "" {
		return rec, fmt.Errorf("both a release (%s) and a file (%s) are named: leave one out", w.Release, w.File)
	}
	if w.File != "" {
		text, err := os.ReadFile(w.File)
		if err != nil {
			return rec, fmt.Errorf("reading evidence: %w", err)
		}
		if err := json.Unmarshal(text, &rec); err != nil || rec.Release == "" {
			return rec, fmt.Errorf("%s holds no evidence (%v): download it from the release's page (The numbers behind it), or write it with --export", w.File, err)
		}
		return rec, nil
	}
	if w.Release == "" {
		return rec, errors.New("no release is named; write sluice replay SERVICE, make replay RELEASE=<id>, or FILE=<evidence.json>")
	}
	if !events.IsReleaseID(w.Release) {
		return rec, fmt.Errorf("%q is no id of a release: it is the service and twelve characters, such as checkout-1f0c2b3a4d5e, and stands in its events, messages and page", w.Release)
	}
	e, err := open(ctx)
	if err != nil {
		return rec, err
	}
	return read(ctx, e, w.Release)
}

// read reads a release's evidence from the table.
func read(ctx context.Context, e session.Engine, release string) (judge.Record, error) {
	var rec judge.Record
	store := dynamo.New(e.AWS, e.Name())
	r, err := store.Release(ctx, release)
	if dynamo.IsNoTable(err) {
		return rec, fmt.Errorf("there is no table %s in %s: is %q the environment, and the Region the right one?", e.Name(), e.AWS.Region, e.Environment)
	}
	if dynamo.IsNotFound(err) {
		return rec, fmt.Errorf("environment %s has no release %s; its id stands in its events, messages and page", e.Environment, release)
	}
	if err != nil {
		return rec, err
	}
	ledger, err := store.Ledger(ctx, release)
	if err != nil {
		return rec, err
	}
	minutes, err := store.Minutes(ctx, release)
	if err != nil {
		return rec, err
	}
	if len(minutes) == 0 {
		return rec, fmt.Errorf("release %s has no evidence: its definition had no check that counts, or it never baked", release)
	}
	return judge.RecordOf(r, ledger, minutes), nil
}

// defined reads the checks that the service has in this checkout.
func defined(root, environment, service string) (rollout.Checks, error) {
	read, err := definition.Read(os.DirFS(root), environment)
	if err != nil {
		return rollout.Checks{}, err
	}
	s, _, err := read.Service(service)
	return s.Definition.WithDefaults().Checks, err
}
