package judge

import (
	"slices"
	"time"

	"sluice/shared/rollout"
)

// Rehearsal plays releases on invented or recorded counts, with everything that can take a release back except alarms: a look each minute, which sees
// what CloudWatch knows by then, and the policy at the end of a bake. make bench-judge and make plan use it to foretell what judging will do.
type Rehearsal struct {
	Definition rollout.Definition // with its defaults
	Steps      []rollout.Step
	Cluster    map[string]float64 // Ledger.Cluster
}

// Served is what both versions serve in one minute, in the order of Streams.
type Served struct {
	Arms []Arms
	Late []Arms // the part of Arms that CloudWatch knows two minutes later than the rest; nil when nothing is late
	Lost bool   // CloudWatch never learns of this minute
}

// Outcome is how a rehearsal ended.
type Outcome struct {
	Back    bool
	Minutes int // since the first shift
	Step    int
	AtEnd   bool // it went back by the policy at the end of a bake: no look had failed before
	Why     string
}

// worth remembers what minutes add to tallies. Every look of a release counts the last minutes again; a rehearsal plays thousands of releases, so it
// computes each minute once. Elsewhere worth is nil.
type worth map[streamed]Tally

// streamed is a minute of a stream.
type streamed struct {
	stream string
	arms   Arms
}

func (w worth) add(s Stream, t Tally, a Arms) Tally {
	if w == nil {
		return s.Compare.Add(t, a)
	}
	known, found := w[streamed{s.Key, a}]
	if !found {
		known = s.Compare.minute(a)
		w[streamed{s.Key, a}] = known
	}
	return t.Plus(known)
}

// publishing is how many minutes after its end CloudWatch knows a minute; lateness is how many minutes more the late part of it takes.
const (
	publishing = 1
	lateness   = 2
)

// Play plays one release. serve says what both versions serve in a minute; it may depend on the candidate's weight in that minute.
func (r Rehearsal) Play(serve func(minute, step int, weight rollout.Weight) Served) Outcome {
	begun := time.Unix(0, 0).UTC()
	release := rollout.Release{Definition: r.Definition, Steps: r.Steps}
	l := Ledger{Cluster: r.Cluster, Learnt: true, Worth: worth{}}.Began(0, begun)
	var minutes []Served
	step, left := 0, minutesOf(r.Steps[0])
	for {
		weight := r.Steps[step].Weight
		minutes = append(minutes, serve(len(minutes), step, weight))
		left--
		now := begun.Add(time.Duration(len(minutes)) * time.Minute)
		l = l.Take(r.Definition, known(r.Definition, minutes, l), nil, now)
		found := l.Judge(r.Definition, weight, now)
		if f := Early(found); f.Verdict == Fail {
			return Outcome{Back: true, Minutes: len(minutes), Step: step, Why: f.Why}
		}
		if left > 0 {
			continue
		}
		d := Step(release, step, found, now)
		switch {
		case d.Next == rollout.NextBack:
			return Outcome{Back: true, Minutes: len(minutes), Step: step, AtEnd: true, Why: d.Note}
		case d.Next == rollout.NextSettle || d.Ask:
			return Outcome{Minutes: len(minutes), Step: step, Why: d.Note}
		case d.Extend:
			release.Extended++
		default:
			step, release.Extended = d.Step, 0
			l = l.Began(step, now)
		}
		left = minutesOf(r.Steps[step])
	}
}

func minutesOf(s rollout.Step) int { return max(1, int(s.Bake.Std().Minutes())) }

// known is what a look reads of the minutes that were served.
func known(d rollout.Definition, served []Served, l Ledger) Seen {
	seen := Seen{}
	streams := Streams(d)
	from := 0
	if len(streams) > 0 {
		from = int(l.Series[streams[0].Key].Through / 60)
	}
	for i := from; i+publishing < len(served); i++ {
		s := served[i]
		for k, stream := range streams {
			if s.Lost || s.Arms[k].Candidate.Requests+s.Arms[k].Stable.Requests == 0 {
				continue
			}
			a := s.Arms[k]
			if s.Late != nil && i+publishing+lateness >= len(served) {
				a = Arms{a.Candidate.less(s.Late[k].Candidate), a.Stable.less(s.Late[k].Stable)}
			}
			seen[stream.Key] = append(seen[stream.Key], Point{At: int64(60 * i), Arms: a})
		}
	}
	return seen
}

func (c Counts) less(d Counts) Counts { return Counts{c.Requests - d.Requests, c.Errors - d.Errors} }

// Early is the worst finding that counts before a bake has ended. A ceiling is not valid at every look, so a finding that still misses requests is left
// out: it must not fail on the few requests of the first minutes.
func Early(found []Finding) Finding {
	return Worst(slices.DeleteFunc(slices.Clone(found), func(f Finding) bool { return f.Missing > 0 })...)
}
