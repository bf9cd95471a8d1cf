// Package convert reads how other tools are told to release, and says the same in Sluice's words: a template of AWS SAM with DeploymentPreference, an
// AppSpec of CodeDeploy, a Rollout of Argo Rollouts, a Canary of Flagger (`sluice init --from`).
//
// A file goes through three steps. source.go makes a tree of it in which every value knows its line. read.go finds out what it is, by what it holds and
// not by its name, and hands it to the reader of that tool. The reader makes Drafts: a definition that lacks its target, because names of the account are
// asked for by package draft. Each value that a reader takes leaves a Note: it came over, it came over and is not quite the same, or it did not, and what
// to do instead. What no reader has taken is a Note, too (value.rest), so that nothing is dropped in silence.
//
// What a file cannot say, and nobody may guess, is Missing: whoever calls asks for it, puts it into the Wish and reads again. Nothing here reads a disk, a
// clock or an account.
package convert
