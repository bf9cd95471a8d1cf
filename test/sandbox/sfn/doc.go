// Package sfn is AWS Step Functions on one machine: Standard workflows written in the Amazon States Language with
// JSONPath (https://states-language.net/spec.html).
//
// A definition is compiled once, when the state machine is made or changed (compile*.go), into states whose paths,
// templates and choice rules are ready to run. An execution is one goroutine that walks from state to state
// (walk.go); a Parallel branch or a Map iteration is one more. Whatever waits (a Wait state, a retry, a task, a task
// token) waits in a select beside the execution's own end, so ten thousand executions that sleep for days cost
// memory only, and under testing/synctest the days pass at once.
//
// What an execution did lies in its history (history.go), from which Path and Transitions are read, too. Errors in the
// sense of the States Language are values of type failure. A Go error reaches a definition's Catch only under the name
// that AWS documents.
//
// Faithful to AWS where software can tell: idempotence of StartExecution, task tokens (one per attempt, single use,
// dead after a time-out or a stop), the error names that wildcards do not match, payload and history limits, the
// order and the links of history events. Not here, and refused by name: JSONata, intrinsic functions besides States.Format, workflow variables (Assign),
// Express workflows, distributed Map, activities, versions and aliases, redrive, and service integrations besides Lambda.
// JSON objects are written with sorted keys; AWS keeps the order in which keys arrived.
package sfn
