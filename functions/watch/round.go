package watch

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"sluice/shared/cloudwatch"
	"sluice/shared/dynamo"
	"sluice/shared/judge"
	"sluice/shared/rollout"
)

// A round is what one minute's watch finds to do.
type round struct {
	now     time.Time
	watched []rollout.Lease // that are held or armed, with the fence down
	bakes   []bake          // that may bake, and whose checks count
	idle    []bake          // that are over, and have left a pool to retire
	over    []dynamo.Listed // that nobody has to look after any more
}

// A bake is a release that bakes, or has left a pool to retire; the look of its target's kind looks at it.
type bake struct {
	dynamo.Listed
	suffix string // of the name of that look
}

func around(listed []dynamo.Listed, leases map[string]rollout.Lease, now time.Time) round {
	r := round{now: now}
	for _, it := range listed {
		l := leases[it.Target]
		switch {
		case l.Retires(now):
			if !l.BeingRetired(now) {
				it.Release = l.Owner
				r.idle = append(r.idle, bake{it, l.Spec.Facts().Suffix})
			}
			continue
		case !l.Watched(now):
			r.over = append(r.over, it)
			continue
		case l.Fence != nil: // it is going back, and stays on the list until it is back: what was promoted before may then be armed again
			continue
		}
		r.watched = append(r.watched, l)
		if it.Counted && l.Phase == rollout.Held && l.Owner == it.Release && (l.Weight > rollout.None || l.Baking.After(now)) { // at no weight, it may have marked requests
			r.bakes = append(r.bakes, bake{it, l.Spec.Facts().Suffix})
		}
	}
	return r
}

// names are the guard alarms of everything that is watched, each once.
func (r round) names() []string {
	var names []string
	for _, l := range r.watched {
		names = append(names, l.Alarms...)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// news are the alarms whose state means something to a release: they are red, or have lost their data. Those that guard most traffic of a
// candidate come first. guard takes them in this order, as far as Lambda starts it in the order in which it was asked.
func (r round) news(levels []cloudwatch.Level) []cloudwatch.Level {
	weights := map[string]rollout.Weight{}
	news := slices.DeleteFunc(levels, func(l cloudwatch.Level) bool {
		weight, means := r.weight(l)
		weights[l.Alarm] = weight
		return !means
	})
	slices.SortStableFunc(news, func(one, other cloudwatch.Level) int { return cmp.Compare(weights[other.Alarm], weights[one.Alarm]) })
	return news
}

// weight is the most traffic of any candidate to which the alarm's state means something. means says whether there is such a candidate.
func (r round) weight(l cloudwatch.Level) (most rollout.Weight, means bool) {
	if l.State == judge.OK {
		return rollout.None, false
	}
	for _, lease := range r.hearing(l) {
		most, means = max(most, lease.Weight), true
	}
	return most, means
}

// hearing are the leases to which the alarm's state means something.
func (r round) hearing(l cloudwatch.Level) []rollout.Lease {
	deaf := func(lease rollout.Lease) bool { return !lease.Listens(l.Alarm, l.State == judge.Alarm, l.Since, r.now) }
	return slices.DeleteFunc(slices.Clone(r.watched), deaf)
}

// guards names the guard functions for the kinds of target to which the alarm's state means something, each by the suffix of its name.
func (r round) guards(l cloudwatch.Level) []string {
	var suffixes []string
	for _, lease := range r.hearing(l) {
		suffixes = append(suffixes, lease.Spec.Facts().Suffix)
	}
	slices.Sort(suffixes)
	return slices.Compact(suffixes)
}

// CloudWatch answers 50 GetMetricData a second (https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_limits.html),
// and a look makes one. One invocation takes few looks, so that CloudWatch may be slow for all of them within look's time-out.
const (
	perSecond = 50
	perBatch  = 10
)

func seconds(bakes []bake) [][]bake {
	return slices.Collect(slices.Chunk(bakes, perSecond))
}

// batches are the releases, as invocations of look take them. A release whose look makes requests of its own is a batch by itself: that
// look may take long, and others must not wait for it.
func batches(bakes []bake) []batch {
	var all []batch
	quick := map[string][]string{}
	for _, b := range bakes {
		if b.Buys {
			all = append(all, batch{b.suffix, []string{b.Release}})
		} else {
			quick[b.suffix] = append(quick[b.suffix], b.Release)
		}
	}
	for _, suffix := range slices.Sorted(maps.Keys(quick)) {
		for releases := range slices.Chunk(quick[suffix], perBatch) {
			all = append(all, batch{suffix, releases})
		}
	}
	return all
}

// batch is what one invocation of a look takes.
type batch struct {
	suffix   string // of its name
	releases []string
}

func targets(listed []dynamo.Listed) []string {
	all := make([]string, len(listed))
	for i, l := range listed {
		all[i] = l.Target
	}
	return all
}
