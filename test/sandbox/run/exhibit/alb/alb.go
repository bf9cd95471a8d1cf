// Package alb is the show of a load balancer's rule. Two services of ECS stand behind it, blue and green, whose tasks are processes that really listen.
// Sluice has the service that does not serve run a new task definition, and then moves the weights of the rule.
package alb

import (
	"context"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/ecs"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"

	"sluice/test/sandbox"
	sandboxecs "sluice/test/sandbox/ecs"
	"sluice/test/sandbox/elbv2"
	"sluice/test/sandbox/network"
	"sluice/test/sandbox/run/exhibit"
	"sluice/test/sandbox/wire"
)

// Exhibit is the show.
var Exhibit = exhibit.Exhibit{
	Parts:    parts(),
	Programs: []exhibit.Program{{Name: web, Package: "./test/sandbox/run/exhibit/alb/web"}},
	Change:   "image", Arrives: "is pushed, with a task definition,",
	Open: func(ctx context.Context, s exhibit.Stage) (exhibit.Performer, error) { return open(ctx, s) },
}

const (
	web   = "web"
	image = "acme/checkout"
)

// pace is that of a machine that has every image: nobody wants to wait for Fargate here.
var pace = sandboxecs.Pace{Look: 200 * time.Millisecond, Rest: time.Second}

type service = interface{ Wire() wire.Service }

// parts are the load balancers and ECS, which share the target groups.
func parts() []sandbox.Part {
	var balancing *elbv2.Service
	return []sandbox.Part{
		func(in sandbox.Surroundings) service {
			balancing = elbv2.New(elbv2.Options{Home: in.Home, Context: in.Context, Network: network.New(), Chance: in.Chance, Record: in.Record})
			return balancing
		},
		func(in sandbox.Surroundings) service {
			tasks := sandboxecs.New(sandboxecs.Options{Home: in.Home, Context: in.Context, Balancing: balancing, Emit: in.Emit("aws.ecs"), Red: in.Red, Record: in.Record})
			tasks.SetPace(pace)
			return tasks
		},
	}
}

// shop is the service, open.
type shop struct {
	stage    exhibit.Stage
	elb      *elb.Client
	ecs      *ecs.Client
	rule     string // ARN
	pools    []pool // blue and green
	address  string // of the load balancer
	callers  *http.Client
	register sync.Mutex
	pushed   int // images
}

// pool is a target group with the service of ECS that fills it.
type pool struct{ group, service string }

// Ask implements exhibit.Performer: a request through the load balancer. What the load balancer answers by itself names no revision.
func (s *shop) Ask(ctx context.Context) (exhibit.Answer, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+s.address+"/pay", strings.NewReader(`{"cart":7}`))
	if err != nil {
		return exhibit.Answer{}, err
	}
	answer, err := s.callers.Do(r)
	switch {
	case ctx.Err() != nil:
		return exhibit.Answer{}, ctx.Err()
	case err != nil:
		return exhibit.Answer{Failed: true}, nil
	}
	defer answer.Body.Close()
	return exhibit.Answer{Revision: answer.Header.Get("Revision"), Failed: answer.StatusCode >= http.StatusInternalServerError}, nil
}

// Hints implements exhibit.Performer.
func (s *shop) Hints() []string {
	return []string{
		"curl -i http://" + s.address + "/pay",
		"aws elbv2 describe-rules --rule-arns " + s.rule,
		"aws ecs describe-services --cluster shop --services " + s.pools[0].service + " " + s.pools[1].service,
	}
}

// Close implements exhibit.Performer. Tasks end with the sandbox.
func (s *shop) Close() { s.callers.CloseIdleConnections() }
