package ssm

import (
	"context"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsssm "github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/aws-sdk-go-v2/service/ssm/types"

	"sluice/test/sandbox/wire"
)

// A Calendar is a Change Calendar. It is open or closed by default and the other way round during its events.
type Calendar struct {
	DefaultClosed bool
	Events        []Event
}

// An Event is a time in a calendar.
type Event struct{ From, Until time.Time }

// PutCalendar makes or replaces a Change Calendar. On AWS it is a document with an iCalendar in it, which is not read here.
func (s *Service) PutCalendar(name string, c Calendar) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calendars[name] = c
}

// open says whether the calendar is open at a time.
func (c Calendar) open(at time.Time) bool {
	for _, e := range c.Events {
		if !at.Before(e.From) && at.Before(e.Until) {
			return c.DefaultClosed
		}
	}
	return !c.DefaultClosed
}

// next is when that changes; zero when it does not.
func (c Calendar) next(at time.Time) time.Time {
	var next time.Time
	for _, e := range c.Events {
		for _, edge := range []time.Time{e.From, e.Until} {
			if edge.After(at) && c.open(edge) != c.open(at) && (next.IsZero() || edge.Before(next)) {
				next = edge
			}
		}
	}
	return next
}

// GetCalendarState says whether all calendars are open, now or at a time, and when that changes next.
// https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetCalendarState.html
func (s *Service) GetCalendarState(_ context.Context, in *awsssm.GetCalendarStateInput) (*awsssm.GetCalendarStateOutput, error) {
	if len(in.CalendarNames) != 1 {
		return nil, wire.NotImplemented("GetCalendarState of several calendars")
	}
	at := time.Now()
	if in.AtTime != nil {
		var err error
		if at, err = time.Parse(time.RFC3339, *in.AtTime); err != nil {
			return nil, wire.Validation("AtTime is not an ISO 8601 time.")
		}
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	name := in.CalendarNames[0]
	c, known := s.calendars[strings.TrimPrefix(name, s.home.ARN("ssm", "document/"))]
	if !known {
		return nil, &types.InvalidDocument{Message: aws.String("Document with name " + name + " does not exist.")}
	}
	out := &awsssm.GetCalendarStateOutput{State: types.CalendarStateClosed, AtTime: aws.String(at.UTC().Format(time.RFC3339))}
	if c.open(at) {
		out.State = types.CalendarStateOpen
	}
	if next := c.next(at); !next.IsZero() {
		out.NextTransitionTime = aws.String(next.UTC().Format(time.RFC3339))
	}
	return out, nil
}
