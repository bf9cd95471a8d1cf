package ssm

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/aws-sdk-go-v2/service/ssm/types"
)

type calendarAPI interface {
	GetCalendarState(context.Context, *ssm.GetCalendarStateInput, ...func(*ssm.Options)) (*ssm.GetCalendarStateOutput, error)
}

// Calendars are SSM Change Calendars.
type Calendars struct{ ssm calendarAPI }

// NewCalendars opens the calendars of an account and region.
func NewCalendars(cfg aws.Config) *Calendars { return &Calendars{ssm: ssm.NewFromConfig(cfg)} }

// Calendar is how a calendar stands now.
type Calendar struct {
	Open    bool
	Until   time.Time // when that changes; zero: not known
	Refused string    // why it cannot be read: the document does not exist, or is no calendar
}

// State reads a calendar, by name or ARN.
func (c *Calendars) State(ctx context.Context, name string) (Calendar, error) {
	out, err := c.ssm.GetCalendarState(ctx, &ssm.GetCalendarStateInput{CalendarNames: []string{name}})
	var missing *types.InvalidDocument
	var other *types.InvalidDocumentType
	var unsupported *types.UnsupportedCalendarException
	switch {
	case errors.As(err, &missing):
		return Calendar{Refused: "There is no calendar " + name + "."}, nil
	case errors.As(err, &other), errors.As(err, &unsupported):
		return Calendar{Refused: name + " is not a calendar that Systems Manager can read."}, nil
	case err != nil:
		return Calendar{}, fmt.Errorf("reading calendar %s: %w", name, err)
	}
	found := Calendar{Open: out.State == types.CalendarStateOpen}
	if text := aws.ToString(out.NextTransitionTime); text != "" {
		if found.Until, err = time.Parse(time.RFC3339, text); err != nil {
			return found, fmt.Errorf("reading calendar %s: its next transition is %.60q", name, text)
		}
	}
	return found, nil
}
