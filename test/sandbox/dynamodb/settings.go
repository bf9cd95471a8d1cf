package dynamodb

import (
	"context"
	"maps"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsdynamodb "github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// UpdateTimeToLive turns the expiry of items on or off; it holds at once (AWS: within the hour).
// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateTimeToLive.html
func (s *Service) UpdateTimeToLive(_ context.Context, in *awsdynamodb.UpdateTimeToLiveInput) (*awsdynamodb.UpdateTimeToLiveOutput, error) {
	wanted := in.TimeToLiveSpecification
	if wanted == nil || aws.ToString(wanted.AttributeName) == "" || wanted.Enabled == nil {
		return nil, invalid("TimeToLiveSpecification must have AttributeName and Enabled")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	t, err := s.named(in.TableName)
	if err != nil {
		return nil, err
	}
	switch enabled := t.expiry.attribute != ""; {
	case *wanted.Enabled && enabled:
		return nil, invalid("TimeToLive is already enabled")
	case !*wanted.Enabled && !enabled:
		return nil, invalid("TimeToLive is already disabled")
	case *wanted.Enabled:
		t.expiry = expiry{attribute: *wanted.AttributeName}
	case *wanted.AttributeName != t.expiry.attribute:
		return nil, invalid("TimeToLive is active on a different AttributeName: current AttributeName is %s", t.expiry.attribute)
	default:
		t.expiry = expiry{}
	}
	return &awsdynamodb.UpdateTimeToLiveOutput{TimeToLiveSpecification: &types.TimeToLiveSpecification{
		AttributeName: aws.String(*wanted.AttributeName), Enabled: aws.Bool(*wanted.Enabled),
	}}, nil
}

// DescribeTimeToLive tells the expiry setting of a table.
// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_DescribeTimeToLive.html
func (s *Service) DescribeTimeToLive(_ context.Context, in *awsdynamodb.DescribeTimeToLiveInput) (*awsdynamodb.DescribeTimeToLiveOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	t, err := s.named(in.TableName)
	if err != nil {
		return nil, err
	}
	out := &types.TimeToLiveDescription{TimeToLiveStatus: types.TimeToLiveStatusDisabled}
	if t.expiry.attribute != "" {
		out.TimeToLiveStatus, out.AttributeName = types.TimeToLiveStatusEnabled, aws.String(t.expiry.attribute)
	}
	return &awsdynamodb.DescribeTimeToLiveOutput{TimeToLiveDescription: out}, nil
}

// A recovery is the point-in-time recovery setting. It is remembered and reported; nothing can be restored here.
type recovery struct {
	since time.Time // zero: disabled
	days  int32
}

// UpdateContinuousBackups turns point-in-time recovery on or off.
// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateContinuousBackups.html
func (s *Service) UpdateContinuousBackups(_ context.Context, in *awsdynamodb.UpdateContinuousBackupsInput) (*awsdynamodb.UpdateContinuousBackupsOutput, error) {
	wanted := in.PointInTimeRecoverySpecification
	if wanted == nil || wanted.PointInTimeRecoveryEnabled == nil {
		return nil, invalid("PointInTimeRecoverySpecification must have PointInTimeRecoveryEnabled")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	t, err := s.backedUp(in.TableName)
	if err != nil {
		return nil, err
	}
	switch {
	case !*wanted.PointInTimeRecoveryEnabled:
		t.recovery = recovery{}
	case t.recovery.since.IsZero():
		t.recovery = recovery{since: time.Now(), days: 35}
	}
	if wanted.RecoveryPeriodInDays != nil {
		t.recovery.days = *wanted.RecoveryPeriodInDays
	}
	return &awsdynamodb.UpdateContinuousBackupsOutput{ContinuousBackupsDescription: t.recovery.describe()}, nil
}

// DescribeContinuousBackups tells the point-in-time recovery setting.
// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_DescribeContinuousBackups.html
func (s *Service) DescribeContinuousBackups(_ context.Context, in *awsdynamodb.DescribeContinuousBackupsInput) (*awsdynamodb.DescribeContinuousBackupsOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	t, err := s.backedUp(in.TableName)
	if err != nil {
		return nil, err
	}
	return &awsdynamodb.DescribeContinuousBackupsOutput{ContinuousBackupsDescription: t.recovery.describe()}, nil
}

// backedUp finds a table for the backup operations, which have an error of their own for a missing one.
func (s *Service) backedUp(name *string) (*table, error) {
	if err := checkTableName(name); err != nil {
		return nil, err
	}
	t, err := s.table(*name)
	if err != nil {
		return nil, &types.TableNotFoundException{Message: aws.String("Table not found: " + tableName(*name))}
	}
	return t, nil
}

func (r recovery) describe() *types.ContinuousBackupsDescription {
	point := &types.PointInTimeRecoveryDescription{PointInTimeRecoveryStatus: types.PointInTimeRecoveryStatusDisabled}
	if !r.since.IsZero() {
		point.PointInTimeRecoveryStatus = types.PointInTimeRecoveryStatusEnabled
		point.RecoveryPeriodInDays = aws.Int32(r.days)
		point.EarliestRestorableDateTime, point.LatestRestorableDateTime = aws.Time(r.since), aws.Time(time.Now())
	}
	return &types.ContinuousBackupsDescription{
		ContinuousBackupsStatus: types.ContinuousBackupsStatusEnabled, PointInTimeRecoveryDescription: point,
	}
}

func tagMap(tags []types.Tag) map[string]string {
	out := map[string]string{}
	for _, tag := range tags {
		out[aws.ToString(tag.Key)] = aws.ToString(tag.Value)
	}
	return out
}

// TagResource adds tags to a table, or changes their values.
// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TagResource.html
func (s *Service) TagResource(_ context.Context, in *awsdynamodb.TagResourceInput) (*awsdynamodb.TagResourceOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	t, err := s.named(in.ResourceArn)
	if err != nil {
		return nil, err
	}
	maps.Copy(t.tags, tagMap(in.Tags))
	return &awsdynamodb.TagResourceOutput{}, nil
}

// UntagResource removes tags from a table.
// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UntagResource.html
func (s *Service) UntagResource(_ context.Context, in *awsdynamodb.UntagResourceInput) (*awsdynamodb.UntagResourceOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	t, err := s.named(in.ResourceArn)
	if err != nil {
		return nil, err
	}
	for _, key := range in.TagKeys {
		delete(t.tags, key)
	}
	return &awsdynamodb.UntagResourceOutput{}, nil
}

// ListTagsOfResource lists all tags of a table in one page.
// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_ListTagsOfResource.html
func (s *Service) ListTagsOfResource(_ context.Context, in *awsdynamodb.ListTagsOfResourceInput) (*awsdynamodb.ListTagsOfResourceOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	t, err := s.named(in.ResourceArn)
	if err != nil {
		return nil, err
	}
	out := &awsdynamodb.ListTagsOfResourceOutput{Tags: []types.Tag{}}
	for _, key := range sortedKeys(t.tags) {
		out.Tags = append(out.Tags, types.Tag{Key: aws.String(key), Value: aws.String(t.tags[key])})
	}
	return out, nil
}
