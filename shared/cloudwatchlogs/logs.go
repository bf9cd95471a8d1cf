// Package cloudwatchlogs reads the ends of logs. It is a package of its own, because each client that is linked makes the cold start longer.
package cloudwatchlogs

import (
	"context"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"

	"sluice/events"
)

type api interface {
	GetLogEvents(context.Context, *cloudwatchlogs.GetLogEventsInput, ...func(*cloudwatchlogs.Options)) (*cloudwatchlogs.GetLogEventsOutput, error)
}

// Logs are an account's logs.
type Logs struct{ logs api }

// New opens CloudWatch Logs.
func New(cfg aws.Config) *Logs { return &Logs{logs: cloudwatchlogs.NewFromConfig(cfg)} }

// tail is how many of a log's last lines are kept.
const tail = 20

// Tail is the end of a log; nothing when there is none.
func (l *Logs) Tail(ctx context.Context, group, stream string) ([]string, error) {
	if group == "" || stream == "" {
		return nil, nil
	}
	out, err := l.logs.GetLogEvents(ctx, &cloudwatchlogs.GetLogEventsInput{LogGroupName: &group, LogStreamName: &stream, Limit: aws.Int32(tail)})
	if err != nil {
		return nil, fmt.Errorf("reading the log %s of %s: %w", stream, group, err)
	}
	var lines []string
	for _, e := range out.Events {
		if line := short(aws.ToString(e.Message)); line != "" {
			lines = append(lines, line)
		}
	}
	return lines, nil
}

// width is how much of a line is kept, in bytes.
const width = 200

func short(line string) string {
	if len(line) > width {
		line = line[:width-len("…")] + "…"
	}
	return events.Line(strings.ToValidUTF8(line, "")) // a character that the cut broke is dropped
}
