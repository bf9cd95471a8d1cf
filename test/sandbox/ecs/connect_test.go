package ecs_test

import (
	"io"
	"net/http"
	"testing"
	"time"

	awsecs "github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

// Through Service Connect the proxies divide requests, and what they count names no revision.
func TestServiceConnectDividesRequests(t *testing.T) {
	inBubble(t, func(t *testing.T, d *desk) {
		define := func(image string) string {
			out, err := d.RegisterTaskDefinition(t.Context(), &awsecs.RegisterTaskDefinitionInput{
				Family: new("web"), NetworkMode: types.NetworkModeAwsvpc, Memory: new("512"),
				ContainerDefinitions: []types.ContainerDefinition{{Name: new("web"), Image: &image, PortMappings: []types.PortMapping{{Name: new("http"), ContainerPort: new(int32(8080))}}}},
			})
			d.must(err)
			return *out.TaskDefinition.TaskDefinitionArn
		}
		hooked := linear(20, 0, held(600, ""))
		d.must(d.create(define("web:1"), 2, func(in *awsecs.CreateServiceInput) {
			in.LoadBalancers, in.DeploymentConfiguration = nil, &hooked
			in.ServiceConnectConfiguration = &types.ServiceConnectConfiguration{Enabled: true, Namespace: new("shop"), Services: []types.ServiceConnectService{
				{PortName: new("http"), DiscoveryName: new("web"), ClientAliases: []types.ServiceConnectClientAlias{{DnsName: new("web.shop"), Port: new(int32(80))}}},
			}}
		}))
		wait(2 * time.Minute)
		second := define("web:2")
		d.must(d.update(func(in *awsecs.UpdateServiceInput) { in.TaskDefinition = &second }))
		wait(2 * time.Minute)
		d.must(d.answer(types.DeploymentLifecycleHookActionContinue))
		wait(time.Minute)
		got := map[string]int{}
		for range 100 {
			answer, err := (&http.Client{Transport: d.network}).Get("http://web.shop/")
			d.must(err)
			text, _ := io.ReadAll(answer.Body)
			answer.Body.Close()
			got[string(text)]++
		}
		if got["web:2"] != 20 || got["web:1"] != 80 {
			t.Errorf("answers %v", got)
		}
		if n := d.counted("RequestCount", map[string]string{"ClusterName": "shop", "ServiceName": "web", "DiscoveryName": "web"}); n != 100 {
			t.Errorf("%d requests are counted for the service", n)
		}
	})
}
