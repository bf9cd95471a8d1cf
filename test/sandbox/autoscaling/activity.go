package autoscaling

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsscaling "github.com/aws/aws-sdk-go-v2/service/autoscaling"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling/types"
)

// mostActivities is how many activities of a group are kept; on AWS they stay for six weeks.
const mostActivities = 500

// mostOnPage is how many activities are described at once
// (https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_DescribeScalingActivities.html).
const mostOnPage = 100

// begins makes an activity. Its cause has what somebody asked for, too, if that was not told yet.
func (s *Service) begins(g *group, description, cause string) *types.Activity {
	now := time.Now().UTC()
	at := "At " + now.Format(time.RFC3339) + " "
	if g.why != "" {
		cause = g.why + "  " + at + cause
		g.why = ""
	}
	a := &types.Activity{
		ActivityId: aws.String(s.uuid()), AutoScalingGroupName: &g.name, AutoScalingGroupARN: &g.arn, Description: &description, Cause: aws.String(at + cause), StartTime: &now,
		StatusCode: types.ScalingActivityStatusCodeInProgress, Progress: aws.Int32(50), Details: aws.String(`{"Subnet ID":"subnet-0","Availability Zone":"` + g.zone() + `"}`),
	}
	g.activities = append([]*types.Activity{a}, g.activities[:min(len(g.activities), mostActivities-1)]...)
	return a
}

// ends ends the activity of an instance, and tells it.
func (s *Service) ends(g *group, i *instance, how types.ScalingActivityStatusCode, why string) {
	a := i.activity
	a.StatusCode, a.Progress, a.EndTime, a.StatusMessage = how, aws.Int32(100), aws.Time(time.Now().UTC()), nil
	if why != "" {
		a.StatusMessage = &why
	}
	s.tell(g, i, *a)
}

// DescribeScalingActivities describes the activities of a group, or of all, the newest first.
func (s *Service) DescribeScalingActivities(_ context.Context, in *awsscaling.DescribeScalingActivitiesInput) (*awsscaling.DescribeScalingActivitiesOutput, error) {
	defer s.lock()()
	var found []types.Activity
	for _, g := range s.groups {
		if in.AutoScalingGroupName != nil && g.name != *in.AutoScalingGroupName {
			continue
		}
		for _, a := range g.activities {
			if len(in.ActivityIds) == 0 || slices.Contains(in.ActivityIds, *a.ActivityId) {
				found = append(found, *a)
			}
		}
	}
	if in.AutoScalingGroupName != nil && s.named(*in.AutoScalingGroupName) == nil {
		return nil, invalid("AutoScalingGroup name not found - AutoScalingGroup '%s' not found", *in.AutoScalingGroupName)
	}
	from, err := strconv.Atoi(aws.ToString(in.NextToken))
	if in.NextToken != nil && (err != nil || from < 0 || from > len(found)) {
		return nil, &types.InvalidNextToken{Message: aws.String("The token '" + *in.NextToken + "' is invalid.")}
	}
	until := min(len(found), from+int(*or(in.MaxRecords, aws.Int32(mostOnPage))))
	out := &awsscaling.DescribeScalingActivitiesOutput{Activities: found[from:until]}
	if until < len(found) {
		out.NextToken = aws.String(strconv.Itoa(until))
	}
	return out, nil
}

// ended is the detail of the events about launches and terminations
// (https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-event-reference.html).
type ended struct {
	StatusCode           string
	Description          string
	AutoScalingGroupName string
	ActivityID           string `json:"ActivityId"`
	Details              map[string]string
	RequestID            string `json:"RequestId"`
	StatusMessage        string
	EndTime              string
	EC2InstanceID        string `json:"EC2InstanceId"`
	StartTime            string
	Cause                string
	Origin, Destination  string
}

// tell sends an event once the lock is given back.
func (s *Service) tell(g *group, i *instance, a types.Activity) {
	detail := ended{
		string(a.StatusCode), *a.Description, g.name, *a.ActivityId,
		map[string]string{"Subnet ID": "subnet-0", "Availability Zone": g.zone()},
		*a.ActivityId, aws.ToString(a.StatusMessage),
		a.EndTime.Format(time.RFC3339), i.id, a.StartTime.Format(time.RFC3339), *a.Cause, "EC2", "AutoScalingGroup",
	}
	what, how := "EC2 Instance Launch", "Successful"
	if strings.HasPrefix(*a.Description, "Terminating") {
		what, detail.Origin, detail.Destination = "EC2 Instance Terminate", detail.Destination, detail.Origin
	}
	if a.StatusCode == types.ScalingActivityStatusCodeFailed {
		how, detail.EC2InstanceID = "Unsuccessful", ""
	}
	resources := []string{g.arn}
	if detail.EC2InstanceID != "" {
		resources = append(resources, s.o.Home.ARN("ec2", "instance/"+i.id))
	}
	s.mu.Tell(func() { s.o.Emit(s.o.Context, what+" "+how, resources, detail) })
}
