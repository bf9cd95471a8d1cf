package parts_test

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	cloudwatchtypes "github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
	awsecs "github.com/aws/aws-sdk-go-v2/service/ecs"
	ecstypes "github.com/aws/aws-sdk-go-v2/service/ecs/types"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	elbtypes "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"

	"sluice/test/sandbox"
	"sluice/test/sandbox/ecs"
	"sluice/test/sandbox/elbv2"
	"sluice/test/sandbox/eventbridge"
	"sluice/test/sandbox/parts"
	"sluice/test/sandbox/program"
)

// Services that are made apart find each other in a sandbox: a task is a target, what passes is in CloudWatch, and what happens is on the bus.
func TestTasksStandBehindLoadBalancers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		steady := 0
		box, err := sandbox.Boot(t.Context(), sandbox.Options{Parts: parts.All(), Heard: func(_ string, e eventbridge.Event, _ int) {
			if e.Source == "aws.ecs" && e.DetailType == "ECS Service Action" {
				steady++
			}
		}})
		must(t, err)
		defer box.Close()
		url, dimensions := serve(t, box)
		for range 7 {
			response, err := (&http.Client{Transport: sandbox.PartOf[elbv2.Service](box).Network()}).Get(url)
			must(t, err)
			if text, _ := io.ReadAll(response.Body); string(text) != "hello" {
				t.Fatalf("got %d %s", response.StatusCode, text)
			}
		}
		synctest.Wait()
		if steady != 1 {
			t.Errorf("%d events say that the service is steady", steady)
		}
		time.Sleep(time.Minute)
		out, err := cloudwatch.NewFromConfig(box.Config("")).GetMetricStatistics(t.Context(), &cloudwatch.GetMetricStatisticsInput{
			Namespace: aws.String("AWS/ApplicationELB"), MetricName: aws.String("HTTPCode_Target_2XX_Count"), Dimensions: dimensions, Period: aws.Int32(60),
			StartTime: aws.Time(time.Now().Add(-time.Hour)), EndTime: aws.Time(time.Now().Add(time.Minute)), Statistics: []cloudwatchtypes.Statistic{cloudwatchtypes.StatisticSum},
		})
		must(t, err)
		if len(out.Datapoints) != 1 || *out.Datapoints[0].Sum != 7 {
			t.Errorf("data points %+v", out.Datapoints)
		}
	})
}

// serve has one task answer behind a load balancer, and tells its address and its metrics' dimensions.
func serve(t *testing.T, box *sandbox.Sandbox) (url string, dimensions []cloudwatchtypes.Dimension) {
	t.Helper()
	balancing := elb.NewFromConfig(box.Config(""))
	b, err := balancing.CreateLoadBalancer(t.Context(), &elb.CreateLoadBalancerInput{Name: aws.String("shop")})
	must(t, err)
	g, err := balancing.CreateTargetGroup(t.Context(), &elb.CreateTargetGroupInput{Name: aws.String("blue"), Protocol: elbtypes.ProtocolEnumHttp, Port: aws.Int32(80), TargetType: elbtypes.TargetTypeEnumIp})
	must(t, err)
	group := g.TargetGroups[0].TargetGroupArn
	_, err = balancing.CreateListener(t.Context(), &elb.CreateListenerInput{
		LoadBalancerArn: b.LoadBalancers[0].LoadBalancerArn, Port: aws.Int32(80), Protocol: elbtypes.ProtocolEnumHttp, DefaultActions: []elbtypes.Action{{Type: elbtypes.ActionTypeEnumForward, TargetGroupArn: group}},
	})
	must(t, err)
	tasks := awsecs.NewFromConfig(box.Config(""))
	sandbox.PartOf[ecs.Service](box).PutImage("web", program.Handler(func(map[string]string) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "hello") })
	}))
	_, err = tasks.CreateCluster(t.Context(), &awsecs.CreateClusterInput{})
	must(t, err)
	_, err = tasks.RegisterTaskDefinition(t.Context(), &awsecs.RegisterTaskDefinitionInput{
		Family: aws.String("web"), NetworkMode: ecstypes.NetworkModeAwsvpc, Memory: aws.String("512"),
		ContainerDefinitions: []ecstypes.ContainerDefinition{{Name: aws.String("web"), Image: aws.String("web"), PortMappings: []ecstypes.PortMapping{{ContainerPort: aws.Int32(8080)}}}},
	})
	must(t, err)
	_, err = tasks.CreateService(t.Context(), &awsecs.CreateServiceInput{
		ServiceName: aws.String("web"), TaskDefinition: aws.String("web"), DesiredCount: aws.Int32(1), LaunchType: ecstypes.LaunchTypeFargate,
		LoadBalancers: []ecstypes.LoadBalancer{{TargetGroupArn: group, ContainerName: aws.String("web"), ContainerPort: aws.Int32(8080)}},
	})
	must(t, err)
	time.Sleep(2 * time.Minute)
	balancer := *b.LoadBalancers[0].LoadBalancerArn
	return "http://" + *b.LoadBalancers[0].DNSName, []cloudwatchtypes.Dimension{
		{Name: aws.String("LoadBalancer"), Value: aws.String(after(balancer, ":loadbalancer/"))}, {Name: aws.String("TargetGroup"), Value: aws.String("targetgroup/" + after(*group, ":targetgroup/"))},
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func after(text, separator string) string {
	_, rest, _ := strings.Cut(text, separator)
	return rest
}
