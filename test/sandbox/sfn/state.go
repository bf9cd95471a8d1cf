package sfn

import (
	"encoding/json"

	"github.com/aws/aws-sdk-go-v2/service/sfn/types"
)

// A state is one compiled state. Exactly one of pass, task, choice, wait, fail, parallel and each is set, none for Succeed.
type state struct {
	name    string
	kind    string // "Task", ...
	next    string // "" ends the graph (or the Choice decides)
	entered types.HistoryEventType
	exited  types.HistoryEventType

	// The order in which data flows through a state:
	inputPath  dataPath
	parameters expression // Parameters or ItemSelector; nil passes the input on
	selector   expression // ResultSelector; nil passes the result on
	resultPath resultPath
	outputPath dataPath

	retriers []retrier
	catchers []catcher

	pass     *pass
	task     *task
	choice   *choice
	wait     *wait
	fail     *fail
	parallel []*graph
	each     *each
}

// A dataPath is InputPath or OutputPath: everything when unset, {} when written as null.
type dataPath struct {
	path *path
	none bool
}

func (d dataPath) apply(s scope, field string) (any, error) {
	switch {
	case d.none:
		return map[string]any{}, nil
	case d.path == nil:
		return s.input, nil
	}
	return d.path.lookup(field)(s)
}

// A resultPath says where a result goes: in place of the input when unset, nowhere when written as null.
type resultPath struct {
	path    *path
	discard bool
}

func (r resultPath) apply(input, result any) (any, error) {
	switch {
	case r.discard:
		return input, nil
	case r.path == nil:
		return result, nil
	}
	return r.path.place(input, result)
}

// A pass is what a Pass state has besides its paths.
type pass struct {
	result    any
	hasResult bool
}

// A fail is a Fail state's error and cause: constants or paths.
type fail struct{ name, cause expression }

// An each is a Map state.
type each struct {
	items     dataPath
	processor *graph
	most      amount // MaxConcurrency is a number or a path too
}

// An amount is a number that stands in the definition or is read from the input by a …Path field.
type amount struct {
	fixed int64
	path  *path
	set   bool
}

// value gives the number, which must be a whole one and not negative.
func (n amount) value(s scope, field string) (int64, error) {
	if n.path == nil {
		return n.fixed, nil
	}
	v, err := n.path.lookup(field + "Path")(s)
	if err != nil {
		return 0, err
	}
	digits, _ := v.(json.Number)
	i, err := digits.Int64()
	if err != nil || i < 0 || i > maxSeconds {
		return 0, runtimeFailure("The %sPath parameter does not reference a valid number: '%s'", field, encode(v))
	}
	return i, nil
}
