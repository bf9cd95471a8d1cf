package autoscaling_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	awsscaling "github.com/aws/aws-sdk-go-v2/service/autoscaling"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling/types"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	elbtypes "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
	"github.com/aws/smithy-go"

	"sluice/test/sandbox/autoscaling"
	"sluice/test/sandbox/elbv2"
	"sluice/test/sandbox/network"
	"sluice/test/sandbox/program"
	"sluice/test/sandbox/wire"
)

var home = wire.Home{Region: "us-east-1", Account: "123456789012"}

// A desk is a launch template with two versions, which answer with their number, and a load balancer that gives everything to one target group.
type desk struct {
	*awsscaling.Client
	t           *testing.T
	service     *autoscaling.Service
	balancing   *elbv2.Service
	network     *network.Network
	template    string
	targetGroup string
	url         string

	mu   sync.Mutex
	told []string
}

func inBubble(t *testing.T, test func(t *testing.T, d *desk)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		ctx, end := context.WithCancel(t.Context())
		defer end()
		test(t, newDesk(ctx, t))
	})
}

// newRealDesk is one outside of virtual time, in which instances launch at once.
func newRealDesk(t *testing.T) *desk {
	t.Helper()
	d := newDesk(t.Context(), t)
	d.service.SetPace(autoscaling.Pace{Look: 10 * time.Millisecond, Rest: 10 * time.Millisecond})
	return d
}

func newDesk(ctx context.Context, t *testing.T) *desk {
	d := &desk{t: t, network: network.New()}
	d.balancing = elbv2.New(elbv2.Options{Home: home, Context: ctx, Network: d.network})
	d.service = autoscaling.New(autoscaling.Options{Home: home, Context: ctx, Balancing: d.balancing, Emit: d.hear})
	d.Client = awsscaling.NewFromConfig(aws.Config{
		Region: home.Region, HTTPClient: wire.Client(wire.NewServer(home, d.service.Wire())), RetryMaxAttempts: 1,
		Credentials: credentials.NewStaticCredentialsProvider("AKIDEXAMPLE", "secret", ""), BaseEndpoint: aws.String("http://127.0.0.1:4566"),
	})
	d.balance()
	d.template = d.service.PutTemplate("web")
	for _, version := range []string{"1", "2"} {
		d.service.PutVersion(d.template, answers(version))
	}
	return d
}

func answers(text string) program.Program {
	return program.Handler(func(map[string]string) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, text) })
	})
}

func (d *desk) balance() {
	ctx := d.t.Context()
	b, err := d.balancing.CreateLoadBalancer(ctx, &elb.CreateLoadBalancerInput{Name: new("shop")})
	d.must(err)
	g, err := d.balancing.CreateTargetGroup(ctx, &elb.CreateTargetGroupInput{Name: new("web"), Protocol: elbtypes.ProtocolEnumHttp, Port: new(int32(80)), HealthCheckIntervalSeconds: new(int32(10))})
	d.must(err)
	d.targetGroup = *g.TargetGroups[0].TargetGroupArn
	_, err = d.balancing.CreateListener(ctx, &elb.CreateListenerInput{
		LoadBalancerArn: b.LoadBalancers[0].LoadBalancerArn, Port: new(int32(80)), Protocol: elbtypes.ProtocolEnumHttp, DefaultActions: []elbtypes.Action{{Type: elbtypes.ActionTypeEnumForward, TargetGroupArn: &d.targetGroup}},
	})
	d.must(err)
	d.url = "http://" + *b.LoadBalancers[0].DNSName + "/"
}

func (d *desk) hear(_ context.Context, kind string, _ []string, detail any) {
	text, err := json.Marshal(detail)
	d.must(err)
	var fields struct{ StatusCode, Origin, EC2InstanceId string }
	d.must(json.Unmarshal(text, &fields))
	d.mu.Lock()
	defer d.mu.Unlock()
	if id := fields.EC2InstanceId; id != "" {
		kind += " " + id[:2]
	}
	d.told = append(d.told, kind+" "+fields.StatusCode)
}

func (d *desk) heard() string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return strings.Join(d.told, ", ")
}

// create makes a group of up to four instances of version 1.
func (d *desk) create(want int, change ...func(*awsscaling.CreateAutoScalingGroupInput)) error {
	in := &awsscaling.CreateAutoScalingGroupInput{
		AutoScalingGroupName: new("web"), MinSize: new(int32(0)), MaxSize: new(int32(4)), DesiredCapacity: new(int32(want)), AvailabilityZones: []string{"us-east-1a"},
		LaunchTemplate: d.version("1"), TargetGroupARNs: []string{d.targetGroup}, HealthCheckType: new("ELB"),
	}
	for _, c := range change {
		c(in)
	}
	_, err := d.CreateAutoScalingGroup(d.t.Context(), in)
	return err
}

func (d *desk) version(number string) *types.LaunchTemplateSpecification {
	return &types.LaunchTemplateSpecification{LaunchTemplateId: &d.template, Version: &number}
}

func (d *desk) update(change func(*awsscaling.UpdateAutoScalingGroupInput)) error {
	in := &awsscaling.UpdateAutoScalingGroupInput{AutoScalingGroupName: new("web")}
	change(in)
	_, err := d.UpdateAutoScalingGroup(d.t.Context(), in)
	return err
}

func (d *desk) want(n int) error {
	_, err := d.SetDesiredCapacity(d.t.Context(), &awsscaling.SetDesiredCapacityInput{AutoScalingGroupName: new("web"), DesiredCapacity: new(int32(n))})
	return err
}

func (d *desk) described() types.AutoScalingGroup {
	d.t.Helper()
	out, err := d.DescribeAutoScalingGroups(d.t.Context(), &awsscaling.DescribeAutoScalingGroupsInput{AutoScalingGroupNames: []string{"web"}})
	d.must(err)
	if len(out.AutoScalingGroups) != 1 {
		d.t.Fatal("no group")
	}
	return out.AutoScalingGroups[0]
}

// instances are "InService 1, Pending 2": states with the version of the launch template.
func (d *desk) instances() string {
	d.t.Helper()
	var all []string
	for _, i := range d.described().Instances {
		all = append(all, string(i.LifecycleState)+" "+*i.LaunchTemplate.Version)
	}
	return strings.Join(all, ", ")
}

func (d *desk) activities() []types.Activity {
	d.t.Helper()
	out, err := d.DescribeScalingActivities(d.t.Context(), &awsscaling.DescribeScalingActivitiesInput{AutoScalingGroupName: new("web")})
	d.must(err)
	return out.Activities
}

func (d *desk) gets() string {
	d.t.Helper()
	response, err := (&http.Client{Transport: d.network}).Get(d.url)
	d.must(err)
	defer response.Body.Close()
	text, _ := io.ReadAll(response.Body)
	if response.StatusCode != http.StatusOK {
		return response.Status
	}
	return string(text)
}

func (d *desk) must(err error) {
	d.t.Helper()
	if err != nil {
		d.t.Fatal(err)
	}
}

func (d *desk) refused(what string, err error, code, words string) {
	d.t.Helper()
	var api smithy.APIError
	if !errors.As(err, &api) || api.ErrorCode() != code || !strings.Contains(api.ErrorMessage(), words) {
		d.t.Errorf("%s: %v, want %s: %s", what, err, code, words)
	}
}

func wait(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}
