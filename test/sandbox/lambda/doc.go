// Package lambda is AWS Lambda on one machine: functions with immutable versions, aliases that split traffic between two
// of them, and real executions of both.
//
// The control plane keeps AWS's rules, because a release tool depends on them: every update of an alias makes a new
// RevisionId, a stale one is refused with 412, an omitted RoutingConfig leaves the split alone while an empty one clears
// it, and two versions behind one alias must share role and dead-letter queue
// (https://docs.aws.amazon.com/lambda/latest/dg/configuring-alias-routing.html).
//
// Executions go to one of two runners. In the sandbox that people start, each execution environment is an operating
// system process of the version's `bootstrap`, which speaks the Lambda Runtime API to this package. In tests under
// testing/synctest the handler is a Go function in the same process, and its time-outs pass in virtual time.
//
// Both feed the same metrics (namespace AWS/Lambda, with the dimensions that make a canary comparable with the stable
// version), the same START/END/REPORT lines, and the same queue for asynchronous invocations.
//
// Not implemented, and answered with an error that says so: container images, layers, VPC, file systems, SnapStart,
// durable functions, capacity providers, function URLs of aliases, event source mappings, response streaming and code signing.
package lambda
