package shop

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsscaling "github.com/aws/aws-sdk-go-v2/service/autoscaling"
	scalingtypes "github.com/aws/aws-sdk-go-v2/service/autoscaling/types"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"

	"sluice/shared/kind"
	"sluice/test/sandbox/autoscaling"
	"sluice/test/sandbox/elbv2"
	"sluice/test/sandbox/program"
)

// Role is that of the shop's instances.
const Role = "arn:aws:iam::123456789012:role/checkout-instance"

// instances are what stands behind a shop that two Auto Scaling groups fill.
type instances struct {
	scaling *autoscaling.Service
	groups  []kind.AutoScalingPool
	pushed  int // versions of the launch template
}

// OfInstances makes a shop whose target groups are filled by the Auto Scaling groups <service>-blue and <service>-green, of up to four instances: blue
// has two of the first version of their launch template, green none.
func OfInstances(ctx context.Context, s *elbv2.Service, a *autoscaling.Service, service string) (*Shop, error) {
	shop, err := openFor(ctx, s, service, types.TargetTypeEnumInstance)
	if err != nil {
		return nil, err
	}
	if err := shop.forward(ctx, types.Action{Type: types.ActionTypeEnumForward, ForwardConfig: &types.ForwardActionConfig{
		TargetGroups: []types.TargetGroupTuple{{TargetGroupArn: &shop.Target.Blue.TargetGroup, Weight: aws.Int32(100)}, {TargetGroupArn: &shop.Target.Green.TargetGroup, Weight: aws.Int32(0)}},
	}}); err != nil {
		return nil, err
	}
	template := a.PutTemplate(service)
	a.SetProfile(template, Role)
	shop.instances = &instances{scaling: a}
	shop.Target.Launch = &kind.ALBLaunch{Template: template, Roles: []string{Role}}
	shop.PushVersion()
	for i, p := range []*kind.Pool{&shop.Target.Blue, &shop.Target.Green} {
		p.AutoScaling = &kind.AutoScalingPool{Group: service + []string{"-blue", "-green"}[i]}
		shop.instances.groups = append(shop.instances.groups, *p.AutoScaling)
		size := int32(each * (1 - i))
		_, err := a.CreateAutoScalingGroup(ctx, &awsscaling.CreateAutoScalingGroupInput{
			AutoScalingGroupName: &p.AutoScaling.Group, MinSize: aws.Int32(min(1, size)), MaxSize: aws.Int32(4), DesiredCapacity: &size, AvailabilityZones: []string{"us-east-1a"},
			LaunchTemplate: &scalingtypes.LaunchTemplateSpecification{LaunchTemplateId: &template, Version: aws.String("1")}, TargetGroupARNs: []string{p.TargetGroup},
		})
		if err != nil {
			return nil, fmt.Errorf("making group %s: %w", p.AutoScaling.Group, err)
		}
	}
	return shop, nil
}

// PushVersion makes the next version of the launch template. Its program says which one it is.
func (s *Shop) PushVersion() (revision string) {
	s.instances.pushed++
	revision = fmt.Sprintf("%s:%d", s.Target.Launch.Template, s.instances.pushed)
	s.instances.scaling.PutVersion(s.Target.Launch.Template, program.Handler(func(map[string]string) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { s.say(w, r, revision) })
	}))
	return revision
}

// PushVersionWithoutImage makes the next version of the launch template, with an image that does not exist.
func (s *Shop) PushVersionWithoutImage() (revision string) {
	s.instances.pushed++
	s.instances.scaling.PutVersion(s.Target.Launch.Template, nil)
	return fmt.Sprintf("%s:%d", s.Target.Launch.Template, s.instances.pushed)
}

// Versions is how many versions of the launch template there are.
func (s *Shop) Versions() int { return s.instances.pushed }

// Sizes is how many instances a group is to have, and how many at least.
func (s *Shop) Sizes(ctx context.Context, group string) (desired, least int, err error) {
	out, err := s.instances.scaling.DescribeAutoScalingGroups(ctx, &awsscaling.DescribeAutoScalingGroupsInput{AutoScalingGroupNames: []string{group}})
	if err != nil {
		return 0, 0, err
	}
	return int(*out.AutoScalingGroups[0].DesiredCapacity), int(*out.AutoScalingGroups[0].MinSize), nil
}

// holds says of which versions the groups are.
func (i *instances) holds(ctx context.Context) (blue, green string, err error) {
	var all []string
	for _, g := range i.groups {
		out, err := i.scaling.DescribeAutoScalingGroups(ctx, &awsscaling.DescribeAutoScalingGroupsInput{AutoScalingGroupNames: []string{g.Group}})
		if err != nil {
			return "", "", err
		}
		t := out.AutoScalingGroups[0].LaunchTemplate
		all = append(all, *t.LaunchTemplateId+":"+*t.Version)
	}
	return all[0], all[1], nil
}

// Launch has somebody give a group another version, and so many instances.
func (s *Shop) Launch(ctx context.Context, group, revision string, wanted int) error {
	id, version, _ := strings.Cut(revision, ":")
	_, err := s.instances.scaling.UpdateAutoScalingGroup(ctx, &awsscaling.UpdateAutoScalingGroupInput{
		AutoScalingGroupName: &group, LaunchTemplate: &scalingtypes.LaunchTemplateSpecification{LaunchTemplateId: &id, Version: &version}, DesiredCapacity: aws.Int32(int32(wanted)),
	})
	return err
}
