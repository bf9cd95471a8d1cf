package route53

import (
	"fmt"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/route53/types"
	"github.com/miekg/dns"
)

// A Resolver asks name servers for its clients, and keeps each answer as long as its TTL says. All clients of one resolver meet the same endpoint
// until then, so a few large resolvers make the split lumpy.
type Resolver struct {
	ask func(name string, kind types.RRType) (Answer, error)

	mu   sync.Mutex
	kept map[key]keptAnswer
}

type keptAnswer struct {
	Answer
	until time.Time
}

// NewResolver is a resolver of the world outside, or of a VPC, that asks the service itself.
func (s *Service) NewResolver(vpc string) *Resolver {
	return &Resolver{ask: func(name string, kind types.RRType) (Answer, error) { return s.Ask(vpc, name, kind), nil }, kept: map[key]keptAnswer{}}
}

// ResolverOf is a resolver that asks a name server at an address.
func ResolverOf(address string) *Resolver {
	return &Resolver{ask: func(name string, kind types.RRType) (Answer, error) { return asked(address, name, kind) }, kept: map[key]keptAnswer{}}
}

// Resolve is the answer for a name, from what the resolver keeps or from a name server.
func (r *Resolver) Resolve(name string, kind types.RRType) (Answer, error) {
	at := key{absolute(name), kind}
	r.mu.Lock()
	defer r.mu.Unlock()
	now := time.Now()
	if k, there := r.kept[at]; there && now.Before(k.until) {
		return k.Answer, nil
	}
	a, err := r.ask(name, kind)
	if err != nil {
		return a, err
	}
	r.kept[at] = keptAnswer{a, now.Add(a.TTL)}
	return a, nil
}

// asked asks over UDP.
func asked(address, name string, kind types.RRType) (Answer, error) {
	q := new(dns.Msg)
	q.SetQuestion(dns.Fqdn(name), dns.StringToType[string(kind)])
	m, _, err := new(dns.Client).Exchange(q, address)
	if err != nil {
		return Answer{}, fmt.Errorf("asking %s for %s: %w", address, name, err)
	}
	a := Answer{Exists: m.Rcode == dns.RcodeSuccess, Kind: kind}
	for _, r := range m.Answer {
		a.Kind, a.TTL = types.RRType(dns.TypeToString[r.Header().Rrtype]), time.Duration(r.Header().Ttl)*time.Second
		a.Values = append(a.Values, value(r))
	}
	return a, nil
}

// value is what a record holds, as Route 53 writes it.
func value(r dns.RR) string { return r.String()[len(r.Header().String()):] }
