package cloudwatch

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	awscloudwatch "github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
)

// keepHistory is how long CloudWatch remembers what alarms did.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarmHistory.html
const keepHistory = 30 * 24 * time.Hour

type historyItem struct {
	alarm, summary string
	kind           types.HistoryItemType
	of             types.AlarmType
	at             time.Time
	data           any // marshalled when asked for
}

func (a *alarm) kind() types.AlarmType {
	if a.composite != nil {
		return types.AlarmTypeCompositeAlarm
	}
	return types.AlarmTypeMetricAlarm
}

func stateUpdate(a *alarm) historyItem {
	return historyItem{
		alarm: a.name, of: a.kind(), kind: types.HistoryItemTypeStateUpdate, at: a.state.at,
		summary: fmt.Sprintf("Alarm updated from %s to %s", a.previous.value, a.state.value),
		data: map[string]any{
			"version": "1.0", "oldState": a.previous.remembered(), "newState": a.state.remembered(),
		},
	}
}

func (st state) remembered() map[string]any {
	m := map[string]any{"stateValue": st.value, "stateReason": st.reason}
	if st.data != "" {
		m["stateReasonData"] = json.RawMessage(st.data)
	}
	return m
}

func configurationUpdate(a *alarm, operation string) historyItem {
	did := map[string]string{"create": "created", "update": "updated", "delete": "deleted"}[operation]
	return historyItem{
		alarm: a.name, of: a.kind(), kind: types.HistoryItemTypeConfigurationUpdate, at: time.Now(),
		summary: fmt.Sprintf("Alarm %q %s", a.name, did),
		data:    map[string]any{"version": "1.0", "type": operation, "alarm": a.fullConfiguration()},
	}
}

func actionTaken(a *alarm, arn string, at time.Time) historyItem {
	return historyItem{
		alarm: a.name, of: a.kind(), kind: types.HistoryItemTypeAction, at: at,
		summary: "Successfully executed action " + arn,
		data:    map[string]any{"actionState": "Succeeded", "notificationResource": arn, "stateUpdateTimestamp": a.state.at.UnixMilli()},
	}
}

func (s *Service) remember(item historyItem) {
	if len(s.history) > 0 && item.at.Sub(s.history[0].at) > keepHistory {
		n, _ := slices.BinarySearchFunc(s.history, item.at.Add(-keepHistory), func(h historyItem, t time.Time) int { return h.at.Compare(t) })
		s.history = slices.Delete(s.history, 0, n)
	}
	s.history = append(s.history, item)
}

// DescribeAlarmHistory tells what alarms did, newest first unless asked otherwise.
func (s *Service) DescribeAlarmHistory(_ context.Context, in *awscloudwatch.DescribeAlarmHistoryInput) (*awscloudwatch.DescribeAlarmHistoryOutput, error) {
	if in.AlarmContributorId != nil {
		return nil, unsupported("alarm contributors")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	var found []historyItem
	for _, h := range s.history {
		if h.selectedBy(in) {
			found = append(found, h)
		}
	}
	if in.ScanBy != types.ScanByTimestampAscending {
		slices.Reverse(found)
	}
	found, next, err := paged(found, in.NextToken, in.MaxRecords, 100, 100)
	if err != nil {
		return nil, err
	}
	out := &awscloudwatch.DescribeAlarmHistoryOutput{NextToken: next}
	for _, h := range found {
		data, err := json.Marshal(h.data)
		if err != nil {
			return nil, fmt.Errorf("writing history of %s: %w", h.alarm, err)
		}
		out.AlarmHistoryItems = append(out.AlarmHistoryItems, types.AlarmHistoryItem{
			AlarmName: ptr(h.alarm), AlarmType: h.of, HistoryItemType: h.kind, HistorySummary: ptr(h.summary),
			HistoryData: ptr(string(data)), Timestamp: ptr(h.at),
		})
	}
	return out, nil
}

// selectedBy: like DescribeAlarms, without types it is metric alarms only.
func (h *historyItem) selectedBy(in *awscloudwatch.DescribeAlarmHistoryInput) bool {
	kinds := in.AlarmTypes
	if len(kinds) == 0 {
		kinds = []types.AlarmType{types.AlarmTypeMetricAlarm}
	}
	return slices.Contains(kinds, h.of) &&
		(in.AlarmName == nil || h.alarm == *in.AlarmName) &&
		(in.HistoryItemType == "" || h.kind == in.HistoryItemType) &&
		(in.StartDate == nil || !h.at.Before(*in.StartDate)) &&
		(in.EndDate == nil || !h.at.After(*in.EndDate))
}
