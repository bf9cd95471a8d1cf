package cloudformation

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awscfn "github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation/types"

	"sluice/test/sandbox/wire"
)

// detection is a look at whether the resources of a stack are as its template says
// (https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-stack-drift.html). Only properties that the template sets are compared.
type detection struct {
	id     string
	status types.StackDriftDetectionStatus
	at     time.Time
	drifts []types.StackResourceDrift
}

func (d *detection) drifted() (n int) {
	for _, it := range d.drifts {
		if it.StackResourceDriftStatus != types.StackResourceDriftStatusInSync {
			n++
		}
	}
	return n
}

func (st *stack) drifted() *types.StackDriftInformation {
	d := st.drift
	switch {
	case d == nil || d.status != types.StackDriftDetectionStatusDetectionComplete:
		return &types.StackDriftInformation{StackDriftStatus: types.StackDriftStatusNotChecked}
	case d.drifted() > 0:
		return &types.StackDriftInformation{StackDriftStatus: types.StackDriftStatusDrifted, LastCheckTimestamp: &d.at}
	}
	return &types.StackDriftInformation{StackDriftStatus: types.StackDriftStatusInSync, LastCheckTimestamp: &d.at}
}

// DetectStackDrift begins to look. A stack that is looked at already cannot be looked at again meanwhile.
func (s *Service) DetectStackDrift(_ context.Context, in *awscfn.DetectStackDriftInput) (*awscfn.DetectStackDriftOutput, error) {
	if len(in.LogicalResourceIds) > 0 {
		return nil, wire.NotImplemented("DetectStackDrift of some resources")
	}
	defer s.lock()()
	st, err := s.find(in.StackName)
	switch {
	case err != nil:
		return nil, err
	case !st.rests():
		return nil, invalid("Drift detection cannot be performed on stack [%s] while it is in status %s", st.id, st.status)
	case st.drift != nil && st.drift.status == types.StackDriftDetectionStatusDetectionInProgress:
		return nil, invalid("Drift detection is already in progress for stack [%s]", st.id)
	}
	d := &detection{id: s.uuid(), status: types.StackDriftDetectionStatusDetectionInProgress, at: time.Now()}
	st.drift = d
	takes := s.pace.Drift
	go func() {
		if s.passes(takes) {
			s.detect(st, d)
		}
	}()
	return &awscfn.DetectStackDriftOutput{StackDriftDetectionId: &d.id}, nil
}

func (s *Service) detect(st *stack, d *detection) {
	s.mu.Lock()
	sh := st.shape.clone()
	s.mu.Unlock()
	var drifts []types.StackResourceDrift
	for _, id := range slices.Sorted(maps.Keys(sh.made)) {
		if drift := s.drift(st, sh, id); drift != nil {
			drifts = append(drifts, *drift)
		}
	}
	defer s.lock()()
	d.drifts, d.status = drifts, types.StackDriftDetectionStatusDetectionComplete
}

// drift compares one resource with its template; nil where the type cannot be read.
func (s *Service) drift(st *stack, sh shape, id string) *types.StackResourceDrift {
	made, now := sh.made[id], time.Now()
	read := s.o.Keepers[made.Type].Read
	if read == nil {
		return nil
	}
	d := &types.StackResourceDrift{LogicalResourceId: &id, PhysicalResourceId: aws.String(made.Ref), ResourceType: aws.String(made.Type), StackId: &st.id, Timestamp: &now, StackResourceDriftStatus: types.StackResourceDriftStatusInSync}
	actual, err := read(s.o.Context, made.Ref)
	switch {
	case err != nil:
		d.StackResourceDriftStatus, d.DriftStatusReason = types.StackResourceDriftStatusUnknown, aws.String(err.Error())
		return d
	case actual == nil:
		d.StackResourceDriftStatus = types.StackResourceDriftStatusDeleted
		return d
	}
	for _, name := range slices.Sorted(maps.Keys(sh.properties[id])) {
		is, read := actual[name]
		if want := sh.properties[id][name]; read && !reflect.DeepEqual(shown(want), shown(is)) {
			d.StackResourceDriftStatus = types.StackResourceDriftStatusModified
			d.PropertyDifferences = append(d.PropertyDifferences, types.PropertyDifference{
				PropertyPath: aws.String("/" + name), ExpectedValue: aws.String(shown(want)), ActualValue: aws.String(shown(is)), DifferenceType: types.DifferenceTypeNotEqual,
			})
		}
	}
	return d
}

// shown is a value as drift shows it.
func shown(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case json.Number, bool, int:
		return fmt.Sprint(v)
	}
	text, _ := json.Marshal(v)
	return string(text)
}

// DescribeStackDriftDetectionStatus says how far a detection is.
func (s *Service) DescribeStackDriftDetectionStatus(_ context.Context, in *awscfn.DescribeStackDriftDetectionStatusInput) (*awscfn.DescribeStackDriftDetectionStatusOutput, error) {
	defer s.lock()()
	for _, st := range s.stacks {
		if d := st.drift; d != nil && d.id == *in.StackDriftDetectionId {
			out := &awscfn.DescribeStackDriftDetectionStatusOutput{StackId: &st.id, StackDriftDetectionId: &d.id, DetectionStatus: d.status, Timestamp: aws.Time(d.at)}
			if d.status == types.StackDriftDetectionStatusDetectionComplete {
				out.StackDriftStatus, out.DriftedStackResourceCount = st.drifted().StackDriftStatus, aws.Int32(int32(d.drifted()))
			}
			return out, nil
		}
	}
	return nil, invalid("Drift detection %s does not exist", *in.StackDriftDetectionId)
}

// DescribeStackResourceDrifts lists what the last detection found.
func (s *Service) DescribeStackResourceDrifts(_ context.Context, in *awscfn.DescribeStackResourceDriftsInput) (*awscfn.DescribeStackResourceDriftsOutput, error) {
	defer s.lock()()
	st, err := s.find(in.StackName)
	if err != nil {
		return nil, err
	}
	out := &awscfn.DescribeStackResourceDriftsOutput{}
	if st.drift == nil {
		return out, nil
	}
	for _, d := range st.drift.drifts {
		if len(in.StackResourceDriftStatusFilters) == 0 || slices.Contains(in.StackResourceDriftStatusFilters, d.StackResourceDriftStatus) {
			out.StackResourceDrifts = append(out.StackResourceDrifts, d)
		}
	}
	return out, nil
}
