// Package verify holds a definition against the account: whether the target is there and can be released, whether the alarms can take a release back,
// and whether last week's traffic is enough for the checks to see anything. The definition itself was checked by package definition.
//
// What is decided here is decided by the same code as in a release: the ports of the target's kind, rollout.Slow, judge.Streams. It only reads, with
// the rights of whoever asks. What they may not read is a finding, too: it says which permission is missing.
package verify
