package dynamodb

import (
	"math"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// DynamoDB deletes expired items when it finds time, "within a few days", and shows them until then: readers must
// filter for themselves. Here an item lives an hour past its time to live, and is deleted by the first call after that
// which touches the table; there is no goroutine. The table is looked through at most once a minute.
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/howitworks-ttl.html
const (
	expiryGrace    = time.Hour
	expiryInterval = time.Minute
	// Items that expired more than five years ago are kept: AWS takes such times for mistakes.
	expiryHorizon = 5 * 365 * 24 * time.Hour
)

// An expiry is the time-to-live setting of a table and the next moment at which an item may have to go.
type expiry struct {
	attribute string // "": disabled
	next      time.Time
}

// never is later than any time to live.
var never = time.Unix(math.MaxInt32*1000, 0)

// due is when an item goes; ok is false for one that stays.
func (e *expiry) due(r *record) (at time.Time, ok bool) {
	n, isNumber := r.item[e.attribute].(*types.AttributeValueMemberN)
	if e.attribute == "" || !isNumber {
		return time.Time{}, false
	}
	seconds, err := strconv.ParseFloat(n.Value, 64)
	if err != nil || seconds < 0 || seconds > float64(never.Unix()) {
		return time.Time{}, false
	}
	return time.Unix(int64(seconds), 0).Add(expiryGrace), true
}

// expect makes sure that the table is looked through when the record goes.
func (e *expiry) expect(r *record) {
	if at, ok := e.due(r); ok && at.Before(e.next) {
		e.next = at
	}
}

// expire deletes what has to go by now.
func (t *table) expire(now time.Time) {
	if t.expiry.attribute == "" || now.Before(t.expiry.next) {
		return
	}
	var gone []*record
	next := never
	for _, p := range t.primary.order {
		for _, e := range p.entries {
			at, ok := t.expiry.due(e.record)
			switch {
			case !ok || now.Sub(at) > expiryHorizon:
			case at.After(now):
				next = earlier(next, at)
			default:
				gone = append(gone, e.record)
			}
		}
	}
	for _, r := range gone {
		t.replace(r, nil)
	}
	t.expiry.next = next
	if soonest := now.Add(expiryInterval); next.Before(soonest) {
		t.expiry.next = soonest
	}
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}
