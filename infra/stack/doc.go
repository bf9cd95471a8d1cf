// Package stack is Sluice on AWS: one CloudFormation stack for each environment, one file for each construct.
//
// Read New first: it makes the parts in the order in which they need each other. functions.go lists the Lambda functions. Each is one row of
// the files functions_*.go: its size, what wakes it, its variables and what it may do to Sluice's own parts. What it may do to
// what definitions name follows from package addition: targets.go.
//
// Every resource that people or other resources name has a fixed name, "sluice-<environment>-<part>", the same as
// the folder and the word in the logs. ARNs that would close a circle (the state machine invokes functions, and they
// in turn call the state machine) are made from these names.
package stack
