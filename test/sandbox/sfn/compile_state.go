package sfn

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/aws/aws-sdk-go-v2/service/sfn/types"
)

// A stateSource is a state as written, of any type.
type stateSource struct {
	Type, Comment, QueryLanguage, Next, Resource, Default string

	End bool

	InputPath, OutputPath, ResultPath, ItemsPath          json.RawMessage
	Parameters, ItemSelector, ResultSelector, Result      json.RawMessage
	Error, ErrorPath, Cause, CausePath                    *string
	Seconds, TimeoutSeconds, HeartbeatSeconds             *int64
	SecondsPath, TimeoutSecondsPath, HeartbeatSecondsPath *string
	Timestamp, TimestampPath, MaxConcurrencyPath          *string
	MaxConcurrency                                        *int64
	Choices                                               []json.RawMessage
	Branches                                              []graphSource
	Iterator, ItemProcessor                               *graphSource
	Retry                                                 []retrySource
	Catch                                                 []catchSource
}

// A graphSource is a nested state machine as written.
type graphSource struct {
	Comment, StartAt string
	QueryLanguage    string
	ProcessorConfig  *struct{ Mode, ExecutionType string }
	States           map[string]json.RawMessage
}

// A catchSource is one entry of Catch as written.
type catchSource struct {
	Comment, Next string
	ErrorEquals   []string
	ResultPath    json.RawMessage
}

// stateFields lists, per type, the fields besides Type, Comment and QueryLanguage.
// https://states-language.net/spec.html#state-type-table
var stateFields = map[string][]string{
	"Pass":     {"Next", "End", "InputPath", "OutputPath", "ResultPath", "Parameters", "Result"},
	"Succeed":  {"InputPath", "OutputPath"},
	"Fail":     {"Error", "ErrorPath", "Cause", "CausePath"},
	"Choice":   {"InputPath", "OutputPath", "Choices", "Default"},
	"Wait":     {"Next", "End", "InputPath", "OutputPath", "Seconds", "SecondsPath", "Timestamp", "TimestampPath"},
	"Task":     append(resultFields, "Resource", "TimeoutSeconds", "TimeoutSecondsPath", "HeartbeatSeconds", "HeartbeatSecondsPath"),
	"Parallel": append(resultFields, "Branches"),
	"Map":      append(resultFields, "ItemsPath", "ItemSelector", "ItemProcessor", "Iterator", "MaxConcurrency", "MaxConcurrencyPath"),
}

var resultFields = []string{"Next", "End", "InputPath", "OutputPath", "ResultPath", "Parameters", "ResultSelector", "Retry", "Catch"}

// state compiles one state.
func (c *compiler) state(name string, raw json.RawMessage) (*state, error) {
	source, err := readState(raw)
	if err != nil {
		return nil, err
	}
	s := &state{
		name:    name,
		kind:    source.Type,
		next:    source.Next,
		entered: types.HistoryEventType(source.Type + "StateEntered"),
		exited:  types.HistoryEventType(source.Type + "StateExited"),
	}
	hasNext := slices.Contains(stateFields[source.Type], "Next")
	if hasNext && (source.Next == "") != source.End {
		return nil, errors.New("a state has either Next or End: true")
	}
	if err := s.compileData(source); err != nil {
		return nil, err
	}
	if err := s.compileErrors(source); err != nil {
		return nil, err
	}
	return s, c.compileKind(s, source)
}

func readState(raw json.RawMessage) (*stateSource, error) {
	var members map[string]json.RawMessage
	if err := json.Unmarshal(raw, &members); err != nil {
		return nil, err
	}
	var kind struct{ Type, QueryLanguage string }
	if err := json.Unmarshal(raw, &kind); err != nil {
		return nil, err
	}
	if err := refuseJSONata(kind.QueryLanguage); err != nil {
		return nil, err
	}
	allowed, ok := stateFields[kind.Type]
	if !ok {
		return nil, fmt.Errorf("state type %q is not known", kind.Type)
	}
	for member := range members {
		if err := checkField(member, kind.Type, allowed); err != nil {
			return nil, err
		}
	}
	source := &stateSource{}
	return source, strict(raw, source)
}

// unimplemented are fields of the language that the sandbox refuses by name.
var unimplemented = map[string]string{
	"Assign":                     "workflow variables",
	"Credentials":                "cross-account tasks",
	"ItemReader":                 "distributed Map",
	"ItemBatcher":                "distributed Map",
	"ResultWriter":               "distributed Map",
	"Label":                      "distributed Map",
	"ToleratedFailureCount":      "distributed Map",
	"ToleratedFailurePercentage": "distributed Map",
}

func checkField(member, kind string, allowed []string) error {
	switch {
	case member == "Type" || member == "Comment" || member == "QueryLanguage" || slices.Contains(allowed, member):
		return nil
	case unimplemented[member] != "":
		return fmt.Errorf("field %s: %s is not implemented by the sandbox", member, unimplemented[member])
	}
	return fmt.Errorf("field %q is not supported in a %s state", member, kind)
}

// compileData compiles the paths and templates that the state's type has.
func (s *state) compileData(source *stateSource) (err error) {
	if s.inputPath, err = compileDataPath(source.InputPath, "InputPath"); err != nil {
		return err
	}
	if s.outputPath, err = compileDataPath(source.OutputPath, "OutputPath"); err != nil {
		return err
	}
	if s.resultPath, err = compileResultPath(source.ResultPath); err != nil {
		return err
	}
	if s.parameters, err = compilePayload(source.Parameters, "Parameters"); err != nil {
		return err
	}
	s.selector, err = compilePayload(source.ResultSelector, "ResultSelector")
	return err
}

func compileDataPath(raw json.RawMessage, field string) (dataPath, error) {
	source, null, err := readPath(raw, field)
	if err != nil || null || source == "" || source == "$" {
		return dataPath{none: null}, err
	}
	p, err := parsePath(source)
	return dataPath{path: p}, err
}

func compileResultPath(raw json.RawMessage) (resultPath, error) {
	source, null, err := readPath(raw, "ResultPath")
	if err != nil || null || source == "" || source == "$" {
		return resultPath{discard: null}, err
	}
	p, err := parseReferencePath(source)
	if err == nil && p.context {
		err = errors.New("ResultPath cannot change the context object")
	}
	return resultPath{path: p}, err
}

// readPath tells a missing field ("") from null.
func readPath(raw json.RawMessage, field string) (source string, null bool, err error) {
	switch {
	case len(raw) == 0:
		return "", false, nil
	case string(raw) == "null":
		return "", true, nil
	}
	if err := json.Unmarshal(raw, &source); err != nil || source == "" {
		return "", false, fmt.Errorf("%s must be a path or null", field)
	}
	return source, false, nil
}

func compilePayload(raw json.RawMessage, field string) (expression, error) {
	if len(raw) == 0 {
		return nil, nil
	}
	v, err := decode(string(raw))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", field, err)
	}
	e, err := compileTemplate(v)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", field, err)
	}
	return e, nil
}

// compileErrors compiles Retry and Catch.
func (s *state) compileErrors(source *stateSource) error {
	for i, r := range source.Retry {
		if err := checkErrorEquals(r.ErrorEquals, i == len(source.Retry)-1); err != nil {
			return fmt.Errorf("Retry[%d]: %w", i, err)
		}
		compiled, err := r.compile()
		if err != nil {
			return fmt.Errorf("Retry[%d]: %w", i, err)
		}
		s.retriers = append(s.retriers, compiled)
	}
	for i, c := range source.Catch {
		if err := checkErrorEquals(c.ErrorEquals, i == len(source.Catch)-1); err != nil {
			return fmt.Errorf("Catch[%d]: %w", i, err)
		}
		result, err := compileResultPath(c.ResultPath)
		if err != nil {
			return fmt.Errorf("Catch[%d]: %w", i, err)
		}
		s.catchers = append(s.catchers, catcher{errors: c.ErrorEquals, next: c.Next, result: result})
	}
	return nil
}
