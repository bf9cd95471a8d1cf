// Replay judges the recorded evidence of a release again: as it was judged, and by the checks that the definition in this checkout has
// now. So people tune thresholds on what really happened, before they trust them.
//
//	go run ./infra/replay [-environment staging] checkout-1f0c2b3a4d5e
//	go run ./infra/replay -file evidence.json
//
// The evidence comes from the table of the environment (with the credentials and the region of the AWS CLI), or from a file: the
// release's page links to it, and -export writes it.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"

	"sluice/events"
	"sluice/infra/definition"
	"sluice/infra/session"
	"sluice/infra/typed"
	"sluice/shared/dynamo"
	"sluice/shared/judge"
	"sluice/shared/rollout"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Args[1:], ".", os.Stdout, os.Stderr); err != nil {
		if !errors.Is(err, flag.ErrHelp) {
			fmt.Fprintln(os.Stderr, err)
		}
		os.Exit(1)
	}
}

func run(ctx context.Context, arguments []string, root string, out, complaints io.Writer) error {
	flags := flag.NewFlagSet("replay", flag.ContinueOnError)
	flags.SetOutput(complaints)
	environment := flags.String("environment", "production", "whose table and overlays hold")
	file := flags.String("file", "", "judge the evidence in this file instead of the table's")
	export := flags.String("export", "", "write the evidence into this file")
	if err := flags.Parse(arguments); err != nil {
		return err
	}
	if err := errors.Join(typed.Environment(*environment), typed.One(flags.Args(), "the release")); err != nil {
		return err
	}
	rec, err := evidence(ctx, *environment, *file, flags.Arg(0))
	if err != nil {
		return err
	}
	if *export != "" {
		text, err := json.MarshalIndent(rec, "", " ")
		if err != nil {
			return fmt.Errorf("encoding evidence: %w", err)
		}
		if err := os.WriteFile(*export, text, 0o644); err != nil {
			return fmt.Errorf("exporting: %w", err)
		}
	}
	now, err := defined(root, *environment, rec.Service)
	if err != nil {
		return err
	}
	_, err = io.WriteString(out, report(rec, now))
	return err
}

// evidence reads a release's evidence from a file or from the table.
func evidence(ctx context.Context, environment, file, release string) (judge.Record, error) {
	var rec judge.Record
	if file != "" && release != "" {
		return rec, fmt.Errorf("both a release (%s) and a file (%s) are named: leave one out", release, file)
	}
	if file != "" {
		text, err := os.ReadFile(file)
		if err != nil {
			return rec, fmt.Errorf("reading evidence: %w", err)
		}
		if err := json.Unmarshal(text, &rec); err != nil || rec.Release == "" {
			return rec, fmt.Errorf("%s holds no evidence (%v): download it from the release's page (The numbers behind it), or write it with -export", file, err)
		}
		return rec, nil
	}
	if release == "" {
		return rec, errors.New("no release is named; write make replay RELEASE=<id>, or FILE=<evidence.json>")
	}
	if !events.IsReleaseID(release) {
		return rec, fmt.Errorf("%q is no id of a release: it is the service and twelve characters, such as checkout-1f0c2b3a4d5e, and stands in its events, messages and page", release)
	}
	cfg, err := session.Open(ctx)
	if err != nil {
		return rec, err
	}
	store := dynamo.New(cfg, "sluice-"+environment)
	r, err := store.Release(ctx, release)
	if dynamo.IsNoTable(err) {
		return rec, fmt.Errorf("there is no table sluice-%s in %s: is %q the environment, and the Region the right one?", environment, cfg.Region, environment)
	}
	if dynamo.IsNotFound(err) {
		return rec, fmt.Errorf("environment %s has no release %s; its id stands in its events, messages and page", environment, release)
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
	services, err := definition.Load(os.DirFS(root), environment)
	if err != nil {
		return rollout.Checks{}, err
	}
	for _, s := range services {
		if s.Definition.Service == service {
			return s.Definition.WithDefaults().Checks, nil
		}
	}
	return rollout.Checks{}, fmt.Errorf("there is no service %q in this checkout; %s", service, typed.Suggest(service, definition.Names(services)))
}
