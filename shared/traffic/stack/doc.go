// Package stack releases templates to CloudFormation stacks: by change sets, with a monitoring time in which Sluice's own bake runs.
//
// Nothing is remembered beside the stack. What it serves is the digest of the template and the parameters that stand. A deployment's handle is the
// ClientRequestToken of its update, which all events of the update bear: it says where the update leads, and from where.
//
// While the monitoring time of an update runs, its status is still UPDATE_IN_PROGRESS, but all resources are there. Then the stack serves the
// candidate, and the way back is CancelUpdateStack, which also brings back what was replaced. After it, the way back is an update to stable's
// template.
//
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-rollback-triggers.html
package stack
