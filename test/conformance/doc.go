// Package conformance says what a port promises, as a test that every implementation of the port passes.
//
// A port's comment states idempotence, ordering and kinds of errors. The suite checks an implementation by what really
// serves and by the calls that it makes, never by how it is written. An implementation hands in a Fixture, which puts
// the implementation onto a target of its own in the sandbox, and lets the suite play somebody else who moves the same
// traffic:
//
//	func TestRouterKeepsThePort(t *testing.T) {
//		conformance.Router(t, func(t *testing.T) conformance.Fixture { return newAlias(t) })
//	}
//
// Each property runs on a fresh fixture inside a bubble of testing/synctest, so retries cost no time.
package conformance
