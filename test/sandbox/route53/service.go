// Package route53 is the part of Amazon Route 53 that weighted records need: hosted zones, batches of changes, protections, and the authoritative
// name servers that answer by them.
//
// A batch is carried out whole or not at all, on a copy of the zone's records. It is PENDING until it has come to all of the zone's name servers, to
// one after the other; then it is INSYNC. Ask is a name server, Listen has it answer on a port, and Resolver is a client that keeps answers as
// long as their TTL.
//
// Documentation followed:
//   - https://docs.aws.amazon.com/Route53/latest/APIReference/API_ChangeResourceRecordSets.html and the pages beside it
//   - https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/routing-policy-weighted.html
//   - https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/health-checks-how-route-53-chooses-records.html
//   - https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/DNSLimitations.html
//   - https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/throttling-api-requests.html
//   - https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/rrset-protection.html
//
// What no page says is marked undocumented where it is decided.
package route53

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	"sluice/test/sandbox/wire"
)

// Options say what the service is made of.
type Options struct {
	Home   wire.Home
	Record func(namespace, name string, dims map[string]string, unit string, value float64, at time.Time) // nil: nobody counts
	Chance func() float64                                                                                 // in [0,1); nil: random
	// Lookup finds the addresses of what an alias points to and no zone has, such as a load balancer; nil: there is nothing else.
	Lookup func(name, recordType string) []string
}

// A Service is one account's Route 53.
type Service struct {
	o Options

	mu      sync.Mutex
	made    int // numbers what is made
	zones   map[string]*zone
	changes map[string]*change
	sick    map[string]bool // by health check: whether it is unhealthy
	takes   time.Duration   // until a change is at all name servers
	slow    time.Duration   // until a zone takes its next batch
	calls   map[string]*bucket
}

// servers is how many name servers a zone has.
const servers = 4

// sync is within what a change is generally at all name servers (API_GetChange).
const inSync = time.Minute

// New makes a service without zones.
func New(o Options) *Service {
	if o.Record == nil {
		o.Record = func(string, string, map[string]string, string, float64, time.Time) {}
	}
	if o.Chance == nil {
		o.Chance = rand.Float64
	}
	if o.Lookup == nil {
		o.Lookup = func(string, string) []string { return nil }
	}
	return &Service{o: o, zones: map[string]*zone{}, changes: map[string]*change{}, sick: map[string]bool{}, calls: map[string]*bucket{}, takes: inSync}
}

// Pace sets how long a change takes until it is at all name servers, and how long a zone is busy with a batch before it takes the next one.
func (s *Service) Pace(takes, busy time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.takes, s.slow = takes, busy
}

// CreateHealthCheck makes a health check, which is healthy at first.
func (s *Service) CreateHealthCheck(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sick[id] = false
}

// Sicken makes a health check fail, or pass again.
func (s *Service) Sicken(id string, unhealthy bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sick[id] = unhealthy
}

// id numbers what is made, in the form of AWS's ids.
func (s *Service) id(letter string) string {
	s.made++
	return fmt.Sprintf("%s%013d", letter, s.made)
}

// copied is a deep copy: callers go on changing what they sent, and what they are handed.
func copied[C any](c C) C {
	var out C
	text, err := json.Marshal(c)
	if err == nil {
		err = json.Unmarshal(text, &out)
	}
	if err != nil {
		panic("route53: copying: " + err.Error()) // the SDK's types are plain
	}
	return out
}
