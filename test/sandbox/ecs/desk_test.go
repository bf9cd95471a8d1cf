package ecs_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	awsecs "github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	elbtypes "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
	"github.com/aws/smithy-go"

	"sluice/test/sandbox/ecs"
	"sluice/test/sandbox/elbv2"
	"sluice/test/sandbox/network"
	"sluice/test/sandbox/program"
	"sluice/test/sandbox/wire"
)

var home = wire.Home{Region: "us-east-1", Account: "123456789012"}

// A desk is a cluster behind a load balancer that gives everything to the target group "blue". Images web:1 and web:2 answer with their names.
type desk struct {
	*awsecs.Client
	t         *testing.T
	service   *ecs.Service
	balancing *elbv2.Service
	network   *network.Network
	rule      string
	blue      string
	url       string

	mu   sync.Mutex
	told []event
	red  []string
	seen []metric

	answers []string         // of the function of hooks, one after the other; the last one again and again
	asked   []map[string]any // what it was told
}

type metric struct {
	name       string
	dimensions map[string]string
}

type event struct {
	kind, resource string
	detail         map[string]any
}

func inBubble(t *testing.T, test func(t *testing.T, d *desk)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		ctx, end := context.WithCancel(t.Context())
		defer end()
		d := &desk{t: t, network: network.New()}
		d.balancing = elbv2.New(elbv2.Options{Home: home, Context: ctx, Network: d.network})
		d.service = ecs.New(ecs.Options{Home: home, Context: ctx, Balancing: d.balancing, Emit: d.hear, Red: d.isRed, Record: d.record, Call: d.call})
		d.Client = awsecs.NewFromConfig(aws.Config{
			Region: home.Region, HTTPClient: wire.Client(wire.NewServer(home, d.service.Wire())), RetryMaxAttempts: 1,
			Credentials: credentials.NewStaticCredentialsProvider("AKIDEXAMPLE", "secret", ""), BaseEndpoint: aws.String("http://127.0.0.1:4566"),
		})
		d.balance()
		for _, image := range []string{"web:1", "web:2"} {
			d.service.PutImage(image, program.Handler(func(env map[string]string) http.Handler {
				return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					if strings.HasPrefix(env["SICK"], "y") {
						w.WriteHeader(http.StatusInternalServerError)
					}
					_, _ = io.WriteString(w, image)
				})
			}))
		}
		_, err := d.CreateCluster(t.Context(), &awsecs.CreateClusterInput{ClusterName: new("shop")})
		d.must(err)
		test(t, d)
	})
}

func (d *desk) balance() {
	ctx := d.t.Context()
	b, err := d.balancing.CreateLoadBalancer(ctx, &elb.CreateLoadBalancerInput{Name: new("shop")})
	d.must(err)
	d.blue = d.group("blue")
	l, err := d.balancing.CreateListener(ctx, &elb.CreateListenerInput{
		LoadBalancerArn: b.LoadBalancers[0].LoadBalancerArn, Port: new(int32(80)), Protocol: elbtypes.ProtocolEnumHttp, DefaultActions: []elbtypes.Action{{Type: elbtypes.ActionTypeEnumForward, TargetGroupArn: &d.blue}},
	})
	d.must(err)
	d.rule, d.url = *l.Listeners[0].ListenerArn, "http://"+*b.LoadBalancers[0].DNSName+"/"
}

func (d *desk) group(name string) string {
	out, err := d.balancing.CreateTargetGroup(d.t.Context(), &elb.CreateTargetGroupInput{
		Name: &name, Protocol: elbtypes.ProtocolEnumHttp, Port: new(int32(80)), TargetType: elbtypes.TargetTypeEnumIp, HealthCheckIntervalSeconds: new(int32(10)),
	})
	d.must(err)
	arn := out.TargetGroups[0].TargetGroupArn
	_, err = d.balancing.ModifyTargetGroupAttributes(d.t.Context(), &elb.ModifyTargetGroupAttributesInput{
		TargetGroupArn: arn, Attributes: []elbtypes.TargetGroupAttribute{{Key: new("deregistration_delay.timeout_seconds"), Value: new("60")}},
	})
	d.must(err)
	return *arn
}

func (d *desk) hear(_ context.Context, kind string, resources []string, detail any) {
	text, err := json.Marshal(detail)
	d.must(err)
	e := event{kind: kind}
	if len(resources) > 0 {
		e.resource = resources[0]
	}
	d.must(json.Unmarshal(text, &e.detail))
	d.mu.Lock()
	defer d.mu.Unlock()
	d.told = append(d.told, e)
}

func (d *desk) turnRed(alarm string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.red = append(d.red, alarm)
}

func (d *desk) isRed(names []string) (red []string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, name := range names {
		if slices.Contains(d.red, name) {
			red = append(red, name)
		}
	}
	return red
}

func (d *desk) record(_, name string, dimensions map[string]string, _ string, _ float64, _ time.Time) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.seen = append(d.seen, metric{name, dimensions})
}

// counted is how many values of a metric were recorded under exactly these dimensions.
func (d *desk) counted(name string, dimensions map[string]string) (n int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, m := range d.seen {
		if m.name == name && maps.Equal(m.dimensions, dimensions) {
			n++
		}
	}
	return n
}

// events are the values of a field of all events of a type, each once in a row.
func (d *desk) events(kind, field string) string {
	d.mu.Lock()
	defer d.mu.Unlock()
	var all []string
	for _, e := range d.told {
		if e.kind == kind {
			text, _ := e.detail[field].(string)
			all = append(all, text)
		}
	}
	return strings.Join(all, ", ")
}

// define registers a task definition with one container, and tells its ARN.
func (d *desk) define(image string, env ...types.KeyValuePair) string {
	d.t.Helper()
	out, err := d.RegisterTaskDefinition(d.t.Context(), &awsecs.RegisterTaskDefinitionInput{
		Family: new("web"), NetworkMode: types.NetworkModeAwsvpc, Memory: new("512"),
		ContainerDefinitions: []types.ContainerDefinition{{Name: new("web"), Image: &image, Environment: env, PortMappings: []types.PortMapping{{ContainerPort: new(int32(8080))}}}},
	})
	d.must(err)
	return *out.TaskDefinition.TaskDefinitionArn
}

func (d *desk) create(definition string, count int, change ...func(*awsecs.CreateServiceInput)) error {
	in := &awsecs.CreateServiceInput{
		Cluster: new("shop"), ServiceName: new("web"), TaskDefinition: &definition, DesiredCount: new(int32(count)), LaunchType: types.LaunchTypeFargate,
		LoadBalancers: []types.LoadBalancer{{TargetGroupArn: &d.blue, ContainerName: new("web"), ContainerPort: new(int32(8080))}},
	}
	for _, c := range change {
		c(in)
	}
	_, err := d.CreateService(d.t.Context(), in)
	return err
}

func (d *desk) update(change func(*awsecs.UpdateServiceInput)) error {
	in := &awsecs.UpdateServiceInput{Cluster: new("shop"), Service: new("web")}
	change(in)
	_, err := d.UpdateService(d.t.Context(), in)
	return err
}

func (d *desk) described() types.Service {
	d.t.Helper()
	out, err := d.DescribeServices(d.t.Context(), &awsecs.DescribeServicesInput{Cluster: new("shop"), Services: []string{"web"}})
	d.must(err)
	if len(out.Services) != 1 {
		d.t.Fatalf("no service: %v", out.Failures)
	}
	return out.Services[0]
}

// counts is a service as "running/desired" with the state of its primary deployment and the number of all.
func (d *desk) counts() (runs, wanted int32, state types.DeploymentRolloutState, deployments int) {
	s := d.described()
	return s.RunningCount, s.DesiredCount, s.Deployments[0].RolloutState, len(s.Deployments)
}

// tasks are the tasks that are to run, or those that are to stop.
func (d *desk) tasks(status types.DesiredStatus) []types.Task {
	d.t.Helper()
	list, err := d.ListTasks(d.t.Context(), &awsecs.ListTasksInput{Cluster: new("shop"), ServiceName: new("web"), DesiredStatus: status})
	d.must(err)
	if len(list.TaskArns) == 0 {
		return nil
	}
	out, err := d.DescribeTasks(d.t.Context(), &awsecs.DescribeTasksInput{Cluster: new("shop"), Tasks: list.TaskArns})
	d.must(err)
	return out.Tasks
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

// messages are what the service says, oldest first, with what is in parentheses left out.
func (d *desk) messages() string {
	d.t.Helper()
	var all []string
	for _, e := range d.described().Events {
		text := *e.Message
		for {
			from, to := strings.IndexByte(text, '('), strings.IndexByte(text, ')')
			if from < 0 || to < from {
				break
			}
			text = text[:from] + text[to+1:]
		}
		all = append([]string{strings.Join(strings.Fields(text), " ")}, all...)
	}
	return strings.Join(all, "\n")
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
