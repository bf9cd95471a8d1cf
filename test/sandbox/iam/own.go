package iam

// The actions of the one service that AWS does not have (package memory).
func init() {
	for _, name := range []string{"Read", "Write", "DescribeFleet", "StartDeployment", "DescribeDeployment", "StopDeployment"} {
		actions[folded("memory:"+name)] = Action{Name: "memory:" + name, Required: []string{"memory target"}}
	}
	resourceTypes["memory target"] = ResourceType{ARN: "arn:${Partition}:memory:${Region}:${Account}:target/${TargetName}"}
}
