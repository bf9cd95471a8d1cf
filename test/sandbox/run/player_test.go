package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	ebtypes "github.com/aws/aws-sdk-go-v2/service/eventbridge/types"
	"github.com/aws/aws-sdk-go-v2/service/lambda"

	"sluice/shared/dynamo"
	"sluice/shared/rollout"
	"sluice/test/sandbox"
	"sluice/test/sandbox/cfn"
)

// A player is somebody at the keyboard of a sandbox whose functions only write down that they were called.
type player struct {
	*testing.T
	w   *world
	f   *follower
	out bytes.Buffer

	mu    sync.Mutex
	calls []string
}

func newPlayer(t *testing.T, terminal bool) *player {
	t.Helper()
	p, ear := &player{T: t}, newEar()
	ear.patience = 200 * time.Millisecond
	called := func(function, _ string) func(context.Context, []byte) ([]byte, error) {
		return func(context.Context, []byte) ([]byte, error) {
			p.mu.Lock()
			defer p.mu.Unlock()
			p.calls = append(p.calls, strings.TrimPrefix(function, stack+"-"))
			return []byte("{}"), nil
		}
	}
	box, err := sandbox.Boot(t.Context(), sandbox.Options{Template: golden(t), InProcess: called, Hop: ear.hop, Heard: ear.heard})
	if err != nil {
		t.Fatal(err)
	}
	p.w = worldOf(t, box)
	p.w.endpoint, p.w.ear = "http://127.0.0.1:4566", ear
	ear.store.Store(p.w.store)
	p.f = newFollower(p.w, newShow(&p.out, terminal))
	return p
}

// golden is the template of the engine.
func golden(t *testing.T) *cfn.Template {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(sources, "../../../infra/testdata/golden.template.json"))
	if err != nil {
		t.Fatal(err)
	}
	template, err := cfn.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return template
}

// worldOf is a sandbox with nobody's repository in it.
func worldOf(t *testing.T, box *sandbox.Sandbox) *world {
	t.Helper()
	logs, err := os.Create(filepath.Join(t.TempDir(), "functions.log"))
	if err != nil {
		t.Fatal(err)
	}
	person := box.Config("")
	w := &world{
		sandbox: box, logs: logs, ear: newEar(), board: &board{}, lambda: lambda.NewFromConfig(person), traffic: newTraffic(t.Context()),
		store: dynamo.New(person, stack), events: eventbridge.NewFromConfig(person), alarms: cloudwatch.NewFromConfig(person),
	}
	t.Cleanup(w.close)
	return w
}

// asks puts an event on a bus.
func (p *player) asks(bus, source, detailType, detail string) {
	p.Helper()
	_, err := p.w.events.PutEvents(p.Context(), &eventbridge.PutEventsInput{Entries: []ebtypes.PutEventsRequestEntry{{
		EventBusName: &bus, Source: &source, DetailType: &detailType, Detail: &detail,
	}}})
	if err != nil {
		p.Fatal(err)
	}
}

// runs is the record of a release of checkout.
func (p *player) runs(id string, change func(*rollout.Release)) {
	p.Helper()
	now := time.Now()
	r := rollout.Release{
		ID: id, Service: service, Revision: rollout.Revision{Version: "3", Author: "ada"}, State: rollout.StatePlan, Created: now,
		Audit: []rollout.Line{{At: now, Who: "trigger", What: "Requested by me: " + id}},
	}
	if change != nil {
		change(&r)
	}
	if err := p.w.store.Create(p.Context(), r); err != nil {
		p.Fatal(err)
	}
}

// sees looks until something was shown.
func (p *player) sees(want string) {
	p.Helper()
	for begun := time.Now(); time.Since(begun) < 3*time.Second; pause(p.Context(), 20*time.Millisecond) {
		if p.f.look(p.Context()); strings.Contains(p.out.String(), want) {
			return
		}
	}
	p.Errorf("it never showed %q:\n%s", want, p.out.String())
}

const (
	one = "checkout-1f0c2b3a4d5e"
	two = "checkout-2f0c2b3a4d5e"
)

func asking(r *rollout.Release) {
	r.Steps = []rollout.Step{{Weight: rollout.All}}
	r.Definition = rollout.Definition{
		Approvals: []rollout.Approval{{Before: rollout.BeforeLast, From: []string{"ada", "grace"}}},
		People:    map[string]rollout.Person{"ada": {Event: "ada"}, "grace": {AWS: keyboard}},
	}
	r.Asked = &rollout.Asked{Since: r.Created, Until: r.Created.Add(time.Hour), Digest: r.Digest(0)}
}

// called waits until a function was called.
func (p *player) called(function string) {
	p.Helper()
	for begun := time.Now(); time.Since(begun) < 10*time.Second; pause(p.Context(), 10*time.Millisecond) {
		p.mu.Lock()
		calls := strings.Join(p.calls, " ")
		p.mu.Unlock()
		if strings.Contains(calls, function) {
			return
		}
	}
	p.Errorf("%s was not called", function)
}
