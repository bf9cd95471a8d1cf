// Package limits measures how near an engine's templates are to AWS's limits, as AWS will count them: after deployment,
// with account numbers in the ARNs and in the Region whose name is longest. An engine that would not deploy is refused
// when it is synthesised, by name and with the way out, and not by CloudFormation after ten minutes.
//
// Quotas that AWS raises on request are taken at their default.
package limits
