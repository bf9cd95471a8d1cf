package stack

import "sluice/shared/kind"

// rows are all Lambda functions of Sluice; each row stands in the file of its neighbours. Tests and hooks run inside shift, gates and hook, so
// those may take longest. The console is first, because the others learn its address. A function that the internet can call may run ten
// times at once and no more, so that a flood starves nobody; guard has room of its own (concurrency.go).
var rows = []function{
	console,
	trigger, plan, build, admit, gates, scan,
	ask, count, wait, hook, shift, judge, watch, look, settle, rollback, guard, tick, decide, sweep,
	progress, source, stage, notify, slack, github, pipeline, webhook, button, command,
}

// functionsFor are the functions of an engine. Those that touch targets are there once for each kind, and tick where a kind's service asks it.
func functionsFor(kinds []kind.ID) []function {
	var all []function
	for _, f := range rows {
		switch {
		case !kind.Wanted(f.name, kinds):
			continue
		case !kind.Touches(f.name):
			all = append(all, f)
			continue
		}
		for _, id := range kinds {
			all = append(all, f.of(id))
		}
	}
	return all
}

// of is the row's function for the targets of a kind.
func (f function) of(id kind.ID) function {
	f.kind, f.row, f.name = id, f.name, kind.Of(id).Function(f.name)
	return f
}

func names(functions []function) []string {
	names := make([]string, len(functions))
	for i, f := range functions {
		names[i] = f.name
	}
	return names
}
