// Package taskdefinition makes task definitions of images, and tells which of them can run, for the kinds whose revisions they are.
package taskdefinition

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"sluice/shared/kind"
	"sluice/shared/rollout"
)

// API is what it takes of ECS.
type API interface {
	DescribeTaskDefinition(context.Context, *ecs.DescribeTaskDefinitionInput, ...func(*ecs.Options)) (*ecs.DescribeTaskDefinitionOutput, error)
	RegisterTaskDefinition(context.Context, *ecs.RegisterTaskDefinitionInput, ...func(*ecs.Options)) (*ecs.RegisterTaskDefinitionOutput, error)
}

// Register makes the task definition that is stable's with another image. ECS makes a new revision of a family at each call and has no token, so Register
// looks whether stable's or the newest is what it would make. why says why the image can never become one.
func Register(ctx context.Context, api API, images kind.TaskImages, image, stable string) (revision string, why *rollout.Rejection, err error) {
	base, err := read(ctx, api, stable)
	if err != nil {
		return "", nil, err
	}
	wanted, why := with(image, images, base)
	if why != nil {
		return "", why, nil
	}
	newest, err := read(ctx, api, images.Family)
	if err != nil {
		return "", nil, err
	}
	for _, there := range []*ecs.DescribeTaskDefinitionOutput{base, newest} {
		if same(wanted, again(there)) {
			return name(there.TaskDefinition), nil, nil
		}
	}
	out, err := api.RegisterTaskDefinition(ctx, wanted)
	var refused *types.ClientException
	var invalid *types.InvalidParameterException
	switch {
	case errors.As(err, &refused), errors.As(err, &invalid):
		return "", rollout.Because(fmt.Sprintf("ECS does not register %s with image %s: %v", images.Family, image, err), "mend what it names, and release again"), nil
	case err != nil:
		return "", nil, fmt.Errorf("registering %s with image %s: %w", images.Family, image, err)
	}
	return name(out.TaskDefinition), nil, nil
}

// Runs says why a revision cannot run; nil when it can. images is where the definition names images, for the remedy.
func Runs(ctx context.Context, api API, revision, images string) (*rollout.Rejection, error) {
	if strings.Contains(revision, "@") {
		return rollout.Because(fmt.Sprintf("%s is an image, and the definition does not say that images become revisions", revision), "name "+images+", or release a task definition, family:revision"), nil
	}
	out, err := api.DescribeTaskDefinition(ctx, &ecs.DescribeTaskDefinitionInput{TaskDefinition: &revision})
	var missing *types.ClientException
	switch {
	case errors.As(err, &missing), err == nil && out.TaskDefinition.Status != types.TaskDefinitionStatusActive:
		return rollout.Because(fmt.Sprintf("there is no active task definition %s", revision), "register it (aws ecs register-task-definition), and release it as family:revision"), nil
	case err != nil:
		return nil, fmt.Errorf("reading task definition %s: %w", revision, err)
	}
	return nil, nil
}

// read reads a task definition with its tags; a family alone is its newest.
func read(ctx context.Context, api API, name string) (*ecs.DescribeTaskDefinitionOutput, error) {
	out, err := api.DescribeTaskDefinition(ctx, &ecs.DescribeTaskDefinitionInput{TaskDefinition: &name, Include: []types.TaskDefinitionField{types.TaskDefinitionFieldTags}})
	if err != nil {
		return nil, fmt.Errorf("reading task definition %s: %w", name, err)
	}
	return out, nil
}

// with is what registers a task definition with another image. It refuses an image of another repository than the one that the container has now:
// whoever may ask for a release could let anything run with the service's roles.
func with(image string, images kind.TaskImages, base *ecs.DescribeTaskDefinitionOutput) (*ecs.RegisterTaskDefinitionInput, *rollout.Rejection) {
	d := base.TaskDefinition
	if aws.ToString(d.Family) != images.Family {
		return nil, rollout.Because(fmt.Sprintf("stable runs %s, which is not of family %s", name(d), images.Family), "write images.family: "+aws.ToString(d.Family))
	}
	for _, role := range []*string{d.TaskRoleArn, d.ExecutionRoleArn} {
		if role != nil && !slices.ContainsFunc(images.Roles, func(named string) bool { return named == *role || strings.HasSuffix(named, "role/"+*role) }) {
			return nil, rollout.Because(fmt.Sprintf("%s names role %s, which images.roles does not", name(d), *role), "add it there and deploy: only then may Sluice pass it to tasks")
		}
	}
	in := again(base)
	in.ContainerDefinitions = slices.Clone(in.ContainerDefinitions)
	i := slices.IndexFunc(in.ContainerDefinitions, func(c types.ContainerDefinition) bool { return aws.ToString(c.Name) == images.Container })
	if len(in.ContainerDefinitions) == 1 && images.Container == "" {
		i = 0
	}
	if i < 0 {
		return nil, rollout.Because(fmt.Sprintf("%s has %d containers, and none is called %q", name(d), len(in.ContainerDefinitions), images.Container), "write the name of the one that has the image as images.container")
	}
	has := aws.ToString(in.ContainerDefinitions[i].Image)
	repository := repositoryOf(has)
	digest, ours := images.Named(image)
	asked, _, _ := strings.Cut(image, "@")
	if !ours || repository != images.Repository && !strings.HasSuffix(repository, "/"+images.Repository) || asked != images.Repository && asked != repository {
		return nil, rollout.Because(fmt.Sprintf("%s is no image of the repository that container %s has its image from, %s", image, aws.ToString(in.ContainerDefinitions[i].Name), repository),
			"release an image of that repository; a change of it is a task definition that you register, and release as family:revision")
	}
	in.ContainerDefinitions[i].Image = aws.String(repository + "@" + digest)
	return in, nil
}

// repositoryOf is an image without tag and digest: "123456789012.dkr.ecr.eu-central-1.amazonaws.com/checkout".
func repositoryOf(image string) string {
	repository, _, _ := strings.Cut(image, "@")
	if i := strings.LastIndex(repository, ":"); i > strings.LastIndex(repository, "/") {
		return repository[:i]
	}
	return repository
}

// again is what registers the same task definition once more: all that the call takes
// (https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RegisterTaskDefinition.html).
func again(there *ecs.DescribeTaskDefinitionOutput) *ecs.RegisterTaskDefinitionInput {
	d := there.TaskDefinition
	return &ecs.RegisterTaskDefinitionInput{
		Family: d.Family, ContainerDefinitions: d.ContainerDefinitions, Cpu: d.Cpu, Memory: d.Memory, NetworkMode: d.NetworkMode, TaskRoleArn: d.TaskRoleArn, ExecutionRoleArn: d.ExecutionRoleArn,
		RequiresCompatibilities: d.RequiresCompatibilities, RuntimePlatform: d.RuntimePlatform, Volumes: d.Volumes, PlacementConstraints: d.PlacementConstraints, EphemeralStorage: d.EphemeralStorage,
		ProxyConfiguration: d.ProxyConfiguration, IpcMode: d.IpcMode, PidMode: d.PidMode, InferenceAccelerators: d.InferenceAccelerators, EnableFaultInjection: d.EnableFaultInjection, Tags: own(there.Tags),
	}
}

// own are the tags that people may give: those that CloudFormation adds cannot be given again
// (https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Tag.html).
func own(tags []types.Tag) []types.Tag {
	return slices.DeleteFunc(slices.Clone(tags), func(t types.Tag) bool { return strings.HasPrefix(strings.ToLower(aws.ToString(t.Key)), "aws:") })
}

// same compares what two calls would register.
func same(a, b *ecs.RegisterTaskDefinitionInput) bool {
	one, errOne := json.Marshal(a)
	other, errOther := json.Marshal(b)
	return errOne == nil && errOther == nil && string(one) == string(other)
}

func name(d *types.TaskDefinition) string {
	return fmt.Sprintf("%s:%d", aws.ToString(d.Family), d.Revision)
}
