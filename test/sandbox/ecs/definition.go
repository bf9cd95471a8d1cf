package ecs

import (
	"context"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsecs "github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

// definition is one revision of a task definition.
type definition struct {
	types.TaskDefinition
	tags []types.Tag
}

// https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RegisterTaskDefinition.html
var family = regexp.MustCompile(`^[A-Za-z0-9_-]{1,255}$`)

// RegisterTaskDefinition makes the next revision of a family.
func (s *Service) RegisterTaskDefinition(_ context.Context, in *awsecs.RegisterTaskDefinitionInput) (*awsecs.RegisterTaskDefinitionOutput, error) {
	name := aws.ToString(in.Family)
	switch {
	case !family.MatchString(name):
		return nil, client("Invalid 'family' setting for task definition.")
	case len(in.ContainerDefinitions) == 0:
		return nil, client("Container list cannot be empty.")
	}
	for _, c := range in.ContainerDefinitions {
		if aws.ToString(c.Name) == "" || aws.ToString(c.Image) == "" {
			return nil, client("Container.name and Container.image should not be null or empty.")
		}
		if c.Memory == nil && c.MemoryReservation == nil && in.Memory == nil {
			return nil, client("Invalid setting for container '" + *c.Name + "'. At least one of 'memory' or 'memoryReservation' must be specified.")
		}
	}
	for _, t := range in.Tags { // https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Tag.html; the words are undocumented
		if strings.HasPrefix(strings.ToLower(aws.ToString(t.Key)), "aws:") {
			return nil, invalid("Tag keys that begin with aws: are reserved.")
		}
	}
	defer s.lock()()
	revision := int32(len(s.definitions[name]) + 1)
	d := &definition{tags: in.Tags, TaskDefinition: types.TaskDefinition{
		Family: in.Family, Revision: revision, TaskDefinitionArn: aws.String(s.arn(fmt.Sprintf("task-definition/%s:%d", name, revision))),
		ContainerDefinitions: complete(in.ContainerDefinitions), Cpu: in.Cpu, Memory: in.Memory, NetworkMode: in.NetworkMode, TaskRoleArn: in.TaskRoleArn, ExecutionRoleArn: in.ExecutionRoleArn,
		RequiresCompatibilities: in.RequiresCompatibilities, RuntimePlatform: in.RuntimePlatform, Volumes: in.Volumes, PlacementConstraints: in.PlacementConstraints,
		EphemeralStorage: in.EphemeralStorage, ProxyConfiguration: in.ProxyConfiguration, IpcMode: in.IpcMode, PidMode: in.PidMode, InferenceAccelerators: in.InferenceAccelerators,
		EnableFaultInjection: in.EnableFaultInjection, Compatibilities: compatible(in), Status: types.TaskDefinitionStatusActive,
		RegisteredAt: aws.Time(time.Now().UTC()), RegisteredBy: aws.String(s.o.Home.Global("iam", "root")),
	}}
	s.definitions[name] = append(s.definitions[name], d)
	return &awsecs.RegisterTaskDefinitionOutput{TaskDefinition: new(d.TaskDefinition), Tags: in.Tags}, nil
}

// complete fills in what AWS describes although nobody gave it.
func complete(given []types.ContainerDefinition) []types.ContainerDefinition {
	full := slices.Clone(given)
	for i := range full {
		full[i].Essential = aws.Bool(full[i].Essential == nil || *full[i].Essential)
		full[i].PortMappings = slices.Clone(full[i].PortMappings)
		for j := range full[i].PortMappings {
			p := &full[i].PortMappings[j]
			if p.HostPort == nil {
				p.HostPort = p.ContainerPort
			}
			if p.Protocol == "" {
				p.Protocol = types.TransportProtocolTcp
			}
		}
	}
	return full
}

func compatible(in *awsecs.RegisterTaskDefinitionInput) []types.Compatibility {
	if slices.Contains(in.RequiresCompatibilities, types.CompatibilityFargate) {
		return []types.Compatibility{types.CompatibilityEc2, types.CompatibilityFargate}
	}
	return []types.Compatibility{types.CompatibilityEc2}
}

// DescribeTaskDefinition describes a revision; a family alone is its latest active one.
func (s *Service) DescribeTaskDefinition(_ context.Context, in *awsecs.DescribeTaskDefinitionInput) (*awsecs.DescribeTaskDefinitionOutput, error) {
	defer s.lock()()
	d, err := s.definition(in.TaskDefinition)
	if err != nil {
		return nil, err
	}
	out := &awsecs.DescribeTaskDefinitionOutput{TaskDefinition: new(d.TaskDefinition)}
	if slices.Contains(in.Include, types.TaskDefinitionFieldTags) {
		out.Tags = d.tags
	}
	return out, nil
}

// DeregisterTaskDefinition makes a revision inactive: services that use it go on, and no service can begin to.
func (s *Service) DeregisterTaskDefinition(_ context.Context, in *awsecs.DeregisterTaskDefinitionInput) (*awsecs.DeregisterTaskDefinitionOutput, error) {
	defer s.lock()()
	d, err := s.definition(in.TaskDefinition)
	if err != nil {
		return nil, err
	}
	d.Status, d.DeregisteredAt = types.TaskDefinitionStatusInactive, aws.Time(time.Now().UTC())
	return &awsecs.DeregisterTaskDefinitionOutput{TaskDefinition: new(d.TaskDefinition)}, nil
}

// definition finds a revision by "family", "family:revision" or ARN.
func (s *Service) definition(name *string) (*definition, error) {
	family, revision, exact := strings.Cut(last(name), ":")
	all := s.definitions[family]
	if exact {
		if n, err := strconv.Atoi(revision); err == nil && n >= 1 && n <= len(all) {
			return all[n-1], nil
		}
		return nil, client("Unable to describe task definition.")
	}
	for _, d := range slices.Backward(all) {
		if d.Status == types.TaskDefinitionStatusActive {
			return d, nil
		}
	}
	return nil, client("Unable to describe task definition.")
}

// container finds a container by name; without one, the first that is essential.
func (d *definition) container(name *string) *types.ContainerDefinition {
	for i := range d.ContainerDefinitions {
		c := &d.ContainerDefinitions[i]
		if name != nil && *c.Name == *name || name == nil && *c.Essential {
			return c
		}
	}
	return nil
}

// memory is what a task takes, in MiB.
func (d *definition) memory() int {
	if n, err := strconv.Atoi(aws.ToString(d.Memory)); err == nil {
		return n
	}
	total := 0
	for _, c := range d.ContainerDefinitions {
		if c.MemoryReservation != nil {
			total += int(*c.MemoryReservation)
		} else {
			total += int(aws.ToInt32(c.Memory))
		}
	}
	return total
}

func environment(c *types.ContainerDefinition) map[string]string {
	env := map[string]string{}
	for _, e := range c.Environment {
		env[aws.ToString(e.Name)] = aws.ToString(e.Value)
	}
	return maps.Clone(env)
}
