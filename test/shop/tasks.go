package shop

import (
	"context"
	"crypto/sha256"
	"fmt"
	"net/http"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsecs "github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
	elbtypes "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"

	"sluice/shared/kind"
	"sluice/test/sandbox/ecs"
	"sluice/test/sandbox/elbv2"
	"sluice/test/sandbox/program"
)

// cluster is where the shop's tasks are.
const cluster = "shop"

// tasks are what stands behind a shop that two services of ECS fill.
type tasks struct {
	ecs      *ecs.Service
	services []kind.ECSPool
	pushed   int // task definitions
}

// OfTasks makes a shop whose target groups are filled by the services <service>-blue and <service>-green of cluster shop: blue runs two tasks of the task
// definition <service>:1, green none.
func OfTasks(ctx context.Context, s *elbv2.Service, e *ecs.Service, service string) (*Shop, error) {
	shop, err := open(ctx, s, service)
	if err != nil {
		return nil, err
	}
	if err := shop.forward(ctx, elbtypes.Action{Type: elbtypes.ActionTypeEnumForward, ForwardConfig: &elbtypes.ForwardActionConfig{
		TargetGroups: []elbtypes.TargetGroupTuple{{TargetGroupArn: &shop.Target.Blue.TargetGroup, Weight: aws.Int32(100)}, {TargetGroupArn: &shop.Target.Green.TargetGroup, Weight: aws.Int32(0)}},
	}}); err != nil {
		return nil, err
	}
	if _, err := e.CreateCluster(ctx, &awsecs.CreateClusterInput{ClusterName: aws.String(cluster)}); err != nil {
		return nil, fmt.Errorf("making the cluster: %w", err)
	}
	shop.tasks = &tasks{ecs: e}
	first, err := shop.Push(ctx, service)
	if err != nil {
		return nil, err
	}
	for i, p := range []*kind.Pool{&shop.Target.Blue, &shop.Target.Green} {
		p.ECS = &kind.ECSPool{Cluster: cluster, Service: service + []string{"-blue", "-green"}[i]}
		shop.tasks.services = append(shop.tasks.services, *p.ECS)
		_, err := e.CreateService(ctx, &awsecs.CreateServiceInput{
			Cluster: aws.String(cluster), ServiceName: &p.ECS.Service, TaskDefinition: &first, DesiredCount: aws.Int32(int32(each * (1 - i))), LaunchType: types.LaunchTypeFargate,
			LoadBalancers: []types.LoadBalancer{{TargetGroupArn: &p.TargetGroup, ContainerName: aws.String("web"), ContainerPort: aws.Int32(8080)}},
		})
		if err != nil {
			return nil, fmt.Errorf("making service %s: %w", p.ECS.Service, err)
		}
	}
	return shop, nil
}

// Push registers the next task definition of a family: "checkout:2". Its program says which one it is. An image that nobody can pull is asked for by
// its name.
func (s *Shop) Push(ctx context.Context, family string) (revision string, err error) {
	s.tasks.pushed++
	revision = fmt.Sprintf("%s:%d", family, s.tasks.pushed)
	image := "acme/" + revision
	s.tasks.ecs.PutImage(image, program.Handler(func(map[string]string) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { s.say(w, r, revision) })
	}))
	return revision, s.define(ctx, family, image)
}

// Pushed is how many task definitions were registered.
func (s *Shop) Pushed() int { return s.tasks.pushed }

// PushImage pushes an image to the repository of the shop's family, and registers nothing. Its program says which one it is: by the name of the task
// definition that is registered next.
func (s *Shop) PushImage(repository string, n int) (digest string) {
	digest = fmt.Sprintf("sha256:%x", sha256.Sum256(fmt.Appendf(nil, "%s %d", repository, n)))
	s.tasks.ecs.PutImage(repository+"@"+digest, program.Handler(func(map[string]string) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { s.say(w, r, digest) })
	}))
	return digest
}

// Definition is the newest task definition of a family.
func (s *Shop) Definition(ctx context.Context, family string) (types.TaskDefinition, []types.Tag, error) {
	out, err := s.tasks.ecs.DescribeTaskDefinition(ctx, &awsecs.DescribeTaskDefinitionInput{TaskDefinition: &family, Include: []types.TaskDefinitionField{types.TaskDefinitionFieldTags}})
	if err != nil {
		return types.TaskDefinition{}, nil, err
	}
	return *out.TaskDefinition, out.Tags, nil
}

// PushWithoutImage registers the next task definition of a family, with an image that is in no repository.
func (s *Shop) PushWithoutImage(ctx context.Context, family string) (revision string, err error) {
	s.tasks.pushed++
	revision = fmt.Sprintf("%s:%d", family, s.tasks.pushed)
	return revision, s.define(ctx, family, "acme/"+revision)
}

// Deploy has somebody run a task definition in one of the services.
func (s *Shop) Deploy(ctx context.Context, service, revision string) error {
	_, err := s.tasks.ecs.UpdateService(ctx, &awsecs.UpdateServiceInput{Cluster: aws.String(cluster), Service: &service, TaskDefinition: &revision})
	return err
}

// Wants is how many tasks a service is to run.
func (s *Shop) Wants(ctx context.Context, service string) (int, error) {
	out, err := s.tasks.ecs.DescribeServices(ctx, &awsecs.DescribeServicesInput{Cluster: aws.String(cluster), Services: []string{service}})
	if err != nil {
		return 0, err
	}
	return int(out.Services[0].DesiredCount), nil
}

func (s *Shop) define(ctx context.Context, family, image string) error {
	_, err := s.tasks.ecs.RegisterTaskDefinition(ctx, &awsecs.RegisterTaskDefinitionInput{
		Family: &family, TaskRoleArn: aws.String("arn:aws:iam::123456789012:role/" + family + "-task"), Tags: []types.Tag{{Key: aws.String("team"), Value: aws.String("shop")}}, NetworkMode: types.NetworkModeAwsvpc,
		ContainerDefinitions: []types.ContainerDefinition{{Name: aws.String("web"), Image: &image, Memory: aws.Int32(128), PortMappings: []types.PortMapping{{Name: aws.String("http"), ContainerPort: aws.Int32(8080)}}}},
	})
	if err != nil {
		return fmt.Errorf("registering a task definition: %w", err)
	}
	return nil
}

// holds says which task definitions the services run.
func (t *tasks) holds(ctx context.Context) (blue, green string, err error) {
	var all []string
	for _, p := range t.services {
		out, err := t.ecs.DescribeServices(ctx, &awsecs.DescribeServicesInput{Cluster: &p.Cluster, Services: []string{p.Service}})
		if err != nil {
			return "", "", err
		}
		arn := aws.ToString(out.Services[0].TaskDefinition)
		all = append(all, arn[strings.LastIndex(arn, "/")+1:])
	}
	return all[0], all[1], nil
}
