// Package evidence takes looks at a release: it reads what candidate and stable served, adds it to the release's ledger, and judges
// it by the checks. A look may be taken at any time and any number of times: a minute counts once.
package evidence

import (
	"context"
	"fmt"
	"maps"
	"time"

	"sluice/shared/cloudwatch"
	"sluice/shared/dynamo"
	"sluice/shared/judge"
	"sluice/shared/rollout"
)

// Book takes looks and keeps what they saw.
type Book struct {
	store   *dynamo.Store
	watcher *cloudwatch.Watcher
}

// New opens the book.
func New(store *dynamo.Store, watcher *cloudwatch.Watcher) *Book { return &Book{store, watcher} }

// Buyer makes synthetic requests to both versions and counts the failures; nil when the caller makes none.
type Buyer func(ctx context.Context, r rollout.Release) (judge.Arms, error)

// Weigh reads what was served since the last look, in one call, while the target divides its traffic so, and judges everything that was seen. While the
// first move is under way, that is everything since it began (Split.Since). A check
// whose evidence cannot be read has a finding that says so (judge.Error). That is no error of Weigh: the caller decides how long to try, and the other checks are judged.
func (b *Book) Weigh(ctx context.Context, r rollout.Release, serves rollout.Split, now time.Time, buy Buyer) ([]judge.Finding, error) {
	d := r.Definition.WithDefaults() // for releases that were planned before a default was added
	if !d.Checks.Counted() {
		return nil, nil
	}
	l, err := b.store.Ledger(ctx, r.ID)
	if err != nil {
		return nil, err
	}
	begun := r.BakeUntil.Add(-r.At(r.Step).Bake.Std())
	if r.BakeUntil.IsZero() { // the service still carries out the first move, in which the candidate has traffic already
		begun = serves.Since
	}
	if begun.IsZero() {
		return nil, nil
	}
	l = l.Began(r.Step, begun)
	if r.At(r.Step).Marked {
		l = l.Marks(r.Step)
	}
	l, unlearnt, err := b.learn(ctx, d, r, l, now)
	if err != nil {
		return nil, err
	}
	seen, unread := b.watcher.Counts(ctx, d, cloudwatch.Span{
		Stable: r.Stable, Candidate: r.Revision.Version, Tag: serves.Tag, Weight: serves.Weight, Slow: l.Slow, From: l.Since(d, now), To: now,
	})
	maps.Copy(unread, unlearnt)
	l, unbought := bought(ctx, d, r, l, now, buy)
	l = l.Take(d, seen, unread, now)
	l.Findings = append(judge.Blind(l.Judge(d, serves.Weight, now), unread), unbought...)
	l.Findings = b.beside(ctx, d, l.Findings, begun, now)
	err = b.store.KeepLedger(ctx, r.ID, l)
	if dynamo.IsConflict(err) { // another look was faster, and says the same
		return l.Findings, nil
	}
	return l.Findings, err
}

// learn reads stable's last day, again until everything needed is known. At the first look it also reads how bad requests split in earlier releases.
func (b *Book) learn(ctx context.Context, d rollout.Definition, r rollout.Release, l judge.Ledger, now time.Time) (judge.Ledger, judge.Unread, error) {
	if l.Learnt || !d.Checks.Compare() {
		return l, nil, nil
	}
	learnt, unread := b.watcher.Learn(ctx, d, r.Stable, before(r, l, now))
	if l.Version == 0 {
		splits, err := b.splits(ctx, d, r)
		if err != nil {
			return l, nil, err
		}
		for _, s := range judge.Streams(d) {
			if split := splits[s.Key]; split.Bad >= telling {
				learnt.Cluster[s.Key] = s.Together(split)
			}
		}
	}
	return l.Learn(d, learnt.Slow, learnt.Cluster, unread, now), unread, nil
}

// At most lessons earlier releases are learnt from, among the newest releases. A stream with fewer than telling bad requests teaches nothing.
const (
	lessons = 5
	newest  = 15
	telling = 20
)

// splits says, by stream, how bad requests split between the versions in earlier releases of the service that succeeded.
func (b *Book) splits(ctx context.Context, d rollout.Definition, r rollout.Release) (map[string]judge.Scatter, error) {
	found, read := map[string]judge.Scatter{}, 0
	earlier, err := b.store.Recent(ctx, r.Service, newest)
	if err != nil {
		return nil, err
	}
	for _, e := range earlier {
		if e.ID == r.ID || e.End != rollout.Succeeded || read == lessons {
			continue
		}
		read++
		l, err := b.store.Ledger(ctx, e.ID)
		if err != nil {
			return nil, err
		}
		for _, s := range judge.Streams(d) {
			found[s.Key] = judge.Joined(found[s.Key], l.Split(s.Key))
		}
	}
	return found, nil
}

// before is the end of the day that is learnt from: the start of the release at its first look, and now at later ones.
func before(r rollout.Release, l judge.Ledger, now time.Time) time.Time {
	if l.Version == 0 {
		return r.Started
	}
	return now
}

// bought adds synthetic requests, once a minute. If they could not be made, a finding says so; it is a dry run, so the evidence of
// users' requests still decides.
func bought(ctx context.Context, d rollout.Definition, r rollout.Release, l judge.Ledger, now time.Time, buy Buyer) (judge.Ledger, []judge.Finding) {
	minute := now.Truncate(time.Minute).Unix()
	if buy == nil || d.Checks.Synthetic == nil || minute <= l.Synthetic {
		return l, nil
	}
	arms, err := buy(ctx, r)
	if err != nil {
		return l, []judge.Finding{{Verdict: judge.Error, By: "synthetic", Kind: rollout.ByBreakdown, DryRun: true, Why: fmt.Sprintf("Synthetic requests could not be made (%v).", err)}}
	}
	return l.Buy(d, minute, arms), nil
}

// Rearm gives back to the guard the alarms that were red before the release and have turned green, and says so in the record. It returns the lease
// as it is then.
func (b *Book) Rearm(ctx context.Context, r rollout.Release, l rollout.Lease, states map[string]judge.AlarmState, who string, now time.Time) (rollout.Lease, error) {
	for _, alarm := range judge.Green(l, states) {
		armed, err := b.store.Rearm(ctx, l, alarm)
		if dynamo.IsConflict(err) { // another was faster, or the release is over
			return l, nil
		}
		if err != nil {
			return l, err
		}
		l = armed
		line := rollout.Line{At: now, Who: who, What: fmt.Sprintf("Guard alarm %s has turned green: it guards again.", alarm)}
		if err := b.store.Note(ctx, r.ID, line); err != nil {
			return l, err
		}
	}
	return l, nil
}

// Unread is the finding of evidence that could not be read.
func Unread(err error) judge.Finding {
	return judge.Finding{Verdict: judge.Error, By: "cloudwatch", Kind: rollout.ByBreakdown, Why: fmt.Sprintf("CloudWatch could not be read (%s).", cloudwatch.Why(err))}
}
