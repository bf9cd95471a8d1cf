package scenario

import (
	"strings"
	"sync"

	"sluice/infra/definition"
	"sluice/infra/mergepatch"
	"sluice/shared/kind"
	"sluice/shared/rollout"
	"sluice/test/sandbox/cfn"
)

// A Kind has a world tell its stories on a target of another kind than an alias. The definitions of the stories may name the alias all the same.
type Kind interface {
	ID() kind.ID
	// Make makes the target that the kind's sample names (definition.Sample), with one revision that serves everything. A kind with a method Target
	// names a target of its own, which the roles of the sample's engine may touch; a method Edit grants what they
	// may not. A method Beside is the template of a stack that somebody else has.
	Make(w *World)
	// Serves reads what the target really serves, past Sluice.
	Serves(w *World) rollout.Split
}

// Revision is what a version is called by the kind of the target: kinds that name revisions themselves have names of their own.
func (w *World) Revision(version string) string {
	if k, names := w.kind.(interface {
		Revision(w *World, version string) string
	}); names {
		return k.Revision(w, version)
	}
	return version
}

// engines are the templates of engines for other kinds, each parsed once; a sandbox only reads them.
var engines sync.Map

// engineFor is the golden template with what differs in an engine whose targets are of a kind.
func engineFor(id kind.ID) (*cfn.Template, error) {
	parse, _ := engines.LoadOrStore(id, sync.OnceValues(func() (*cfn.Template, error) { return parsedFor(id) }))
	return parse.(func() (*cfn.Template, error))()
}

func parsedFor(id kind.ID) (*cfn.Template, error) {
	text, err := goldenText()
	if err != nil {
		return nil, err
	}
	patch, err := testdata(string(id) + ".patch.json")
	if err != nil {
		return nil, err
	}
	if text, err = mergepatch.Apply(text, patch); err != nil {
		return nil, err
	}
	return cfn.Parse(text)
}

// ofKind is a definition with the world's kind of target in place of an alias.
func (w *World) ofKind(text string) string {
	if w.kind == nil {
		return text
	}
	target := definition.Sample(w.kind.ID(), w.service)
	if other, is := w.kind.(interface{ Target(service string) string }); is {
		target = other.Target(w.service)
	}
	return strings.ReplaceAll(text, `{"lambdaAlias":{"function":"`+w.service+`","alias":"live"}}`, target)
}
