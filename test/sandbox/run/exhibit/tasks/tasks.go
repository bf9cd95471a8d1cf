// Package tasks is a load balancer with tasks of ECS behind it, which are processes that really listen: what the shows of both have in common.
package tasks

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

const (
	web   = "web"
	image = "acme/checkout"
)

// Programs are what the tasks run.
func Programs() []exhibit.Program {
	return []exhibit.Program{{Name: web, Package: "./test/sandbox/run/exhibit/tasks/web"}}
}

// pace is that of a machine that has every image: nobody wants to wait for Fargate here.
var pace = sandboxecs.Pace{Look: 200 * time.Millisecond, Rest: time.Second, Shift: 500 * time.Millisecond}

type service = interface{ Wire() wire.Service }

// Parts are the load balancers and ECS, which share the target groups.
func Parts() []sandbox.Part {
	var balancing *elbv2.Service
	return []sandbox.Part{
		func(in sandbox.Surroundings) service {
			balancing = elbv2.New(elbv2.Options{Home: in.Home, Context: in.Context, Network: network.New(), Chance: in.Chance, Record: in.Record})
			return balancing
		},
		func(in sandbox.Surroundings) service {
			tasks := sandboxecs.Part(in, balancing)
			tasks.SetPace(pace)
			return tasks
		},
	}
}

// Balanced is a load balancer with a rule over two target groups. Nothing is in them yet.
type Balanced struct {
	Rule     string   // ARN
	Groups   []string // ARNs: blue and green
	Address  string
	First    string // the task definition of the first image
	ECS      *ecs.Client
	stage    exhibit.Stage
	elb      *elb.Client
	callers  *http.Client
	register sync.Mutex
	pushed   int // images
}

// Ask implements exhibit.Performer: a request through the load balancer. What the load balancer answers by itself names no revision.
func (s *Balanced) Ask(ctx context.Context) (exhibit.Answer, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+s.Address+"/pay", strings.NewReader(`{"cart":7}`))
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

// Hints are how to ask, and how to see who serves.
func (s *Balanced) Hints() []string {
	return []string{"curl -i http://" + s.Address + "/pay", "aws elbv2 describe-rules --rule-arns " + s.Rule}
}

// Close implements exhibit.Performer. Tasks end with the sandbox.
func (s *Balanced) Close() { s.callers.CloseIdleConnections() }
