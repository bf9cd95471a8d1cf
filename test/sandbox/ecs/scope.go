package ecs

import (
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsecs "github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"sluice/test/sandbox/wire"
)

// scope says what IAM must allow (https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticcontainerservice.html).
func (s *Service) scope(operation string, in any) []wire.Grant {
	var grants []wire.Grant
	for _, r := range s.about(in) {
		grants = append(grants, wire.Grant{Action: "ecs:" + operation, Resource: r.arn, Keys: r.keys})
	}
	if in, ok := in.(*awsecs.UpdateServiceInput); ok {
		grants = append(grants, passed(in.DeploymentConfiguration)...)
	}
	if in, ok := in.(*awsecs.CreateServiceInput); ok {
		grants = append(grants, passed(in.DeploymentConfiguration)...)
		for _, l := range in.LoadBalancers { // https://docs.aws.amazon.com/AmazonECS/latest/developerguide/AmazonECSInfrastructureRolePolicyForLoadBalancers.html
			if a := l.AdvancedConfiguration; a != nil && a.RoleArn != nil {
				grants = append(grants, wire.PassRole(*a.RoleArn, principal))
			}
		}
	}
	if in, ok := in.(*awsecs.RegisterTaskDefinitionInput); ok {
		if len(in.Tags) > 0 { // https://docs.aws.amazon.com/AmazonECS/latest/developerguide/supported-iam-actions-tagging.html
			grants = append(grants, wire.Grant{Action: "ecs:TagResource", Resource: grants[0].Resource})
		}
		for _, role := range []*string{in.TaskRoleArn, in.ExecutionRoleArn} {
			if role != nil {
				grants = append(grants, wire.PassRole(*role, "ecs-tasks.amazonaws.com"))
			}
		}
	}
	return grants
}

// passed is what it takes to give ECS the roles with which it invokes the functions of hooks. That every call which names them takes it, also one that
// changes nothing about them, is believed: the rule is IAM's for all services
// (https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html).
func passed(config *types.DeploymentConfiguration) (grants []wire.Grant) {
	if config == nil {
		return nil
	}
	for _, h := range config.LifecycleHooks {
		if h.RoleArn != nil {
			grants = append(grants, wire.PassRole(*h.RoleArn, principal))
		}
	}
	return grants
}

type resource struct {
	arn  string
	keys map[string][]string
}

func (s *Service) about(in any) []resource {
	switch in := in.(type) {
	case *awsecs.ListClustersInput:
		return []resource{{arn: "*"}}
	case *awsecs.CreateClusterInput:
		return []resource{{arn: s.arn("cluster/" + s.named(in.ClusterName))}}
	case *awsecs.RegisterTaskDefinitionInput:
		return []resource{{arn: s.arn("task-definition/" + aws.ToString(in.Family) + ":*")}}
	case *awsecs.DescribeClustersInput:
		var all []resource
		for _, name := range in.Clusters {
			all = append(all, resource{arn: s.arn("cluster/" + last(&name))})
		}
		return all
	case *awsecs.CreateServiceInput:
		return []resource{s.service(in.Cluster, in.ServiceName)}
	case *awsecs.UpdateServiceInput:
		return []resource{s.service(in.Cluster, in.Service)}
	case *awsecs.DeleteServiceInput:
		return []resource{s.service(in.Cluster, in.Service)}
	case *awsecs.DescribeServicesInput:
		var all []resource
		for _, name := range in.Services {
			all = append(all, s.service(in.Cluster, &name))
		}
		return all
	}
	if all := s.aboutDeployments(in); all != nil {
		return all
	}
	return s.aboutTasks(in)
}

// aboutDeployments are the service deployments and revisions that a call names.
func (s *Service) aboutDeployments(in any) (all []resource) {
	var arns []string
	switch in := in.(type) {
	case *awsecs.ListServiceDeploymentsInput:
		return []resource{s.service(in.Cluster, in.Service)}
	case *awsecs.DescribeServiceDeploymentsInput:
		arns = in.ServiceDeploymentArns
	case *awsecs.DescribeServiceRevisionsInput:
		arns = in.ServiceRevisionArns
	case *awsecs.StopServiceDeploymentInput:
		arns = []string{aws.ToString(in.ServiceDeploymentArn)}
	case *awsecs.ContinueServiceDeploymentInput:
		arns = []string{aws.ToString(in.ServiceDeploymentArn)}
	}
	for _, arn := range arns {
		all = append(all, s.belongs(arn)...)
	}
	return all
}

// belongs is what belongs to a service ("arn:...:service-deployment/shop/web/..."), and the service, both of which must be allowed, with the condition keys
// ecs:cluster and ecs:service.
func (s *Service) belongs(arn string) []resource {
	parts := strings.Split(arn, "/")
	if len(parts) != 4 {
		return []resource{{arn: arn}}
	}
	of := s.service(&parts[1], &parts[2])
	return []resource{of, {arn: arn, keys: map[string][]string{"ecs:cluster": {s.arn("cluster/" + parts[1])}, "ecs:service": {of.arn}}}}
}

func (s *Service) aboutTasks(in any) []resource {
	switch in := in.(type) {
	case *awsecs.ListServicesInput:
		return []resource{{"*", s.within(in.Cluster)}}
	case *awsecs.ListTasksInput: // a container instance, which no task has here
		return []resource{{s.arn("container-instance/" + s.named(in.Cluster) + "/*"), s.within(in.Cluster)}}
	case *awsecs.StopTaskInput:
		return []resource{{s.arn("task/" + s.named(in.Cluster) + "/" + last(in.Task)), s.within(in.Cluster)}}
	case *awsecs.DescribeTasksInput:
		var all []resource
		for _, name := range in.Tasks {
			all = append(all, resource{s.arn("task/" + s.named(in.Cluster) + "/" + last(&name)), s.within(in.Cluster)})
		}
		return all
	}
	return []resource{{arn: "*"}}
}

// service is one with its tags, which are condition keys.
func (s *Service) service(cluster, name *string) resource {
	defer s.lock()()
	r := resource{s.arn("service/" + s.named(cluster) + "/" + last(name)), s.within(cluster)}
	if sv, err := s.find(cluster, name); err == nil {
		for _, t := range sv.tags {
			for _, key := range []string{"aws:ResourceTag/", "ecs:ResourceTag/"} {
				r.keys[key+aws.ToString(t.Key)] = []string{aws.ToString(t.Value)}
			}
		}
	}
	return r
}

func (s *Service) named(cluster *string) string {
	if name := last(cluster); name != "" {
		return name
	}
	return "default"
}

// within is the condition key ecs:cluster.
func (s *Service) within(cluster *string) map[string][]string {
	return map[string][]string{"ecs:cluster": {s.arn("cluster/" + s.named(cluster))}}
}
