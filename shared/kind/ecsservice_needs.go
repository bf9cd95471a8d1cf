package kind

// Needs implements Spec. What is about a deployment or a revision must be allowed for the service, too
// (https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticcontainerservice.html).
func (e ECSService) Needs(function string, u Uses) []Need {
	switch function {
	case "plan":
		return append(e.reads(), Need{Sid: "ReadTaskDefinitions", Actions: []string{"ecs:DescribeTaskDefinition"}})
	case "admit":
		if u.Evicts {
			return append(e.reads(), e.stops()...)
		}
		return e.reads()
	case "build":
		if e.Images == nil {
			return nil
		}
		return append(e.reads(), Need{Sid: "ReadTaskDefinitions", Actions: []string{"ecs:DescribeTaskDefinition"}}, e.Images.registers())
	case "shift":
		all := append(e.reads(), e.goesBack()...)
		if e.Shifts() {
			all = append(all, e.on("AdvanceDeployments", "service-deployment", "ecs:ContinueServiceDeployment")...)
		}
		return append(all, Need{"ReadStoppedTasks", []string{"ecs:ListTasks"}, "ecs", "container-instance/" + e.Cluster + "/*"}, Need{"ReadTasks", []string{"ecs:DescribeTasks"}, "ecs", "task/" + e.Cluster + "/*"})
	case "rollback", "settle", "guard":
		return append(e.reads(), e.goesBack()...)
	}
	return nil
}

// reads is what it takes to know what serves.
func (e ECSService) reads() []Need {
	all := []Need{{"ReadServices", []string{"ecs:DescribeServices", "ecs:ListServiceDeployments"}, "ecs", e.path("service", "")}}
	all = append(all, e.on("ReadDeployments", "service-deployment", "ecs:DescribeServiceDeployments")...)
	all = append(all, e.on("ReadRevisions", "service-revision", "ecs:DescribeServiceRevisions")...)
	if e.Grouped() {
		all = append(all, Need{Sid: "ReadRules", Actions: []string{"elasticloadbalancing:DescribeRules"}})
	}
	return all
}

// goesBack is what it takes to begin a deployment and to turn it round.
func (e ECSService) goesBack() []Need {
	return append(e.stops(), Need{"Deploy", []string{"ecs:UpdateService"}, "ecs", e.path("service", "")})
}

// stops is what it takes to have ECS take a deployment back.
func (e ECSService) stops() []Need {
	return e.on("StopDeployments", "service-deployment", "ecs:StopServiceDeployment")
}

// on allows an action on the service and on what belongs to it.
func (e ECSService) on(sid, sort, action string) []Need {
	return []Need{{sid, []string{action}, "ecs", e.path("service", "")}, {sid, []string{action}, "ecs", e.path(sort, "/*")}}
}

func (e ECSService) path(sort, rest string) string {
	return sort + "/" + e.Cluster + "/" + e.Service + rest
}
