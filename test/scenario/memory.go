package scenario

import (
	"strings"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"

	"sluice/infra/mergepatch"
	"sluice/shared/kind"
	"sluice/shared/rollout"
	"sluice/test/sandbox"
	"sluice/test/sandbox/cfn"
	"sluice/test/sandbox/memory"
)

// A world with Options.Memory or Fleet tells the same stories on a target in memory, of which the definitions of the stories know nothing.

// inMemory are the templates of engines whose service is such a target, by kind.
var inMemory = map[kind.ID]func() (*cfn.Template, error){
	kind.MemoryID: sync.OnceValues(func() (*cfn.Template, error) { return patched("memory.patch.json") }),
	kind.FleetID:  sync.OnceValues(func() (*cfn.Template, error) { return patched("fleet.patch.json") }),
}

// patched is the golden template with what differs in another engine.
func patched(file string) (*cfn.Template, error) {
	text, err := goldenText()
	if err != nil {
		return nil, err
	}
	patch, err := testdata(file)
	if err != nil {
		return nil, err
	}
	if text, err = mergepatch.Apply(text, patch); err != nil {
		return nil, err
	}
	return cfn.Parse(text)
}

func (w *World) inMemory() *memory.Service { return sandbox.PartOf[memory.Service](w.Sandbox) }

// ofKind is a definition with the world's kind of target in place of an alias.
func (w *World) ofKind(definition string) string {
	id := w.inMemoryOf()
	if id == "" {
		return definition
	}
	return strings.ReplaceAll(definition, `{"lambdaAlias":{"function":"`+w.service+`","alias":"live"}}`, `{"`+string(id)+`":{"name":"`+w.service+`"}}`)
}

// inMemoryOf is the kind in memory that the world's target is of; empty for an alias.
func (w *World) inMemoryOf() kind.ID {
	switch {
	case w.memory != nil:
		return kind.MemoryID
	case w.fleet != nil:
		return kind.FleetID
	}
	return ""
}

// createInMemory makes the target in memory that serves version 1.
func (w *World) createInMemory() {
	switch {
	case w.memory != nil:
		w.inMemory().Create(w.service, "1", *w.memory)
	case w.fleet != nil:
		w.inMemory().CreateFleet(w.service, "1", *w.fleet)
	}
}

// remembered reads what the target in memory serves.
func (w *World) remembered() rollout.Split {
	w.T.Helper()
	if w.fleet != nil {
		out, err := w.inMemory().DescribeFleet(w.ctx, &memory.DescribeFleetInput{Name: &w.service})
		w.must(err)
		return rollout.Split{Stable: aws.ToString(out.Serves), Tag: aws.ToString(out.Handle), Moving: aws.ToString(out.Moving)}
	}
	out, err := w.inMemory().Read(w.ctx, &memory.ReadInput{Name: &w.service})
	w.must(err)
	return rollout.Split{
		Stable: aws.ToString(out.Serves.Stable), Candidate: aws.ToString(out.Serves.Candidate), Weight: rollout.Weight(aws.ToInt32(out.Serves.Weight)),
		Tag: aws.ToString(out.Lock), Moving: aws.ToString(out.Moving),
	}
}

// Deployed has somebody else bring a revision out to the fleet.
func (w *World) Deployed(revision string) { w.inMemory().Deploy(w.service, revision) }

// MemoryServes has the target in memory serve something, as somebody else might.
func (w *World) MemoryServes(stable, candidate string, weight rollout.Weight) {
	w.T.Helper()
	now := w.remembered()
	_, err := w.inMemory().Write(w.ctx, &memory.WriteInput{Name: &w.service, Lock: &now.Tag, Serves: memory.Divide(stable, candidate, int(weight))})
	w.must(err)
}
