package kind

import (
	"fmt"
	"regexp"
	"strings"
)

// TaskImages are images that become revisions: each is registered as a task definition, which is stable's with that image.
type TaskImages struct {
	Repository string   `json:"repository"`          // of ECR, in the target's place: "checkout"
	Family     string   `json:"family"`              // of the task definitions
	Container  string   `json:"container,omitempty"` // the one that has the image; may be left out when there is only one
	Roles      []string `json:"roles,omitempty"`     // ARNs of the roles that the task definitions name: no other is passed to tasks
}

// digest is how an image is named for good (https://docs.aws.amazon.com/AmazonECR/latest/userguide/docker-pull-ecr-image.html).
var digest = regexp.MustCompile(`^([A-Za-z0-9][A-Za-z0-9._:/-]*)@(sha256:[0-9a-f]{64})$`)

// Named says whether an image is one of the repository, whose name may follow that of a registry.
func (i TaskImages) Named(image string) (digested string, is bool) {
	m := digest.FindStringSubmatch(image)
	if m == nil || m[1] != i.Repository && !strings.HasSuffix(m[1], "/"+i.Repository) {
		return "", false
	}
	return m[2], true
}

// source is where the images come from; empty without images.
func (i *TaskImages) source() string {
	if i == nil {
		return ""
	}
	return "ecr/" + i.Repository
}

// passes is what registering one gives to the tasks.
func (i *TaskImages) passes() []Pass {
	if i == nil {
		return nil
	}
	return []Pass{{"PassRoles", []string{"build"}, "ecs-tasks.amazonaws.com", i.Roles}}
}

const (
	repositoryName = `^[a-z0-9]+([._/-]+[a-z0-9]+)*$` // https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_CreateRepository.html
	roleARN        = `^arn:aws[a-z-]*:iam::\d{12}:role/[A-Za-z0-9+=,.@_/-]+$`
)

// problems is what is wrong with the images.
func (i *TaskImages) problems() (found []Problem) {
	if i == nil {
		return nil
	}
	wrong := func(when bool, field, what, remedy string) {
		if when {
			found = append(found, Problem{"images" + field, what, remedy})
		}
	}
	wrong(len(i.Repository) < 2 || len(i.Repository) > 256 || !named(repositoryName, i.Repository), ".repository", fmt.Sprintf("%.60q is not the name of a repository of ECR", i.Repository), "write the name alone, without registry, tag and digest")
	wrong(!named(ecsName, i.Family), ".family", fmt.Sprintf("%.60q is not the family of task definitions", i.Family), "write the name alone, without ARN and revision")
	wrong(i.Container != "" && !named(ecsName, i.Container), ".container", fmt.Sprintf("%.60q is not the name of a container", i.Container), "write its name in the task definition")
	for n, role := range i.Roles {
		wrong(!named(roleARN, role), fmt.Sprintf(".roles[%d]", n), fmt.Sprintf("%.100q is not the ARN of a role", role), "write the ARN of the task role or the execution role")
	}
	return found
}

// registers is what it takes to register one. A copy of tags needs a permission of its own
// (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/supported-iam-actions-tagging.html).
func (i TaskImages) registers() Need {
	return Need{"RegisterImages", []string{"ecs:RegisterTaskDefinition", "ecs:TagResource"}, "ecs", "task-definition/" + i.Family + ":*"}
}
