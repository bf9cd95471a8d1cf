package ecs

import (
	"context"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsecs "github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

// cluster is a group of services, with the memory of its instances.
type cluster struct {
	name, arn string
	memory    int // MiB for tasks of launch type EC2; 0 means there is always room
	services  []*service
}

// CreateCluster makes a cluster; one that exists is described.
func (s *Service) CreateCluster(_ context.Context, in *awsecs.CreateClusterInput) (*awsecs.CreateClusterOutput, error) {
	defer s.lock()()
	name := aws.ToString(in.ClusterName)
	if name == "" {
		name = "default"
	}
	c, err := s.cluster(&name)
	if err != nil {
		c = &cluster{name: name, arn: s.arn("cluster/" + name)}
		s.clusters = append(s.clusters, c)
	}
	return &awsecs.CreateClusterOutput{Cluster: new(c.described())}, nil
}

// DescribeClusters describes clusters by name or ARN.
func (s *Service) DescribeClusters(_ context.Context, in *awsecs.DescribeClustersInput) (*awsecs.DescribeClustersOutput, error) {
	defer s.lock()()
	names, out := in.Clusters, &awsecs.DescribeClustersOutput{}
	if len(names) == 0 {
		names = []string{"default"}
	}
	for _, name := range names {
		c, err := s.cluster(&name)
		if err != nil {
			out.Failures = append(out.Failures, missing(s.arn("cluster/"+name)))
			continue
		}
		out.Clusters = append(out.Clusters, c.described())
	}
	return out, nil
}

// Limit gives a cluster instances with so many MiB of memory in all: a task of launch type EC2 that does not fit is not placed.
func (s *Service) Limit(name string, memory int) {
	defer s.lock()()
	if c, err := s.cluster(&name); err == nil {
		c.memory = memory
	}
}

func (c *cluster) described() types.Cluster {
	d := types.Cluster{ClusterArn: &c.arn, ClusterName: &c.name, Status: aws.String("ACTIVE"), ActiveServicesCount: int32(len(c.services))}
	for _, sv := range c.services {
		d.RunningTasksCount += sv.count(running)
		d.PendingTasksCount += sv.count(starting)
	}
	return d
}

// free is how much memory is left for another task.
func (c *cluster) free() int {
	left := c.memory
	for _, sv := range c.services {
		for _, t := range sv.tasks {
			if t.status != stopped {
				left -= t.definition.memory()
			}
		}
	}
	return left
}

// cluster finds a cluster by name or ARN; without either, "default"
// (https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeServices.html).
func (s *Service) cluster(name *string) (*cluster, error) {
	wanted := aws.ToString(name)
	if wanted == "" {
		wanted = "default"
	}
	if i := slices.IndexFunc(s.clusters, func(c *cluster) bool { return c.arn == wanted || c.name == wanted }); i >= 0 {
		return s.clusters[i], nil
	}
	return nil, &types.ClusterNotFoundException{Message: aws.String("Cluster not found.")}
}

func missing(arn string) types.Failure {
	return types.Failure{Arn: &arn, Reason: aws.String("MISSING")}
}

// last is the last part of an ARN, or the name that was given in its place.
func last(name *string) string {
	text := aws.ToString(name)
	return text[strings.LastIndexByte(text, '/')+1:]
}

func invalid(message string) error { return &types.InvalidParameterException{Message: &message} }

func client(message string) error { return &types.ClientException{Message: &message} }
