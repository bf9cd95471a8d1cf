package eventbridge

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awseventbridge "github.com/aws/aws-sdk-go-v2/service/eventbridge"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge/types"

	"sluice/test/sandbox/wire"
)

const maxReplays = 10 // that run at the same time

// A replay sends archived events once more to the bus they came from. They keep their id and time, and carry the
// replay's name: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-replay-archived-event.html
type replay struct {
	name, arn   string
	description *string
	archive     *archive
	destination types.ReplayDestination
	from, to    time.Time
	started     time.Time

	mu    sync.Mutex
	state types.ReplayState
	last  *time.Time // time of the last event replayed
	ended *time.Time
}

// StartReplay begins to replay the events of an archive that lie in a span of time.
func (s *Service) StartReplay(_ context.Context, in *awseventbridge.StartReplayInput) (*awseventbridge.StartReplayOutput, error) {
	name := aws.ToString(in.ReplayName)
	if !ruleName.MatchString(name) {
		return nil, wire.Validation("Parameter ReplayName is not valid. Reason: %q must match %s", name, ruleName)
	}
	if in.Destination == nil || in.EventStartTime == nil || in.EventEndTime == nil {
		return nil, wire.Validation("Destination, EventStartTime and EventEndTime must be specified")
	}
	if !in.EventStartTime.Before(*in.EventEndTime) {
		return nil, wire.Validation("Parameter EventEndTime is not valid. Reason: EventStartTime must be before EventEndTime.")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	r := &replay{
		name: name, arn: s.options.Home.ARN("events", "replay/"+name), description: in.Description,
		destination: *in.Destination, from: *in.EventStartTime, to: *in.EventEndTime,
		started: time.Now(), state: types.ReplayStateStarting,
	}
	if err := s.admit(r, aws.ToString(in.EventSourceArn)); err != nil {
		return nil, err
	}
	s.replays[name] = r
	s.work.begin()
	go func() {
		defer s.work.end()
		s.run(r)
	}()
	return &awseventbridge.StartReplayOutput{ReplayArn: &r.arn, ReplayStartTime: &r.started, State: types.ReplayStateStarting}, nil
}

// admit checks a new replay against what there is, and finds its archive.
func (s *Service) admit(r *replay, archiveARN string) error {
	if s.replays[r.name] != nil {
		return &types.ResourceAlreadyExistsException{Message: aws.String("Replay " + r.name + " already exists.")}
	}
	for _, a := range s.archives {
		if a.arn == archiveARN {
			r.archive = a
		}
	}
	if r.archive == nil {
		return notFound("Archive %s does not exist.", archiveARN)
	}
	if aws.ToString(r.destination.Arn) != r.archive.busARN {
		return wire.Validation("Parameter Destination.Arn is not valid. Reason: Must be the event bus that the archive was made of.")
	}
	running := 0
	for _, other := range s.replays {
		if _, ended := other.progress(); !ended {
			running++
		}
	}
	if running >= maxReplays {
		return limitExceeded()
	}
	return nil
}

// run replays minute by minute: within one of them, events go in no particular order.
func (s *Service) run(r *replay) {
	r.move(types.ReplayStateRunning, types.ReplayStateStarting)
	var only map[string]bool
	for _, arn := range r.destination.FilterArns {
		if only == nil {
			only = map[string]bool{}
		}
		only[arn] = true
	}
	events := slices.DeleteFunc(slices.Clone(r.archive.content()), func(m *message) bool {
		return m.event.Time.Before(r.from) || !m.event.Time.Before(r.to)
	})
	slices.SortStableFunc(events, func(a, b *message) int {
		return a.event.Time.Truncate(time.Minute).Compare(b.event.Time.Truncate(time.Minute))
	})
	for _, m := range events {
		if state, _ := r.progress(); state != types.ReplayStateRunning || s.ctx.Err() != nil {
			break
		}
		s.replayOne(r, m, only)
	}
	r.end()
}

func (s *Service) replayOne(r *replay, old *message, only map[string]bool) {
	e := old.event
	e.ReplayName = r.name
	m, err := s.newMessage(e)
	if err != nil {
		return // it was encoded once already
	}
	s.mu.RLock()
	var hits []hit
	if b := s.buses[busNameOf(r.archive.busARN)]; b != nil {
		hits = b.match(m, only)
	}
	s.mu.RUnlock()
	for _, h := range hits {
		s.trigger(h.rule, h.targets, m)
	}
	r.mu.Lock()
	r.last = &m.event.Time
	r.mu.Unlock()
}

func (r *replay) progress() (state types.ReplayState, ended bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.state, r.ended != nil
}

// move goes on to a state from one of those given; it reports whether it did.
func (r *replay) move(to types.ReplayState, from ...types.ReplayState) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !slices.Contains(from, r.state) {
		return false
	}
	r.state = to
	return true
}

func (r *replay) end() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.ended = aws.Time(time.Now())
	if r.state == types.ReplayStateCancelling {
		r.state = types.ReplayStateCancelled
		return
	}
	r.state = types.ReplayStateCompleted
}

func (s *Service) replayOf(name *string) (*replay, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if r := s.replays[aws.ToString(name)]; r != nil {
		return r, nil
	}
	return nil, notFound("Replay %s does not exist.", aws.ToString(name))
}

// CancelReplay stops a replay after the event it is at.
func (s *Service) CancelReplay(_ context.Context, in *awseventbridge.CancelReplayInput) (*awseventbridge.CancelReplayOutput, error) {
	r, err := s.replayOf(in.ReplayName)
	if err != nil {
		return nil, err
	}
	if !r.move(types.ReplayStateCancelling, types.ReplayStateStarting, types.ReplayStateRunning) {
		return nil, &types.IllegalStatusException{Message: aws.String("Replay " + r.name + " is not in a valid state for this operation.")}
	}
	return &awseventbridge.CancelReplayOutput{ReplayArn: &r.arn, State: types.ReplayStateCancelling}, nil
}

// DescribeReplay tells how far a replay is.
func (s *Service) DescribeReplay(_ context.Context, in *awseventbridge.DescribeReplayInput) (*awseventbridge.DescribeReplayOutput, error) {
	r, err := s.replayOf(in.ReplayName)
	if err != nil {
		return nil, err
	}
	shown := r.shown()
	return &awseventbridge.DescribeReplayOutput{
		ReplayArn: &r.arn, ReplayName: &r.name, Description: r.description, Destination: &r.destination,
		EventSourceArn: shown.EventSourceArn, EventStartTime: shown.EventStartTime, EventEndTime: shown.EventEndTime,
		EventLastReplayedTime: shown.EventLastReplayedTime, ReplayStartTime: shown.ReplayStartTime,
		ReplayEndTime: shown.ReplayEndTime, State: shown.State,
	}, nil
}

func (r *replay) shown() types.Replay {
	r.mu.Lock()
	defer r.mu.Unlock()
	return types.Replay{
		ReplayName: &r.name, EventSourceArn: &r.archive.arn, EventStartTime: &r.from, EventEndTime: &r.to,
		EventLastReplayedTime: r.last, ReplayStartTime: &r.started, ReplayEndTime: r.ended, State: r.state,
	}
}

// ListReplays lists the replays by name.
func (s *Service) ListReplays(_ context.Context, in *awseventbridge.ListReplaysInput) (*awseventbridge.ListReplaysOutput, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	var replays []types.Replay
	for _, r := range sorted(s.replays, in.NamePrefix) {
		shown := r.shown()
		if (in.State == "" || shown.State == in.State) && (in.EventSourceArn == nil || *shown.EventSourceArn == *in.EventSourceArn) {
			replays = append(replays, shown)
		}
	}
	shown, next, err := page(replays, in.Limit, in.NextToken)
	return &awseventbridge.ListReplaysOutput{Replays: shown, NextToken: next}, err
}
