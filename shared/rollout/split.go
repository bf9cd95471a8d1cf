package rollout

import (
	"cmp"
	"fmt"
	"time"
)

// Split is how a target divides its traffic between two revisions.
type Split struct {
	Stable    string    // gets what the candidate does not
	Candidate string    // empty when one revision serves everything
	Weight    Weight    // of the candidate
	Marked    bool      // the candidate gets the marked requests, too
	Tag       string    // the service's optimistic lock as of reading (Lambda's RevisionId); empty when unknown
	Announced bool      // the service was told of this split, and a further write has to make it so: then it is Moving, too
	Filling   bool      // the candidate's pool is being filled, or the move before ends, and nothing was written yet: then it is Moving, too
	Moving    string    // why the service does not serve this split yet: "2 of 10 tasks are healthy"; empty when it does
	Rests     bool      // a deployment of the candidate has come so far, and waits for the word to go on
	Busy      string    // why the service lets no other move begin yet, although it serves this split: "version 7 bakes"; empty when it does
	Either    bool      // two revisions have traffic, and the service does not say which of them is stable
	Since     time.Time // of a split that is wanted: when the move to it began, if that is under way; zero when it is not
	Begun     bool      // of a split that is wanted: the release has given the candidate traffic before
}

// From is the split as somebody sees it who knows which revision is stable. It changes only a split that leaves that open.
func (s Split) From(stable string) Split {
	switch {
	case !s.Either:
	case s.Stable == stable:
		s.Either = false
	case s.Candidate == stable:
		s.Stable, s.Candidate, s.Weight, s.Either = s.Candidate, s.Stable, All-s.Weight, false
	}
	return s
}

// Serves says whether one revision gets everything, and nothing is under way that will change that.
func (s Split) Serves(revision string) bool {
	return s.Stable == revision && (s.Candidate == "" || s.Weight == None && !s.Marked && !s.Rests)
}

// Same compares what is served. It leaves out the lock, and which of two revisions is called stable: a service with two pools cannot tell.
func (s Split) Same(o Split) bool {
	a, b := s.plain(), o.plain()
	a.Either, b.Either = false, false
	if a.Marked || b.Marked {
		return a == b
	}
	return a == b || a == Split{Stable: b.Candidate, Candidate: b.Stable, Weight: All - b.Weight}
}

// Untouched says whether nobody moved the target since we left it at a split: its lock is the same or, without locks, the division of its traffic.
func (s Split) Untouched(left Split) bool {
	if s.Tag == "" {
		return s.Same(left)
	}
	return s.Tag == left.Tag
}

// Unrest says what the service still does with the target, or waits to do; empty when it rests as it is.
func (s Split) Unrest() string {
	if s.Rests {
		return fmt.Sprintf("a deployment of %s waits at %v for the word to go on", s.Candidate, s.Weight)
	}
	return cmp.Or(s.Moving, s.Busy)
}

// plain writes equal splits in one way: a candidate without traffic is none, and a candidate with all traffic is stable.
func (s Split) plain() Split {
	switch {
	case s.Marked && s.Candidate != "":
		return Split{Stable: s.Stable, Candidate: s.Candidate, Weight: s.Weight, Marked: true, Either: s.Either}
	case s.Rests && s.Candidate != "" && s.Weight == None: // more follows, unless somebody stops it
		return Split{Stable: s.Stable, Candidate: s.Candidate, Rests: true}
	case s.Candidate == "" || s.Weight == None:
		return Split{Stable: s.Stable}
	case s.Weight == All:
		return Split{Stable: s.Candidate}
	}
	return Split{Stable: s.Stable, Candidate: s.Candidate, Weight: s.Weight, Either: s.Either}
}

// Plain is the split without its lock, written in the one way in which equal splits are written.
func (s Split) Plain() Split { return s.plain() }

// String is the split as people read it: "41 95 %, 42 5 %".
func (s Split) String() string {
	p := s.plain()
	switch {
	case p.Candidate == "":
		return p.Stable + " 100 %"
	case p.Marked:
		return fmt.Sprintf("%s %v, %s %v and the marked requests", p.Stable, All-p.Weight, p.Candidate, p.Weight)
	}
	return fmt.Sprintf("%s %v, %s %v", p.Stable, All-p.Weight, p.Candidate, p.Weight)
}
