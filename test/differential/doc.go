// Package differential holds the sandbox against implementations of AWS that somebody else wrote: if two that know
// nothing of each other agree, a story in the sandbox is worth believing.
//
//	DynamoDB's conditions, updates and queries    dynalite                   npm
//	the state machine of infra/release.asl.json   aws-local-stepfunctions    npm, on Node 22 or newer
//	requests and answers of every operation       botocore's service models  in Debian's and pip's AWS CLI
//	what IAM is asked about by each action        iam-data                   npm, from AWS's service authorization reference
//	every property of the golden template         aws-service-spec           npm, from CloudFormation's schemas
//	the fields of AWS's events                    aws-service-spec           npm, from EventBridge's schema registry
//
// `make differential` prepares those of npm, as oracles/package-lock.json says, in .sandbox/oracles and runs the tests. Plain `go test` never downloads
// anything: it uses what lies there, or in the folder that SLUICE_ORACLES names, and skips what is missing with a line that
// says how to get it.
//
// An oracle can be wrong as well. Where it is, the deviation stands in a table beside the test, with the AWS page that
// decides: a test that quietly leaves something out proves nothing.
package differential
