package watch

import (
	"context"
	"errors"
	"fmt"
	"time"

	"sluice/events"
	"sluice/shared/cloudwatch"
	"sluice/shared/gates"
	"sluice/shared/judge"
)

// alarms reads the level of every guard alarm, and tells guard what the alarm's event would have told.
func (h *handler) alarms(ctx context.Context, r round) error {
	levels, err := h.watcher.Levels(ctx, r.names())
	if err != nil {
		return err
	}
	news := r.news(levels)
	if len(news) == 0 {
		return nil
	}
	muted := h.muted(ctx, news, r.now)
	var failed []error
	for _, l := range news {
		for _, suffix := range r.guards(l) {
			failed = append(failed, h.guard.Of(suffix).Send(ctx, told(l, muted[l.Alarm], r.now)))
		}
	}
	return errors.Join(failed...)
}

// muted finds the mute rules that are active for red alarms. Where CloudWatch cannot say whether a red alarm is muted, the alarm is believed.
func (h *handler) muted(ctx context.Context, news []cloudwatch.Level, now time.Time) map[string]*events.Mute {
	var red []string
	for _, l := range news {
		if l.State == judge.Alarm {
			red = append(red, l.Alarm)
		}
	}
	if len(red) == 0 {
		return nil
	}
	silent, err := h.mutes.Muted(ctx, red, now)
	if err != nil {
		h.Log.WarnContext(ctx, "red alarms are believed: mute rules cannot be read", "alarms", red, "error", err)
		return nil
	}
	return mutes(silent, now)
}

func mutes(silent []gates.Silence, now time.Time) map[string]*events.Mute {
	found := map[string]*events.Mute{}
	for _, s := range silent {
		found[s.Alarm] = &events.Mute{MutedByArn: s.By, Start: events.AlarmTime(now), End: events.AlarmTime(s.Until)}
	}
	return found
}

// told is the event that tells of an alarm's state, made from its level. Nobody knows the state before it.
func told(l cloudwatch.Level, mute *events.Mute, now time.Time) events.Envelope[events.Alarm] {
	return events.Envelope[events.Alarm]{
		ID: fmt.Sprintf("level-%s-%d", l.Alarm, l.Since.UnixMilli()), Source: events.CloudWatchSource, DetailType: events.AlarmStateChange, Time: now,
		Resources: []string{l.ARN},
		Detail: events.Alarm{AlarmName: l.Alarm, MuteDetail: mute, State: events.AlarmState{
			Value: string(l.State), Reason: l.Reason, Timestamp: events.AlarmTime(l.Since), ActionsSuppressedBy: l.SuppressedBy,
		}},
	}
}
