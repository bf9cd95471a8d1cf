package autoscaling_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	awsscaling "github.com/aws/aws-sdk-go-v2/service/autoscaling"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling/types"

	"sluice/test/sandbox/program"
)

func TestAGroupLaunchesItsInstances(t *testing.T) {
	inBubble(t, func(t *testing.T, d *desk) {
		d.must(d.create(2))
		wait(20 * time.Second)
		if got := d.instances(); got != "Pending 1, Pending 1" {
			t.Errorf("after twenty seconds: %s", got)
		}
		wait(40 * time.Second)
		if got := d.instances(); got != "InService 1, InService 1" || d.gets() != "1" {
			t.Errorf("after a minute: %s", got)
		}
		a := d.activities()
		if len(a) != 2 || a[1].StatusCode != types.ScalingActivityStatusCodeSuccessful || *a[1].Progress != 100 || a[1].EndTime.Sub(*a[1].StartTime) < 40*time.Second {
			t.Fatalf("activities %+v", a)
		}
		if want := "At 2000-01-01T00:00:00Z a user request created an AutoScalingGroup changing the desired capacity from 0 to 2.  At 2000-01-01T00:00:00Z an instance was started in response to a difference between desired and actual capacity, increasing the capacity from 0 to 2."; *a[1].Cause != want {
			t.Errorf("cause %s", *a[1].Cause)
		}
		if !strings.HasPrefix(*a[0].Cause, "At 2000-01-01T00:00:00Z an instance was started") || !strings.HasPrefix(*a[0].Description, "Launching a new EC2 instance: i-") {
			t.Errorf("second activity: %s %s", *a[0].Description, *a[0].Cause)
		}
		if got := d.heard(); got != "EC2 Instance Launch Successful i- Successful, EC2 Instance Launch Successful i- Successful" {
			t.Errorf("events %s", got)
		}
	})
}

// Another launch template is for new instances: those that run stay.
func TestNewInstancesHaveTheNewVersion(t *testing.T) {
	inBubble(t, func(t *testing.T, d *desk) {
		d.must(d.create(1))
		wait(2 * time.Minute)
		d.must(d.update(func(in *awsscaling.UpdateAutoScalingGroupInput) { in.LaunchTemplate = d.version("2") }))
		wait(time.Hour)
		if got := d.instances(); got != "InService 1" {
			t.Errorf("after the update: %s", got)
		}
		d.must(d.want(2))
		wait(2 * time.Minute)
		if got := d.instances(); got != "InService 1, InService 2" {
			t.Errorf("after another instance: %s", got)
		}
		d.must(d.want(1)) // the oldest goes
		wait(10 * time.Second)
		if got := d.instances(); got != "Terminating 1, InService 2" || d.activities()[0].StatusCode != types.ScalingActivityStatusCodeWaitingForELBConnectionDraining {
			t.Errorf("while it drains: %s, %+v", got, d.activities()[0])
		}
		wait(5 * time.Minute)
		if got := d.instances(); got != "InService 2" || d.gets() != "2" {
			t.Errorf("at last: %s", got)
		}
		if got := d.activities()[0]; got.StatusCode != types.ScalingActivityStatusCodeSuccessful || !strings.Contains(*got.Cause, "explicitly set group desired capacity changing the desired capacity from 2 to 1.") {
			t.Errorf("activity %+v", got)
		}
	})
}

func TestSizesHaveBounds(t *testing.T) {
	inBubble(t, func(t *testing.T, d *desk) {
		d.must(d.create(2))
		d.refused("above the maximum", d.want(5), "ValidationError", "New SetDesiredCapacity value 5 is above max value 4")
		d.refused("desired above the maximum", d.update(func(in *awsscaling.UpdateAutoScalingGroupInput) { in.DesiredCapacity = new(int32(5)) }), "ValidationError", "must be between the specified min size:0 and max size:4")
		d.refused("minimum above maximum", d.update(func(in *awsscaling.UpdateAutoScalingGroupInput) { in.MinSize = new(int32(5)) }), "ValidationError", "must be greater than or equal to min bound")
		d.must(d.update(func(in *awsscaling.UpdateAutoScalingGroupInput) { in.MinSize = new(int32(3)) }))
		if got := *d.described().DesiredCapacity; got != 3 {
			t.Errorf("a larger minimum makes the desired capacity %d", got)
		}
		d.refused("below the minimum", d.want(2), "ValidationError", "is below min value 3")
		d.must(d.update(func(in *awsscaling.UpdateAutoScalingGroupInput) {
			in.MinSize, in.MaxSize = new(int32(0)), new(int32(1))
		}))
		if got := *d.described().DesiredCapacity; got != 1 {
			t.Errorf("a smaller maximum makes the desired capacity %d", got)
		}
	})
}

func TestWhatAutoScalingRefuses(t *testing.T) {
	inBubble(t, func(t *testing.T, d *desk) {
		for name, change := range map[string]func(*awsscaling.CreateAutoScalingGroupInput){
			"an unknown template":     func(in *awsscaling.CreateAutoScalingGroupInput) { in.LaunchTemplate.LaunchTemplateId = new("lt-1") },
			"an unknown version":      func(in *awsscaling.CreateAutoScalingGroupInput) { in.LaunchTemplate.Version = new("9") },
			"no template":             func(in *awsscaling.CreateAutoScalingGroupInput) { in.LaunchTemplate = nil },
			"no zone":                 func(in *awsscaling.CreateAutoScalingGroupInput) { in.AvailabilityZones = nil },
			"an unknown target group": func(in *awsscaling.CreateAutoScalingGroupInput) { in.TargetGroupARNs = []string{"arn:x"} },
		} {
			d.refused(name, d.create(1, change), "ValidationError", "")
		}
		d.must(d.create(1))
		d.refused("the same name again", d.create(1), "AlreadyExists", "")
		wait(time.Second)
		_, err := d.DeleteAutoScalingGroup(t.Context(), &awsscaling.DeleteAutoScalingGroupInput{AutoScalingGroupName: new("web")})
		d.refused("deleting a group with instances", err, "ResourceInUse", "")
		_, err = d.DeleteAutoScalingGroup(t.Context(), &awsscaling.DeleteAutoScalingGroupInput{AutoScalingGroupName: new("web"), ForceDelete: new(true)})
		d.must(err)
		wait(10 * time.Minute)
		d.refused("scaling one that is gone", d.want(0), "ValidationError", "AutoScalingGroup name not found")
	})
}

func TestLaunchesThatFailSayWhy(t *testing.T) {
	inBubble(t, func(t *testing.T, d *desk) {
		d.must(d.create(1))
		wait(2 * time.Minute)
		broken := d.service.PutVersion(d.template, nil)
		d.must(d.update(func(in *awsscaling.UpdateAutoScalingGroupInput) {
			in.LaunchTemplate, in.DesiredCapacity = d.version(broken), new(int32(2))
		}))
		wait(time.Second)
		a := d.activities()[0]
		if a.StatusCode != types.ScalingActivityStatusCodeFailed || !strings.HasSuffix(*a.StatusMessage, "does not exist. Launching EC2 instance failed.") || !strings.HasPrefix(*a.Description, "Launching a new EC2 instance.  Status Reason: The image id") {
			t.Errorf("activity %+v", a)
		}
		wait(6 * time.Hour)
		if n := len(d.activities()); n < 8 || n > 15 { // it waits longer and longer, at last an hour
			t.Errorf("%d activities", n)
		}
		d.service.Limit(1)
		d.must(d.update(func(in *awsscaling.UpdateAutoScalingGroupInput) { in.LaunchTemplate = d.version("2") }))
		wait(time.Second)
		if a := d.activities()[0]; a.StatusCode != types.ScalingActivityStatusCodeFailed || !strings.HasPrefix(*a.StatusMessage, "We currently do not have sufficient t3.micro capacity") {
			t.Errorf("activity %+v", a)
		}
		d.service.Limit(0)
		wait(10 * time.Minute)
		if got := d.instances(); got != "InService 1, InService 2" {
			t.Errorf("when there is capacity: %s", got)
		}
		if got := d.heard(); !strings.Contains(got, "EC2 Instance Launch Unsuccessful Failed") {
			t.Errorf("events %s", got)
		}
	})
}

func TestInstancesThatAreNotHealthyAreReplaced(t *testing.T) {
	inBubble(t, func(t *testing.T, d *desk) {
		var sick atomic.Bool
		ended := make(chan struct{})
		version := d.service.PutVersion(d.template, func(s program.Start) (*program.Process, error) {
			stop := s.Network.Serve(s.Address, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				if sick.Load() {
					w.WriteHeader(http.StatusInternalServerError)
				}
			}))
			return &program.Process{Stop: stop, Ended: ended}, nil
		})
		d.must(d.create(1, func(in *awsscaling.CreateAutoScalingGroupInput) {
			in.LaunchTemplate, in.HealthCheckGracePeriod = d.version(version), new(int32(600))
		}))
		wait(2 * time.Minute)
		first := *d.described().Instances[0].InstanceId
		sick.Store(true)
		wait(5 * time.Minute)
		if got := d.instances(); got != "InService 3" {
			t.Errorf("in the grace period: %s", got)
		}
		wait(5 * time.Minute)
		if a := d.activities(); !strings.Contains(*a[1].Cause, "ELB system health check failure") || *a[1].Description != "Terminating EC2 instance: "+first {
			t.Errorf("activities %+v", a)
		}
		sick.Store(false)
		wait(10 * time.Minute)
		close(ended)
		wait(time.Minute)
		if a := d.activities(); !strings.Contains(*a[1].Cause, "an EC2 health check indicating it has been terminated or stopped.") {
			t.Errorf("activities %+v", a)
		}
	})
}

// A program that really listens does so on a port of 127.0.0.1; its instance is reached by its id all the same.
func TestInstancesMayReallyListen(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("real")) }))
	defer server.Close()
	d := newRealDesk(t)
	version := d.service.PutVersion(d.template, func(program.Start) (*program.Process, error) {
		return &program.Process{Address: server.Listener.Addr().String()}, nil
	})
	d.must(d.create(1, func(in *awsscaling.CreateAutoScalingGroupInput) { in.LaunchTemplate = d.version(version) }))
	for deadline := time.Now().Add(20 * time.Second); d.gets() != "real"; time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("the instance does not answer")
		}
	}
}
