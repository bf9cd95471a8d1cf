package sfn

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"
)

// compileKind compiles what only the state's own type has.
func (c *compiler) compileKind(s *state, source *stateSource) (err error) {
	switch s.kind {
	case "Pass":
		s.pass, err = compilePass(source)
	case "Task":
		s.task, err = compileTask(source)
	case "Choice":
		s.choice, err = compileChoice(source)
	case "Wait":
		s.wait, err = compileWait(source)
	case "Fail":
		s.fail, err = compileFail(source)
	case "Parallel":
		s.parallel, err = c.branches(source.Branches)
	case "Map":
		err = c.compileMap(s, source)
	}
	return err
}

func compilePass(source *stateSource) (*pass, error) {
	if len(source.Result) == 0 {
		return &pass{}, nil
	}
	v, err := decode(string(source.Result))
	return &pass{result: v, hasResult: true}, err
}

func compileChoice(source *stateSource) (*choice, error) {
	if len(source.Choices) == 0 {
		return nil, errors.New("Choices must not be empty")
	}
	out := &choice{fallback: source.Default}
	for i, raw := range source.Choices {
		v, err := decode(string(raw))
		if err != nil {
			return nil, err
		}
		members, ok := v.(map[string]any)
		if !ok {
			return nil, fmt.Errorf("Choices[%d] must be an object", i)
		}
		r, err := compileRule(members)
		if err != nil {
			return nil, fmt.Errorf("Choices[%d]: %w", i, err)
		}
		out.rules = append(out.rules, r)
	}
	return out, nil
}

func compileWait(source *stateSource) (*wait, error) {
	given := 0
	for _, set := range []bool{source.Seconds != nil, source.SecondsPath != nil, source.Timestamp != nil, source.TimestampPath != nil} {
		if set {
			given++
		}
	}
	if given != 1 {
		return nil, errors.New("a Wait state has exactly one of Seconds, SecondsPath, Timestamp and TimestampPath")
	}
	if source.Timestamp != nil {
		t, ok := parseTimestamp(*source.Timestamp)
		if !ok {
			return nil, fmt.Errorf("Timestamp %q is not RFC 3339", *source.Timestamp)
		}
		return &wait{until: t}, nil
	}
	if source.TimestampPath != nil {
		p, err := parsePath(*source.TimestampPath)
		return &wait{untilPath: p}, err
	}
	n, err := compileAmount(source.Seconds, source.SecondsPath, "Seconds", 0)
	return &wait{seconds: n}, err
}

// compileAmount compiles a number field and its …Path twin; least is the smallest number that may stand in a definition.
func compileAmount(fixed *int64, from *string, field string, least int64) (amount, error) {
	switch {
	case fixed != nil && from != nil:
		return amount{}, fmt.Errorf("%s and %sPath exclude each other", field, field)
	case from != nil:
		p, err := parsePath(*from)
		return amount{path: p, set: true}, err
	case fixed == nil:
		return amount{}, nil
	case *fixed < least || *fixed > maxSeconds:
		return amount{}, fmt.Errorf("%s must be between %d and %d", field, least, int64(maxSeconds))
	}
	return amount{fixed: *fixed, set: true}, nil
}

func compileFail(source *stateSource) (*fail, error) {
	name, err := compileText(source.Error, source.ErrorPath, "Error")
	if err != nil {
		return nil, err
	}
	cause, err := compileText(source.Cause, source.CausePath, "Cause")
	return &fail{name, cause}, err
}

func compileText(fixed, from *string, field string) (expression, error) {
	switch {
	case fixed != nil && from != nil:
		return nil, fmt.Errorf("%s and %sPath exclude each other", field, field)
	case from != nil:
		return compileExpression(*from, field+"Path")
	case fixed != nil:
		return constant(*fixed), nil
	}
	return constant(""), nil
}

func (c *compiler) branches(sources []graphSource) ([]*graph, error) {
	if len(sources) == 0 {
		return nil, errors.New("Branches must not be empty")
	}
	var out []*graph
	for i, source := range sources {
		g, err := c.nested(&source)
		if err != nil {
			return nil, fmt.Errorf("%w in /Branches[%d]", err, i)
		}
		out = append(out, g)
	}
	return out, nil
}

func (c *compiler) nested(source *graphSource) (*graph, error) {
	if err := refuseJSONata(source.QueryLanguage); err != nil {
		return nil, err
	}
	return c.graph(source.StartAt, source.States)
}

func (c *compiler) compileMap(s *state, source *stateSource) (err error) {
	processor := source.ItemProcessor
	if processor == nil {
		processor = source.Iterator // its name before 2022
	}
	if processor == nil || source.ItemProcessor != nil && source.Iterator != nil {
		return errors.New("a Map state has exactly one of ItemProcessor and Iterator")
	}
	if mode := processor.ProcessorConfig; mode != nil && mode.Mode != "" && mode.Mode != "INLINE" {
		return fmt.Errorf("ProcessorConfig: Mode %s is not implemented by the sandbox: use INLINE", mode.Mode)
	}
	if len(source.ItemSelector) > 0 {
		if s.parameters != nil {
			return errors.New("ItemSelector and Parameters exclude each other")
		}
		if s.parameters, err = compilePayload(source.ItemSelector, "ItemSelector"); err != nil {
			return err
		}
	}
	s.each = &each{}
	if s.each.items, err = compileDataPath(source.ItemsPath, "ItemsPath"); err != nil {
		return err
	}
	if s.each.most, err = compileAmount(source.MaxConcurrency, source.MaxConcurrencyPath, "MaxConcurrency", 0); err != nil {
		return err
	}
	s.each.processor, err = c.nested(processor)
	return err
}

// Resources that a Task may name; anything else is refused when the definition arrives.
const (
	resourceInvoke   = "states:::lambda:invoke"
	resourceCallback = resourceInvoke + ".waitForTaskToken"
)

func compileTask(source *stateSource) (*task, error) {
	t := &task{}
	_, what, _ := strings.Cut(strings.TrimPrefix(source.Resource, "arn:"), ":") // whatever the partition
	switch what {
	case resourceInvoke:
		t.resource = "invoke"
	case resourceCallback:
		t.resource, t.callback = "invoke.waitForTaskToken", true
	default:
		if !strings.HasPrefix(what, "lambda:") || !strings.Contains(what, ":function:") {
			return nil, fmt.Errorf("Resource %q is not implemented by the sandbox: use lambda:invoke, its waitForTaskToken form or a function's ARN", source.Resource)
		}
		t.function = source.Resource
	}
	if err := t.checkArguments(source.Parameters); err != nil {
		return nil, err
	}
	var err error
	if t.timeout, err = compileAmount(source.TimeoutSeconds, source.TimeoutSecondsPath, "TimeoutSeconds", 1); err != nil {
		return nil, err
	}
	if t.heartbeat, err = compileAmount(source.HeartbeatSeconds, source.HeartbeatSecondsPath, "HeartbeatSeconds", 1); err != nil {
		return nil, err
	}
	if t.timeout.fixed > 0 && t.heartbeat.fixed >= t.timeout.fixed {
		return nil, errors.New("HeartbeatSeconds must be smaller than TimeoutSeconds")
	}
	return t, nil
}

// A wait is what a Wait state waits for: a time, or a number of seconds.
type wait struct {
	until     time.Time
	untilPath *path
	seconds   amount
}

// checkArguments refuses Parameters that lambda:invoke does not know, and those that the sandbox does not carry out.
func (t *task) checkArguments(raw json.RawMessage) error {
	if t.function != "" {
		return nil
	}
	var members map[string]json.RawMessage
	if err := json.Unmarshal(raw, &members); len(raw) > 0 && err != nil {
		return fmt.Errorf("Parameters of lambda:invoke must be an object: %w", err)
	}
	if members["FunctionName"] == nil && members["FunctionName.$"] == nil {
		return errors.New("Parameters of lambda:invoke must name FunctionName")
	}
	for member, value := range members {
		switch strings.TrimSuffix(member, ".$") {
		case "FunctionName", "Payload", "Qualifier":
		case "InvocationType":
			if string(value) != `"RequestResponse"` {
				return fmt.Errorf("InvocationType %s is not implemented by the sandbox: use RequestResponse", value)
			}
		case "LogType", "ClientContext":
			return fmt.Errorf("Parameters: %s is not implemented by the sandbox", member)
		default:
			return fmt.Errorf("the field %q is not supported by lambda:invoke", member)
		}
	}
	return nil
}
