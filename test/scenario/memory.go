package scenario

import (
	"strings"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"

	"sluice/infra/mergepatch"
	"sluice/shared/rollout"
	"sluice/test/sandbox"
	"sluice/test/sandbox/cfn"
	"sluice/test/sandbox/memory"
)

// A world with Options.Memory tells the same stories on a target in memory, of which the definitions of the stories know nothing.

// onMemory is the template of an engine whose service is such a target.
var onMemory = sync.OnceValues(func() (*cfn.Template, error) {
	text, err := goldenText()
	if err != nil {
		return nil, err
	}
	patch, err := testdata("memory.patch.json")
	if err != nil {
		return nil, err
	}
	if text, err = mergepatch.Apply(text, patch); err != nil {
		return nil, err
	}
	return cfn.Parse(text)
})

func (w *World) inMemory() *memory.Service { return sandbox.PartOf[memory.Service](w.Sandbox) }

// ofKind is a definition with the world's kind of target in place of an alias.
func (w *World) ofKind(definition string) string {
	if w.memory == nil {
		return definition
	}
	return strings.ReplaceAll(definition, `{"lambdaAlias":{"function":"`+w.service+`","alias":"live"}}`, `{"memory":{"name":"`+w.service+`"}}`)
}

// remembered reads what the target in memory serves.
func (w *World) remembered() rollout.Split {
	w.T.Helper()
	out, err := w.inMemory().Read(w.ctx, &memory.ReadInput{Name: &w.service})
	w.must(err)
	return rollout.Split{
		Stable: aws.ToString(out.Serves.Stable), Candidate: aws.ToString(out.Serves.Candidate), Weight: rollout.Weight(aws.ToInt32(out.Serves.Weight)),
		Tag: aws.ToString(out.Lock), Moving: aws.ToString(out.Moving),
	}
}

// MemoryServes has the target in memory serve something, as somebody else might.
func (w *World) MemoryServes(stable, candidate string, weight rollout.Weight) {
	w.T.Helper()
	now := w.remembered()
	_, err := w.inMemory().Write(w.ctx, &memory.WriteInput{Name: &w.service, Lock: &now.Tag, Serves: memory.Divide(stable, candidate, int(weight))})
	w.must(err)
}
