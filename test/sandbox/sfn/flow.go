package sfn

// The data flow of a state, in the order of the States Language:
// InputPath, Parameters, the work, ResultSelector, ResultPath (into the raw input), OutputPath.
// https://docs.aws.amazon.com/step-functions/latest/dg/concepts-input-output-filtering.html

// attempt carries out the state once and names the state that follows ("" ends the graph).
func (v *visit) attempt() (document, string, error) {
	context := &contextObject{run: v.run, state: v.state.name, entered: v.entered, retries: v.retried, item: v.item}
	raw := scope{input: v.raw.value, context: context}
	effective, err := v.state.inputPath.apply(raw, "InputPath")
	if err != nil {
		return document{}, "", err
	}
	s := scope{input: effective, context: context}
	switch {
	case v.state.choice != nil:
		next, err := v.state.choice.pick(s)
		if err != nil {
			return document{}, "", err
		}
		output, err := v.leave(s, effective)
		return output, next, err
	case v.state.fail != nil:
		return document{}, "", v.state.fail.raise(raw)
	}
	result, err := v.work(s)
	if err != nil {
		return document{}, "", err
	}
	output, err := v.leave(s, result)
	return output, v.state.next, err
}

// work is what the state is there for; its value is the state's result.
func (v *visit) work(s scope) (any, error) {
	switch {
	case v.state.wait != nil:
		return s.input, v.waitFor(s)
	case v.state.task != nil:
		return v.runTask(s)
	case v.state.each != nil:
		return v.runMap(s)
	}
	args, err := v.arguments(s)
	switch {
	case err != nil:
		return nil, err
	case v.state.parallel != nil:
		return v.runParallel(args)
	case v.state.pass != nil && v.state.pass.hasResult:
		return v.state.pass.result, nil
	}
	return args, nil
}

// arguments are the effective input of the work: Parameters where given.
func (v *visit) arguments(s scope) (any, error) {
	if v.state.parameters == nil {
		return s.input, nil
	}
	return v.state.parameters(s)
}

// leave makes the state's output of its result. Only states with a ResultPath mix the result into their raw input.
func (v *visit) leave(s scope, result any) (document, error) {
	var err error
	if v.state.selector != nil {
		if result, err = v.state.selector(scope{input: result, context: s.context}); err != nil {
			return document{}, err
		}
	}
	if result, err = v.state.resultPath.apply(v.raw.value, result); err != nil {
		return document{}, err
	}
	output, err := v.state.outputPath.apply(scope{input: result, context: s.context}, "OutputPath")
	if err != nil {
		return document{}, err
	}
	return v.bounded(output)
}

// bounded refuses an output that is too large to hand on.
func (v *visit) bounded(value any) (document, error) {
	d := newDocument(value)
	if len(d.text) > maxPayload {
		return document{}, dataLimit(v.state.name)
	}
	return d, nil
}

func dataLimit(what string) *failure {
	return &failure{
		name:  statesDataLimitExceeded,
		cause: "The state/task '" + what + "' returned a result with a size exceeding the maximum number of bytes service limit.",
	}
}

// raise makes the error of a Fail state, whose paths see the raw input.
func (f *fail) raise(s scope) error {
	name, err := f.name(s)
	if err != nil {
		return err
	}
	cause, err := f.cause(s)
	if err != nil {
		return err
	}
	n, okName := name.(string)
	c, okCause := cause.(string)
	if !okName || !okCause {
		return runtimeFailure("ErrorPath and CausePath must reference strings")
	}
	return &failure{name: n, cause: c, located: true}
}
