package notify

import (
	"time"

	"sluice/events"
	"sluice/shared/rollout"
)

// A moment is what a record says of one event: the sentence for people, and when it happened. Without borne, the record does not bear the event out.
type moment func(rollout.Release) (sentence string, at time.Time, borne bool)

// moments are what people get mail about, by the detail-type of its event.
var moments = func() map[string]moment {
	all := map[string]moment{
		events.ReleaseStarted:     started,
		events.ReleaseWaiting:     waiting,
		events.ReleaseHookFailed:  hookFailed,
		events.ReleaseRollingBack: rollingBack,
	}
	for _, end := range rollout.Ends {
		all[events.ReleaseEnded(string(end))] = ended(end)
	}
	return all
}()

func started(r rollout.Release) (string, time.Time, bool) {
	return r.Beginning(), r.Started, !r.Started.IsZero()
}

// waiting is about an open question. A question that was answered before the mail could go needs nobody any more.
func waiting(r rollout.Release) (string, time.Time, bool) {
	a := r.Asks()
	if a == nil {
		return "", time.Time{}, false
	}
	return r.Waiting(*a), r.Asked.Since, true
}

// hookFailed is about the hook that failed last.
func hookFailed(r rollout.Release) (sentence string, at time.Time, borne bool) {
	for _, ran := range r.Hooks {
		if ran.Verdict == rollout.GateFail && !ran.Ended.Before(at) {
			sentence, at, borne = r.Said(ran), ran.Ended, true
		}
	}
	return sentence, at, borne
}

func rollingBack(r rollout.Release) (string, time.Time, bool) {
	if r.Cause == nil {
		return "", time.Time{}, false
	}
	return r.GoingBack(), r.Cause.At, true
}

// ended is about an end that still stands. A promotion that is being reverted does not stand.
func ended(end rollout.End) moment {
	return func(r rollout.Release) (string, time.Time, bool) {
		return r.Ending(), r.Ended, r.End == end && r.Decided()
	}
}
