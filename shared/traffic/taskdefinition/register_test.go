package taskdefinition

import (
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"sluice/shared/kind"
)

const (
	registry = "123456789012.dkr.ecr.eu-central-1.amazonaws.com/checkout"
	someRole = "arn:aws:iam::123456789012:role/checkout-task"
)

var someDigest = "sha256:" + strings.Repeat("0af1", 16)

func TestOnlyTheImageOfOneContainerChanges(t *testing.T) {
	for name, test := range map[string]struct {
		image  string
		images kind.TaskImages
		change func(d *types.TaskDefinition)
		want   string // image of the second container, or
		why    string
	}{
		"by repository":            {image: "checkout@" + someDigest, want: registry + "@" + someDigest},
		"by registry":              {image: registry + "@" + someDigest, want: registry + "@" + someDigest},
		"of a port and no tag":     {image: "checkout@" + someDigest, change: func(d *types.TaskDefinition) { d.ContainerDefinitions[1].Image = aws.String("localhost:5000/checkout") }, want: "localhost:5000/checkout@" + someDigest},
		"of another registry":      {image: "evil.example.com/checkout@" + someDigest, why: "is no image of the repository"},
		"of another repository":    {image: "proxy@" + someDigest, why: "is no image of the repository"},
		"stable's is another's":    {image: "checkout@" + someDigest, change: func(d *types.TaskDefinition) { d.ContainerDefinitions[1].Image = aws.String("acme/cart:1") }, why: "is no image of the repository"},
		"no container is named":    {image: "checkout@" + someDigest, images: kind.TaskImages{Repository: "checkout", Family: "checkout", Roles: []string{someRole}}, why: "has 2 containers"},
		"a role that is not named": {image: "checkout@" + someDigest, change: func(d *types.TaskDefinition) { d.ExecutionRoleArn = aws.String("arn:aws:iam::123456789012:role/admin") }, why: "names role arn:aws:iam::123456789012:role/admin"},
		"another family":           {image: "checkout@" + someDigest, change: func(d *types.TaskDefinition) { d.Family = aws.String("cart") }, why: "is not of family checkout"},
	} {
		t.Run(name, func(t *testing.T) {
			d := types.TaskDefinition{Family: aws.String("checkout"), Revision: 7, TaskRoleArn: aws.String(someRole), Cpu: aws.String("256"), ContainerDefinitions: []types.ContainerDefinition{
				{Name: aws.String("proxy"), Image: aws.String("acme/proxy:1")}, {Name: aws.String("web"), Image: aws.String(registry + ":v6")},
			}}
			if test.change != nil {
				test.change(&d)
			}
			if test.images.Family == "" {
				test.images = kind.TaskImages{Repository: "checkout", Family: "checkout", Container: "web", Roles: []string{someRole}}
			}
			base := &ecs.DescribeTaskDefinitionOutput{TaskDefinition: &d, Tags: []types.Tag{{Key: aws.String("aws:cloudformation:stack-name")}, {Key: aws.String("team")}}}
			in, why := with(test.image, test.images, base)
			switch {
			case test.why != "":
				if why == nil || !strings.Contains(why.Reason, test.why) {
					t.Errorf("the rejection is %+v, want one that says %q", why, test.why)
				}
			case why != nil:
				t.Errorf("rejected: %+v", why)
			case *in.ContainerDefinitions[1].Image != test.want || *in.ContainerDefinitions[0].Image != "acme/proxy:1" || *in.Cpu != "256" || len(in.Tags) != 1 || *in.Tags[0].Key != "team":
				t.Errorf("it registers %+v with tags %+v", in.ContainerDefinitions, in.Tags)
			case same(in, again(base)):
				t.Error("it is taken for what is there already")
			}
		})
	}
}
