package sfn

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"sluice/test/sandbox/memo"
)

const (
	maxSeconds    = 99_999_999         // of every …Seconds field
	maxDefinition = 1 << 20            // bytes
	maxDuration   = 365 * 24 * 60 * 60 // seconds that a Standard execution may be open
	maxStateName  = 80                 // characters
)

// A program is a compiled definition.
type program struct {
	comment string
	timeout time.Duration // of the execution
	body    *graph
}

// A graph is a set of states with an entry: a state machine, a Parallel branch or a Map's item processor.
type graph struct {
	start  *state
	states map[string]*state
}

// A compiler reads one definition. State names are unique in the whole of it, nested states included.
type compiler struct {
	names map[string]bool
}

// compile checks a definition as CreateStateMachine does and makes it ready to run. Nothing changes a program.
var compile = memo.Of(100, newProgram)

func newProgram(definition string) (*program, error) {
	if len(definition) > maxDefinition {
		return nil, fmt.Errorf("the definition is larger than %d bytes", maxDefinition)
	}
	var source struct {
		Comment, Version, QueryLanguage, StartAt string

		TimeoutSeconds *int64
		States         map[string]json.RawMessage
	}
	if err := strict([]byte(definition), &source); err != nil {
		return nil, err
	}
	if err := refuseJSONata(source.QueryLanguage); err != nil {
		return nil, err
	}
	if source.Version != "" && source.Version != "1.0" {
		return nil, fmt.Errorf("Version %q is not 1.0", source.Version)
	}
	seconds := int64(maxDuration)
	if source.TimeoutSeconds != nil {
		if *source.TimeoutSeconds < 1 || *source.TimeoutSeconds > maxSeconds {
			return nil, fmt.Errorf("TimeoutSeconds must be between 1 and %d", int64(maxSeconds))
		}
		seconds = min(seconds, *source.TimeoutSeconds)
	}
	c := &compiler{names: map[string]bool{}}
	body, err := c.graph(source.StartAt, source.States)
	if err != nil {
		return nil, err
	}
	return &program{comment: source.Comment, timeout: time.Duration(seconds) * time.Second, body: body}, nil
}

// strict decodes JSON and refuses members that v does not have: AWS refuses misspelled fields too.
func strict(source []byte, v any) error {
	d := json.NewDecoder(bytes.NewReader(source))
	d.DisallowUnknownFields()
	d.UseNumber()
	if err := d.Decode(v); err != nil {
		return err
	}
	if d.More() {
		return errors.New("more than one JSON value")
	}
	return nil
}

func refuseJSONata(language string) error {
	if language != "" && language != "JSONPath" {
		return fmt.Errorf("QueryLanguage %s is not implemented by the sandbox: write the definition in JSONPath", language)
	}
	return nil
}

// graph compiles states and links them.
func (c *compiler) graph(startAt string, sources map[string]json.RawMessage) (*graph, error) {
	if len(sources) == 0 {
		return nil, errors.New("States must hold at least one state")
	}
	g := &graph{states: make(map[string]*state, len(sources))}
	for _, name := range slices.Sorted(maps.Keys(sources)) {
		if err := c.claim(name); err != nil {
			return nil, err
		}
		s, err := c.state(name, sources[name])
		if err != nil {
			return nil, fmt.Errorf("%w at /States/%s", err, name)
		}
		g.states[name] = s
	}
	if g.start = g.states[startAt]; g.start == nil {
		return nil, fmt.Errorf("MISSING_TRANSITION_TARGET: StartAt names no state: %q", startAt)
	}
	return g, g.link()
}

func (c *compiler) claim(name string) error {
	if name == "" || len([]rune(name)) > maxStateName {
		return fmt.Errorf("a state name has 1 to %d characters: %q", maxStateName, name)
	}
	if c.names[name] {
		return fmt.Errorf("DUPLICATE_STATE_NAME: %s", name)
	}
	c.names[name] = true
	return nil
}

// link checks that every transition leads somewhere and every state can be reached.
func (g *graph) link() error {
	reached := map[string]bool{g.start.name: true}
	for queue := []*state{g.start}; len(queue) > 0; queue = queue[1:] {
		for _, name := range queue[0].targets() {
			target, ok := g.states[name]
			if !ok {
				return fmt.Errorf("MISSING_TRANSITION_TARGET: Missing 'Next' target: %s at /States/%s", name, queue[0].name)
			}
			if !reached[name] {
				reached[name] = true
				queue = append(queue, target)
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(g.states)) {
		if !reached[name] {
			return fmt.Errorf("MISSING_TRANSITION_TARGET: State %q is not reachable. at /States/%s", name, name)
		}
	}
	return nil
}

// targets are the names of all states that may follow.
func (s *state) targets() []string {
	var names []string
	if s.next != "" {
		names = append(names, s.next)
	}
	for _, c := range s.catchers {
		names = append(names, c.next)
	}
	if s.choice != nil {
		for _, r := range s.choice.rules {
			names = append(names, r.next)
		}
		if s.choice.fallback != "" {
			names = append(names, s.choice.fallback)
		}
	}
	return names
}
