package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/spf13/cobra"

	"sluice/events"
	"sluice/infra/typed"
)

// between is the time between two looks of logs --follow. CloudWatch Logs takes a few such calls a second, and each function has a log of its own
// (https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/cloudwatch_limits_cwl.html).
const between = 5 * time.Second

// A search is which lines of the logs are wanted.
type search struct {
	function string        // empty: of all
	since    time.Duration // how far back
	follow   bool
	all      bool   // also what functions say while all is well
	about    string // the id of a release; empty: whatever it is about
}

// logs shows what Sluice's own functions have written.
func logs(d desk, open opener) *cobra.Command {
	var s search
	c := &cobra.Command{
		Use: "logs [SERVICE|RELEASE]", Short: "Show what Sluice's functions logged, of a release or lately", Args: takes(0, 1, "[SERVICE] (or the id of a release)"),
		Example: "  sluice logs checkout\n  sluice logs --since 3h\n  sluice logs --function guard --all -f",
		Long: "Show what Sluice's functions logged. With a service or a release: all lines about that release. Without: warnings and errors, of the last\n" +
			"hour. What happened to a release stands in its record (sluice get, sluice why); the logs say why a function could not do its work.",
		RunE: func(c *cobra.Command, words []string) error {
			e, err := open(c.Context())
			if err != nil {
				return err
			}
			if len(words) > 0 {
				r, _, err := e.meant(c.Context(), words[0], current)
				if err != nil {
					return err
				}
				s.about, s.all = r.ID, true
				if !c.Flags().Changed("since") {
					s.since = d.now().Sub(r.Created)
				}
			}
			if s.since <= 0 {
				return wrong("--since %v is no time in the past: write 15m or 3h", s.since)
			}
			return d.logged(c.Context(), e, s)
		},
	}
	c.Flags().StringVar(&s.function, "function", "", "of this function alone: guard, shift, ...")
	c.Flags().DurationVar(&s.since, "since", time.Hour, "how far back; with a release: since it was asked for")
	c.Flags().BoolVar(&s.all, "all", false, "also what functions say while all is well")
	c.Flags().BoolVarP(&s.follow, "follow", "f", false, "go on with what comes, until Ctrl-C")
	return c
}

// logged writes the lines that a search finds, the oldest first.
func (d desk) logged(ctx context.Context, e engine, s search) error {
	client := cloudwatchlogs.NewFromConfig(e.AWS)
	groups, err := groupsOf(ctx, client, e, s.function)
	if err != nil {
		return err
	}
	seen, from, found := map[string]bool{}, d.now().Add(-s.since), false
	for {
		lines, err := s.find(ctx, client, e, groups, from)
		switch {
		case s.follow && ctx.Err() != nil: // Ctrl-C is how it ends, also in the middle of a call
			return nil
		case err != nil:
			return err
		}
		for _, l := range lines {
			if seen[l.id] {
				continue
			}
			seen[l.id], found, from = true, true, l.at
			if _, err := io.WriteString(d.out, d.pen.Logged(l.at, l.function, l.level, l.text)+"\n"); err != nil {
				return err
			}
		}
		if !s.follow {
			break
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(between):
		}
	}
	if !found {
		_, err = fmt.Fprintf(d.out, "Nothing was logged%s since %s.\n", s.what(), from.UTC().Format("15:04 MST on 2 Jan"))
	}
	return err
}

func (s search) what() string {
	switch {
	case s.about != "":
		return " about " + s.about
	case !s.all:
		return " that is a warning or an error (--all shows the rest)"
	}
	return ""
}

// groupsOf are the log groups of an engine's functions, by the function's name.
func groupsOf(ctx context.Context, client *cloudwatchlogs.Client, e engine, function string) (map[string]string, error) {
	prefix, groups := "/aws/lambda/"+e.Name()+"-", map[string]string{}
	pages := cloudwatchlogs.NewDescribeLogGroupsPaginator(client, &cloudwatchlogs.DescribeLogGroupsInput{LogGroupNamePrefix: &prefix})
	var names []string
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, fmt.Errorf("listing the logs of %s: %w", e.Environment, e.reached(err))
		}
		for _, g := range page.LogGroups {
			name := strings.TrimPrefix(aws.ToString(g.LogGroupName), prefix)
			base, _, _ := strings.Cut(name, "-") // shift-ecs is shift, for one kind of target
			names = append(names, base)
			if function == "" || function == base || function == name {
				groups[name] = aws.ToString(g.LogGroupName)
			}
		}
	}
	switch {
	case len(names) == 0:
		return nil, wrong("no function of %s has a log yet: look whether the environment and the Region are the right ones (-e, AWS_REGION)", e.Environment)
	case len(groups) == 0:
		return nil, wrong("there is no log of a function %s; %s", function, typed.Suggest(function, names))
	}
	return groups, nil
}

// find reads the lines of all groups from a time on, the oldest first.
func (s search) find(ctx context.Context, client *cloudwatchlogs.Client, e engine, groups map[string]string, from time.Time) (all []logLine, err error) {
	for name, group := range groups {
		in := &cloudwatchlogs.FilterLogEventsInput{LogGroupName: &group, StartTime: aws.Int64(from.UnixMilli())}
		if s.about != "" {
			in.FilterPattern = aws.String(strconv.Quote(s.about))
		}
		pages := cloudwatchlogs.NewFilterLogEventsPaginator(client, in)
		for pages.HasMorePages() {
			page, err := pages.NextPage(ctx)
			if err != nil {
				return nil, fmt.Errorf("reading the log of %s: %w", name, e.reached(err))
			}
			for _, event := range page.Events {
				l := lineOf(name, events.Line(aws.ToString(event.Message)))
				l.id, l.at = name+"/"+aws.ToString(event.EventId), time.UnixMilli(aws.ToInt64(event.Timestamp))
				if l.text != "" && (s.all || l.level != "") {
					all = append(all, l)
				}
			}
		}
	}
	slices.SortStableFunc(all, func(a, b logLine) int { return cmp.Or(a.at.Compare(b.at), cmp.Compare(a.id, b.id)) })
	return all, nil
}
