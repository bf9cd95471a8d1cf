package cloudfront

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	"sluice/test/sandbox/wire"
)

// A Service is one account's CloudFront.
type Service struct {
	o Options

	mu            sync.Mutex
	made          int // numbers what is made
	distributions map[string]*distribution
	policies      map[string]*policy
	functions     map[string]*function
	stores        map[string]*Store // by ARN
	ids           []string          // of what is made next; none: they are made up
	crowded       bool              // CloudFront is so busy that all requests go to primary distributions
}

// Options say what the service is made of.
type Options struct {
	Home   wire.Home
	Record func(namespace, name string, dims map[string]string, unit string, value float64, at time.Time) // nil: nobody counts
	Chance func() float64                                                                                 // in [0,1); nil: random
	Edges  int                                                                                            // 0: three
	Takes  time.Duration                                                                                  // until a change is at all edges
	Reads  time.Duration                                                                                  // until a change of a key value store is
}

// New makes a service without distributions.
func New(o Options) *Service {
	if o.Record == nil {
		o.Record = func(string, string, map[string]string, string, float64, time.Time) {}
	}
	if o.Chance == nil {
		o.Chance = rand.Float64
	}
	if o.Edges == 0 {
		o.Edges = 3
	}
	return &Service{o: o, distributions: map[string]*distribution{}, policies: map[string]*policy{}, functions: map[string]*function{}, stores: map[string]*Store{}}
}

// Pace sets how long a change takes until it is at all edges. AWS names no figure; people report minutes.
func (s *Service) Pace(takes time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.o.Takes = takes
}

// PaceOfStores sets how long a change of a key value store takes until it is at all edges: seconds, as AWS says.
func (s *Service) PaceOfStores(takes time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.o.Reads = takes
}

// Crowd begins or ends a spell in which all requests go to primary distributions, whatever their policies say. CloudFront has such spells at its own
// peaks (Quotas and other considerations for continuous deployment).
func (s *Service) Crowd(crowded bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.crowded = crowded
}

// Name chooses the ids of what is made next. AWS makes them up; a test has some in its definition already.
func (s *Service) Name(ids ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ids = append(s.ids, ids...)
}

// id is the chosen one, or a made up one of a form.
func (s *Service) id(form string) string {
	if len(s.ids) > 0 {
		id := s.ids[0]
		s.ids = s.ids[1:]
		return id
	}
	return fmt.Sprintf(form, s.next())
}

// next numbers what is made. Ids and versions look like those of AWS.
func (s *Service) next() int {
	s.made++
	return s.made
}

func (s *Service) newETag() string { return fmt.Sprintf("E%013X", 0xA00000000+s.next()) }

// timeline is what something was configured like, and since when. Its last entry is what the API shows.
type timeline[C any] []moment[C]

type moment[C any] struct {
	since time.Time
	what  C
}

func (t timeline[C]) last() moment[C] { return t[len(t)-1] }

// at is what an edge knows to which everything comes late. What was made first is everywhere at once.
func (t timeline[C]) at(known time.Time) C {
	found := t[0].what
	for _, m := range t[1:] {
		if m.since.After(known) {
			break
		}
		found = m.what
	}
	return found
}

// copied is a deep copy: callers go on changing what they sent, and what they are handed.
func copied[C any](c C) C {
	var out C
	text, err := json.Marshal(c)
	if err == nil {
		err = json.Unmarshal(text, &out)
	}
	if err != nil {
		panic("cloudfront: copying a configuration: " + err.Error()) // the SDK's types are plain
	}
	return out
}
