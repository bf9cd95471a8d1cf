// Package rollout is the domain of Sluice: what a release is, how it advances and how it ends.
//
// Read it as a glossary, one noun per file. A Definition says how a service is released: its target, its strategy, the
// guard alarms that take a release back. A Place is the account and Region where the target is. A Release is one
// attempt to bring one Revision to a service. Its Strategy becomes a list of Steps, each a weight for the candidate and
// a bake during which the candidate is watched. A Lease says which release may touch a target, with an epoch that
// fences off every earlier holder; raising the fence decides that the release goes back. The transition table
// (machine.go) names the states of the state machine and the edges between them; infra/release.asl.json has the same,
// and a test compares the two.
//
// Everything here is pure: the standard library only, no clock (times are arguments), no AWS. The handlers in
// functions/ ask this package what to do, and then do it.
package rollout
