package main

import (
	"context"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"

	"sluice/events"
	"sluice/infra/definition"
	"sluice/infra/typed"
	"sluice/shared/rollout"
	"sluice/test/sandbox/run/exhibit"
)

// wanted says what is wrong with the definition of the service that a person wants to see.
func wanted(name string) error {
	services, err := definition.Load(os.DirFS("."), environment)
	if err != nil {
		return err
	}
	names := definition.Names(services)
	if i := slices.Index(names, name); i >= 0 {
		return beyond(services[i].Definition)
	}
	return fmt.Errorf("there is no %s/%s.yaml: %s; a definition is a few lines, see %[1]s/checkout.yaml", definition.Folder, name, typed.Suggest(name, names))
}

// own is a service of the person at the keyboard.
type own struct {
	definition rollout.Definition
	code       code
	digest     string // of the code that was built last
	built      int    // packages
	failed     string // why the last attempt did not work
}

// A keeper has the sandbox follow what the person at the keyboard writes: definitions in infra/services, and code.
type keeper struct {
	world    *world
	root     fs.FS // where infra/services is
	engine   *engine
	services map[string]*own
	folders  map[string]string // where code is that is not in services/<service>
	wrong    string            // with the definitions
	every    time.Duration
	patience time.Duration // how long an alarm without data delays the first release, which then says so itself
}

func newKeeper(w *world, o options) *keeper {
	return &keeper{
		world: w, root: os.DirFS("."), engine: &engine{world: w, told: map[string]bool{}}, services: map[string]*own{}, folders: map[string]string{o.service: o.code}, every: time.Second, patience: 30 * time.Second,
	}
}

// start looks again and again, beside everything else, until end is called.
func (k *keeper) start(ctx context.Context) (end func()) {
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		for ctx.Err() == nil {
			k.look(ctx)
			pause(ctx, k.every)
		}
	}()
	return func() {
		cancel()
		<-done
	}
}

// look takes what has changed since the last look.
func (k *keeper) look(ctx context.Context) {
	services, err := definition.Load(k.root, environment)
	if err == nil {
		err = k.define(ctx, services)
	}
	if ctx.Err() != nil {
		return
	}
	if k.wrong != text(err) {
		k.wrong = text(err)
		for line := range strings.Lines(k.wrong) {
			k.say("definition", line, true)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(k.services)) {
		k.release(ctx, k.services[name])
	}
}

// define has the engine know the definitions, and the sandbox whose code is here.
func (k *keeper) define(ctx context.Context, services []definition.Service) error {
	changed, err := k.engine.take(ctx, services)
	if err != nil {
		return err
	}
	for _, s := range services {
		name := s.Definition.Service
		if slices.Contains(changed, name) {
			if err := beyond(s.Definition); err != nil {
				k.say(name, err.Error(), true)
			}
			k.say(name, fmt.Sprintf("%s is read: releases of %s go by it from now on.", s.File, name), false)
		}
		if name == service || s.Definition.Target.LambdaAlias == nil {
			continue
		}
		if k.services[name] == nil {
			k.services[name] = &own{code: codeOf(name, k.folders[name])}
		}
		k.services[name].definition = s.Definition
	}
	return nil
}

// release brings code that has changed to the sandbox. Code that is still being written is left alone until the next look.
func (k *keeper) release(ctx context.Context, o *own) {
	if !o.code.there() {
		k.tell(o, o.code.absent())
		return
	}
	digest := o.code.digest()
	if pause(ctx, k.every/5); digest == o.digest || digest != o.code.digest() {
		return
	}
	o.digest = digest
	if o.built == 0 {
		if err := k.begin(ctx, o); err != nil || ctx.Err() != nil {
			k.tell(o, err)
			return
		}
		k.say(o.code.service, fmt.Sprintf("Version 1, the code in %s, serves alias %s of function %s, with %d requests a second. Save a change there, and it is released.",
			near(o.code.folder), o.definition.Target.LambdaAlias.Alias, o.definition.Target.LambdaAlias.Function, perSecond), false)
		k.world.settled(ctx, o.definition.Guard.Alarms, k.patience)
	}
	k.tell(o, k.next(ctx, o))
}

// tell says once what is wrong.
func (k *keeper) tell(o *own, err error) {
	if o.failed != text(err) {
		o.failed = text(err)
		for line := range strings.Lines(o.failed) {
			k.say(o.code.service, line, true)
		}
	}
}

func (k *keeper) say(who, what string, bad bool) {
	k.world.board.pin(entry{general: true, who: who, what: strings.TrimSpace(what), bad: bad})
}

// begin makes what is there before anything is released: the function with its alias, the alarms, and the callers.
func (k *keeper) begin(ctx context.Context, o *own) error {
	zip, handler, err := o.code.build(ctx, "1")
	if err != nil {
		return err
	}
	target := o.definition.Target.LambdaAlias
	_, err = k.world.lambda.CreateFunction(ctx, &lambda.CreateFunctionInput{
		FunctionName: &target.Function, Runtime: types.RuntimeProvidedal2023, Handler: &handler, Role: aws.String("arn:aws:iam::123456789012:role/" + target.Function),
		Code: &types.FunctionCode{ZipFile: zip}, Timeout: aws.Int32(10), MemorySize: aws.Int32(128), Publish: true,
	})
	if err != nil {
		return fmt.Errorf("creating the function %s: %w", target.Function, err)
	}
	o.built = 1
	_, err = k.world.lambda.CreateAlias(ctx, &lambda.CreateAliasInput{FunctionName: &target.Function, Name: &target.Alias, FunctionVersion: aws.String("1")})
	if err != nil {
		return fmt.Errorf("creating the alias %s: %w", target.Alias, err)
	}
	if err := k.world.watch(ctx, o.code.service, o.definition.Guard.Alarms); err != nil {
		return err
	}
	payload, err := os.ReadFile(filepath.Join(o.code.folder, "event.json"))
	if err != nil {
		payload = []byte("{}")
	}
	ask := func(ctx context.Context) (exhibit.Answer, error) {
		return invoke(ctx, k.world.lambda, target.Function, target.Alias, payload)
	}
	k.world.traffic.begin(caller{service: o.code.service, ask: ask, heard: k.world.counted(o.code.service)})
	return nil
}

// next publishes the code as it is now as a version, and asks for its release.
func (k *keeper) next(ctx context.Context, o *own) error {
	zip, _, err := o.code.build(ctx, fmt.Sprint(o.built+1))
	if err != nil {
		return err
	}
	out, err := k.world.lambda.UpdateFunctionCode(ctx, &lambda.UpdateFunctionCodeInput{FunctionName: &o.definition.Target.LambdaAlias.Function, ZipFile: zip, Publish: true})
	if err != nil {
		return fmt.Errorf("publishing a version of %s: %w", o.code.service, err)
	}
	o.built++
	return k.world.request(ctx, events.ReleaseRequest{Service: o.code.service, Revision: aws.ToString(out.Version), Author: "you", Reason: "The code in " + near(o.code.folder)})
}
