package stack

// functions is every Lambda of Sluice; each is a row in the file of its neighbours. A pre-traffic test runs inside shift and inspect, so
// those may take longest. The console is first: the others learn its address. What the internet can call may run ten times at once and
// no more, so that a flood starves nobody; guard has room of its own (concurrency.go).
var functions = []function{
	console,
	trigger, plan, build, gate, inspect, scan,
	ask, answer, wait, shift, judge, watch, look, settle, rollback, guard, decide, sweep,
	progress, source, notify, slack, github, pipeline, webhook, button,
}

func functionNames() []string {
	names := make([]string, len(functions))
	for i, f := range functions {
		names[i] = f.name
	}
	return names
}
