package dynamo

import (
	"context"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"sluice/events"
	"sluice/shared/rollout"
)

// The index openIndex holds the records whose attribute open has the value open.
const (
	openIndex = "open-releases"
	open      = "open"
)

// Create writes the record of a new release. ErrConflict means that it exists: the same event came twice.
func (s *Store) Create(ctx context.Context, r rollout.Release) error {
	if r.Rejection != nil {
		r.Rejection = new(visible(*r.Rejection))
	}
	if r.Open = ""; r.End == "" {
		r.Open = open
	}
	if err := s.put(ctx, releaseKey(r.ID), r); err != nil {
		return fmt.Errorf("creating release %s: %w", r.ID, err)
	}
	return nil
}

// Release reads a release's record.
func (s *Store) Release(ctx context.Context, id string) (rollout.Release, error) {
	var r rollout.Release
	if err := s.get(ctx, releaseKey(id), &r); err != nil {
		return r, fmt.Errorf("reading release %s: %w", id, err)
	}
	return r, nil
}

// Open lists the releases for which something is left to do. The index is eventually consistent: a release that was just closed may still be in it.
func (s *Store) Open(ctx context.Context) ([]rollout.Release, error) {
	var found []rollout.Release
	in := &dynamodb.QueryInput{
		TableName: &s.table, IndexName: aws.String(openIndex), KeyConditionExpression: aws.String("#open = :open"),
		ExpressionAttributeNames: map[string]string{"#open": "open"}, ExpressionAttributeValues: item{":open": str(open)},
	}
	pages := dynamodb.NewQueryPaginator(s.db, in)
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, fmt.Errorf("listing open releases: %w", err)
		}
		for _, it := range page.Items {
			var r rollout.Release
			if err := decode(it, &r); err != nil {
				return nil, fmt.Errorf("decoding release: %w", err)
			}
			found = append(found, r)
		}
	}
	return found, nil
}

// Note appends to a release's audit trail.
func (s *Store) Note(ctx context.Context, id string, lines ...rollout.Line) error {
	return s.record(ctx, id, change().tell(lines...))
}

// Planned writes what Plan found: the pinned definition and the steps.
func (s *Store) Planned(ctx context.Context, r rollout.Release, line rollout.Line) error {
	return s.progress(ctx, r.ID, change().set("state", rollout.StatePlan).set("definition", r.Definition).
		set("steps", r.Steps).tell(line))
}

// Previewed writes what a release will change.
func (s *Store) Previewed(ctx context.Context, r rollout.Release, lines ...rollout.Line) error {
	return s.progress(ctx, r.ID, change().set("preview", r.Preview).tell(lines...))
}

// Carries writes what a release carries from another environment.
func (s *Store) Carries(ctx context.Context, r rollout.Release, lines ...rollout.Line) error {
	return s.progress(ctx, r.ID, change().set("carried", r.Carried).tell(lines...))
}

// Evicts writes that a release has somebody else's deployment taken back.
func (s *Store) Evicts(ctx context.Context, id, tag string, line rollout.Line) error {
	return s.progress(ctx, id, change().set("evicted", tag).tell(line))
}

// Rejected writes why a release is not let in.
func (s *Store) Rejected(ctx context.Context, id string, why rollout.Rejection, line rollout.Line) error {
	return s.record(ctx, id, change().set("rejection", why).tell(line))
}

// Served writes that a release has nothing to do. ErrConflict means that it has ended, or that somebody asked to abort first.
func (s *Store) Served(ctx context.Context, id string, line rollout.Line) error {
	u := change().set("served", true).tell(line)
	return s.progress(ctx, id, u.when("attribute_not_exists(%s)", u.name("abort")))
}

// Started writes what Admit found: from now on there is something to do, whatever an attempt of Plan that was tried again had found before.
// ErrConflict means that somebody asked to abort first.
func (s *Store) Started(ctx context.Context, r rollout.Release, lines ...rollout.Line) error {
	u := change().set("state", rollout.StateAdmit).set("epoch", r.Epoch).set("stable", r.Stable).
		set("started", r.Started).set("step", r.Step).set("takes", r.Takes).set("takesLater", r.TakesLater).remove("served").tell(lines...)
	return s.progress(ctx, r.ID, u.when("attribute_not_exists(%s)", u.name("abort")))
}

// Shifted writes what Shift read back, and until when the step bakes.
func (s *Store) Shifted(ctx context.Context, r rollout.Release, line rollout.Line) error {
	return s.progress(ctx, r.ID, change().set("state", rollout.StateShift).set("step", r.Step).
		set("bakeUntil", r.BakeUntil).set("takes", r.Takes).set("takesLater", r.TakesLater).set("unread", 0).tell(line))
}

// Froze writes what keeps a release from its next step.
func (s *Store) Froze(ctx context.Context, id string, f rollout.Frozen, line rollout.Line) error {
	return s.progress(ctx, id, change().set("frozen", f).tell(line))
}

// Thawed writes that a release goes on after a freeze.
func (s *Store) Thawed(ctx context.Context, id string, now time.Time, line rollout.Line) error {
	return s.progress(ctx, id, change().remove("frozen").set("thawed", now).tell(line))
}

// Judged writes a verdict.
func (s *Store) Judged(ctx context.Context, r rollout.Release, line rollout.Line) error {
	return s.progress(ctx, r.ID, change().set("state", rollout.StateJudge).set("verdict", events.Visible(r.Verdict)).
		set("extended", r.Extended).set("unread", r.Unread).set("holds", r.Holds).tell(line))
}

// Seen writes a verdict that was reached while a step baked.
func (s *Store) Seen(ctx context.Context, id, verdict string, line rollout.Line) error {
	return s.record(ctx, id, change().set("verdict", events.Visible(verdict)).tell(line))
}

// Asked writes the question that people have to answer.
func (s *Store) Asked(ctx context.Context, r rollout.Release, lines ...rollout.Line) error {
	u := change().set("state", rollout.StateAsk).set("asked", r.Asked).tell(lines...)
	return s.progress(ctx, r.ID, u)
}

// AskedAgain writes that somebody has people asked the question r.Asked again, and returns the record as it is afterwards. ErrConflict means that the
// question is another one by now or closed, that somebody else was quicker, or that the release has ended.
func (s *Store) AskedAgain(ctx context.Context, r rollout.Release, now time.Time, line rollout.Line) (rollout.Release, error) {
	u := change().tell(line)
	asked, again := u.name("asked"), u.name("again")
	u.sets = append(u.sets, fmt.Sprintf("%s.%s = %s", asked, again, u.value(now)))
	u.when("%s.%s = %s AND attribute_not_exists(%s.%s) AND attribute_not_exists(%s)", asked, u.name("digest"), u.value(r.Asked.Digest), asked, u.name("closed"), u.name("end"))
	u.when("attribute_not_exists(%s.%s) OR %s.%s = %s", asked, again, asked, again, u.value(r.Asked.Again))
	return s.kept(ctx, r.ID, u)
}

// Answered writes, once, what a person said to the question r.Asked, and returns the record as it is afterwards. ErrConflict means
// that this person has answered before, that the question is another one by now or closed, or that the release has ended.
func (s *Store) Answered(ctx context.Context, r rollout.Release, a rollout.Answer, line rollout.Line) (rollout.Release, error) {
	if err := s.openAnswers(ctx, r); err != nil {
		return r, err
	}
	u := change().tell(line).add("given", 1)
	answers, asked := u.name("answers"), u.name("asked")
	u.names["#answer"] = a.Key()
	u.sets = append(u.sets, fmt.Sprintf("%s.#answer = %s", answers, u.value(a)))
	u.when("attribute_not_exists(%s.#answer) AND %s.%s = %s AND attribute_not_exists(%s.%s) AND attribute_not_exists(%s)",
		answers, asked, u.name("digest"), u.value(r.Asked.Digest), asked, u.name("closed"), u.name("end"))
	return s.kept(ctx, r.ID, u)
}

// openAnswers makes the map in which answers are kept. Only decide may write it.
func (s *Store) openAnswers(ctx context.Context, r rollout.Release) error {
	if r.Answers != nil {
		return nil
	}
	u := change()
	answers := u.name("answers")
	u.sets = append(u.sets, fmt.Sprintf("%s = if_not_exists(%s, %s)", answers, answers, u.value(map[string]rollout.Answer{})))
	return s.record(ctx, r.ID, u)
}

// Counted closes the question, with the steps that are approved by now. ErrConflict means that another answer came meanwhile:
// an answer that was taken is always counted.
func (s *Store) Counted(ctx context.Context, r rollout.Release, line rollout.Line) error {
	u := change().set("state", rollout.StateCount).tell(line)
	asked := u.name("asked")
	u.sets = append(u.sets, fmt.Sprintf("%s.%s = %s", asked, u.name("closed"), u.value(true)))
	if len(r.Approved) > 0 {
		u.set("approved", r.Approved)
	}
	u.when("%s.%s = %s", asked, u.name("digest"), u.value(r.Asked.Digest)).unanswered(r)
	return s.progress(ctx, r.ID, u)
}

// unanswered adds the condition that nobody has answered since the record was read. The condition is on the number of answers and not on
// the answers, so that the function that counts them needs no grant to write them.
func (u *update) unanswered(r rollout.Release) *update {
	if r.Given == 0 {
		return u.when("attribute_not_exists(%s)", u.name("given"))
	}
	return u.when("%s = %s", u.name("given"), u.value(r.Given))
}

// GoesBack writes why a release goes back.
func (s *Store) GoesBack(ctx context.Context, r rollout.Release, line rollout.Line) error {
	return s.progress(ctx, r.ID, change().set("cause", r.Cause).tell(line))
}

// WentBack writes that people were told that the release goes back.
func (s *Store) WentBack(ctx context.Context, r rollout.Release) error {
	return s.progress(ctx, r.ID, change().set("state", rollout.StateRollback))
}

// Ended writes the end of a release. It stays among the open ones until Closed.
func (s *Store) Ended(ctx context.Context, r rollout.Release, lines ...rollout.Line) error {
	u := change().set("state", rollout.StateSettle).set("end", r.End).set("ended", r.Ended).set("reverted", r.Reverted).tell(lines...)
	if r.Unseen { // only settle may say so
		u.set("unseen", true)
	}
	if r.Cause != nil {
		u.set("cause", r.Cause)
	}
	if r.Obstacle != nil {
		u.set("obstacle", r.Obstacle)
	}
	if r.Rejection != nil {
		u.set("rejection", r.Rejection)
	}
	if r.ByHand {
		u.set("byHand", true)
	}
	return s.record(ctx, r.ID, u)
}

// Closed takes a release out of the open ones: its end was told and its lease is let go. A release that another execution leads
// by now stays open, and that execution closes it.
func (s *Store) Closed(ctx context.Context, r rollout.Release) error {
	u := change().remove("open")
	if err := s.record(ctx, r.ID, u.when("%s = %s", u.name("machines"), u.value(r.Machines))); err != nil && !IsConflict(err) {
		return err
	}
	return nil
}

// Led writes which execution leads a release from now on, and opens it again if it had been promoted (a revert). Each
// takeover is written once, and none after the release was closed. A conflict is no error: an earlier attempt got through unseen, or
// somebody else was first.
func (s *Store) Led(ctx context.Context, r rollout.Release, lines ...rollout.Line) error {
	u := change().set("execution", r.Execution).set("reverted", r.Reverted).set("open", open).tell(lines...)
	u.when("%s = %s", u.name("machines"), u.value(r.Machines-1)).set("machines", r.Machines)
	u.when("attribute_exists(%s) OR %s = %s", u.name("open"), u.name("end"), u.value(rollout.Succeeded))
	if err := s.record(ctx, r.ID, u); err != nil && !IsConflict(err) {
		return err
	}
	return nil
}

// AskAbort asks a release to stop, even if it does not hold its lease yet. ErrConflict means that it has ended.
func (s *Store) AskAbort(ctx context.Context, id string, f rollout.Fence, line rollout.Line) error {
	u := change().set("abort", f).tell(line)
	return s.record(ctx, id, u.when("attribute_not_exists(%s)", u.name("end")))
}

// progress records what a state did, unless the release has ended; a promotion that is being reverted goes on. ErrConflict
// means that it has ended, which a function of a dead execution may be the last to learn.
func (s *Store) progress(ctx context.Context, id string, u *update) error {
	end := u.name("end")
	return s.record(ctx, id, u.when("attribute_not_exists(%s) OR (%s = %s AND %s = %s)", end, end, u.value(rollout.Succeeded), u.name("reverted"), u.value(true)))
}

func (s *Store) record(ctx context.Context, id string, u *update) error {
	return s.change(ctx, id, u, nil)
}

// kept applies the update to a release and returns the record as it is afterwards.
func (s *Store) kept(ctx context.Context, id string, u *update) (r rollout.Release, err error) {
	err = s.change(ctx, id, u, &r)
	return r, err
}

// change applies the update to a release, as apply does. A trail that has filled its item is cut first.
func (s *Store) change(ctx context.Context, id string, u *update, to any) error {
	u.when("attribute_exists(pk)")
	err := s.apply(ctx, releaseKey(id), u.told(), to)
	if isFull(err) && len(u.lines) > 0 {
		if err = s.cut(ctx, id, u.lines[0].At); err == nil {
			err = s.apply(ctx, releaseKey(id), u.told(), to)
		}
	}
	if err != nil {
		return fmt.Errorf("recording release %s: %w", id, err)
	}
	return nil
}
