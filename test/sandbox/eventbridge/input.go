package eventbridge

import (
	"encoding/json"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge/types"

	"sluice/test/sandbox/wire"
)

// An input makes what a target receives out of an event. Its error means that this event will never fit.
type input func(r *rule, m *message) ([]byte, error)

// newInput compiles a target's Input, InputPath or InputTransformer; without one the target receives the event.
func newInput(t types.Target) (input, error) {
	given := 0
	for _, is := range []bool{t.Input != nil, t.InputPath != nil, t.InputTransformer != nil} {
		if is {
			given++
		}
	}
	switch {
	case given > 1:
		return nil, wire.Validation("Only one of Input, InputPath, or InputTransformer must be provided for target %s.", aws.ToString(t.Id))
	case t.Input != nil:
		return constantInput(*t.Input, aws.ToString(t.Id))
	case t.InputPath != nil:
		return pathInput(*t.InputPath, aws.ToString(t.Id))
	case t.InputTransformer != nil:
		return transformerInput(*t.InputTransformer, aws.ToString(t.Id))
	}
	return func(_ *rule, m *message) ([]byte, error) { return m.body(), nil }, nil
}

func constantInput(text, id string) (input, error) {
	if !json.Valid([]byte(text)) {
		return nil, wire.Validation("JSON syntax error in input for target %s", id)
	}
	return func(*rule, *message) ([]byte, error) { return []byte(text), nil }, nil
}

func pathInput(text, id string) (input, error) {
	p, err := parsePath(text)
	if err != nil {
		return nil, wire.Validation("Invalid InputPath for target %s: %v", id, err)
	}
	return func(_ *rule, m *message) ([]byte, error) {
		v, found := p.find(m.whole())
		if !found {
			return nil, &refusal{code: "INVALID_PARAMETER", reason: fmt.Sprintf("InputPath %s finds nothing in the event", text)}
		}
		return encode(v)
	}, nil
}
