package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"sluice/infra/definition"
	"sluice/infra/mergepatch"
	"sluice/shared/kind"
	"sluice/test/sandbox/cfn"
	"sluice/test/sandbox/run/exhibit"
	"sluice/test/sandbox/run/shows"
)

// A production is one show with its exhibit.
type production struct {
	shows.Show
	exhibit.Exhibit
}

// linked are the exhibits of this build besides the alias's, by the names of their shows. Their files fill it before main.
var linked = map[string]exhibit.Exhibit{}

// produce finds the show that was asked for.
func produce(name string) (production, error) {
	show, err := shows.Named(name)
	if err != nil {
		return production{}, err
	}
	if show.Name == shows.Alias {
		return production{show, aliasExhibit}, nil
	}
	x, here := linked[show.Name]
	if !here {
		return production{}, fmt.Errorf("this program was built without the show %s: SHOW=%[1]s make run builds it", show.Name)
	}
	return production{show, x}, nil
}

// file is the name of a file beside the handlers that no other show writes.
func (p production) file(name string) string {
	if p.Name == shows.Alias {
		return name
	}
	return p.Name + "-" + name
}

// templates are the stacks of an engine for the show's kind of target. The engine of an alias comes with the definitions of infra/services.
func (p production) templates() (all []*cfn.Template, err error) {
	texts := map[string][]byte{}
	names := []string{"golden.template", "golden.definitions.template", "golden.sources.template"}
	if p.Kind != string(kind.LambdaAliasID) {
		names = []string{"golden.template", p.Kind + ".patch"}
	}
	for _, name := range names {
		if texts[name], err = os.ReadFile("infra/testdata/" + name + ".json"); err != nil {
			return nil, fmt.Errorf("reading the template: %w", err)
		}
	}
	if p.Kind != string(kind.LambdaAliasID) {
		if texts[names[0]], err = mergepatch.Apply(texts[names[0]], texts[names[1]]); err != nil {
			return nil, fmt.Errorf("making the template for kind %s: %w", p.Kind, err)
		}
		names = names[:1]
	}
	for _, name := range names {
		template, err := cfn.Parse(texts[name])
		if err != nil {
			return nil, err
		}
		all = append(all, template)
	}
	return all, nil
}

// open puts the show's service on the stage, and has callers ask it from now on.
func (w *world) open(ctx context.Context, p production, b *built, home place) error {
	s := exhibit.Stage{Sandbox: w.sandbox, Person: w.sandbox.Config(""), Programs: map[string]string{}, Folder: b.demo, Log: w.logs}
	for _, program := range p.Programs {
		s.Programs[program.Name] = b.handler(program.Name)
	}
	w.production = p
	if p.Name == shows.Alias {
		a, err := openAlias(ctx, s, home)
		if err != nil {
			return err
		}
		w.performer, w.code = a, a.code
		w.traffic.begin(caller{service: service, ask: a.Ask})
		return nil
	}
	defined, err := p.Defined(".", filepath.Join(b.demo, "definition"), kind.ID(p.Kind))
	if err != nil {
		return err
	}
	performer, err := p.Open(ctx, s)
	if err != nil {
		return err
	}
	w.performer = performer
	return w.watched(ctx, defined)
}

// watched has the engine know the definition, and makes the alarms that it names from what callers get.
func (w *world) watched(ctx context.Context, s definition.Service) error {
	if err := (&engine{world: w}).write(ctx, []definition.Service{s}); err != nil {
		return err
	}
	w.traffic.begin(caller{service: service, ask: w.performer.Ask, heard: w.counted(service)})
	alarms := s.Definition.Guard.Alarms
	if err := w.watch(ctx, service, alarms); err != nil {
		return err
	}
	w.settled(ctx, alarms, 30*time.Second)
	return nil
}
