// Package stack is Sluice on AWS: one CloudFormation stack for each environment, one file for each construct.
//
// Read New first: it makes the parts in the order in which they need each other. The two tables of the package say
// most of what there is to know: functions.go lists the Lambda functions, and grants.go what each of them may do.
//
// Every resource that people or other resources name has a fixed name, "sluice-<environment>-<part>", the same as
// the folder and the word in the logs. ARNs that would close a circle (the state machine invokes functions, which
// in turn answer to the state machine) are made from these names.
package stack
