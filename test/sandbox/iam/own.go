package iam

// What the reference does not have: the actions of the one service that AWS does not have (package memory), and actions younger than the package
// that the reference is made from.
func init() {
	for _, name := range []string{"Read", "Write", "DescribeFleet", "StartDeployment", "AdvanceDeployment", "DescribeDeployment", "StopDeployment"} {
		actions[folded("memory:"+name)] = Action{Name: "memory:" + name, Required: []string{"memory target"}}
	}
	resourceTypes["memory target"] = ResourceType{ARN: "arn:${Partition}:memory:${Region}:${Account}:target/${TargetName}"}

	// https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/rrset-protection.html, "Permissions for record set protections"
	for _, name := range []string{"CreateResourceRecordSetProtections", "DeleteResourceRecordSetProtections", "ListResourceRecordSetProtections"} {
		actions[folded("route53:"+name)] = Action{Name: "route53:" + name, Required: []string{"route53 hostedzone"}}
	}
}
