package cloudfront

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudfront/types"
)

// chosen is the distribution that serves a request, as the edge knows it.
type chosen struct {
	id     string
	config *types.DistributionConfig
}

// choose finds the distribution that serves a request; nil where the host is no distribution's. A session's first answer sets a cookie.
func (e *Edge) choose(r *http.Request) (*chosen, *http.Cookie) {
	s := e.service
	s.mu.Lock()
	defer s.mu.Unlock()
	known := time.Now().Add(-e.late(s.o.Takes))
	primary := s.hosted(r.Host, known)
	if primary == nil {
		return nil, nil
	}
	here := &chosen{primary.id, primary.configs.at(known)}
	p := s.policies[aws.ToString(here.config.ContinuousDeploymentPolicyId)]
	if p == nil || s.crowded {
		return here, nil
	}
	policy := p.configs.at(known)
	staging := s.named(policy.StagingDistributionDnsNames.Items[0])
	if !aws.ToBool(policy.Enabled) || policy.TrafficConfig == nil || staging == nil || !aws.ToBool(staging.configs.at(known).Enabled) {
		return here, nil
	}
	there := &chosen{staging.id, staging.configs.at(known)}
	if h := policy.TrafficConfig.SingleHeaderConfig; h != nil {
		if r.Header.Get(aws.ToString(h.Header)) == aws.ToString(h.Value) {
			return there, nil
		}
		return here, nil
	}
	staged, cookie := s.weigh(r, policy, session(p, known))
	if staged {
		return there, cookie
	}
	return here, cookie
}

// hosted finds the distribution that viewers reach by a host. Staging distributions have none.
func (s *Service) hosted(host string, known time.Time) *distribution {
	host, _, _ = strings.Cut(host, ":")
	for _, d := range s.distributions {
		c := d.configs.at(known)
		if d.staging() || !aws.ToBool(c.Enabled) {
			continue
		}
		if strings.EqualFold(d.domain, host) || c.Aliases != nil && slices.Contains(c.Aliases.Items, host) {
			return d
		}
	}
	return nil
}

// cookieName is the sandbox's own: AWS's is undocumented.
const cookieName = "_aws-cf-cd-session"

// weigh sends a share of requests, or of sessions, to the staging distribution. A session ends when its viewer has been idle for long enough; the
// longest time of a session as a whole is left out.
func (s *Service) weigh(r *http.Request, policy *types.ContinuousDeploymentPolicyConfig, session string) (staged bool, cookie *http.Cookie) {
	w := policy.TrafficConfig.SingleWeightConfig
	fresh := func() bool { return s.o.Chance() < float64(aws.ToFloat32(w.Weight)) }
	if w.SessionStickinessConfig == nil {
		return fresh(), nil
	}
	side := "primary"
	if had, err := r.Cookie(cookieName); err == nil && strings.HasPrefix(had.Value, session+".") {
		side = strings.TrimPrefix(had.Value, session+".")
	} else if fresh() {
		side = "staging"
	}
	return side == "staging", &http.Cookie{Name: cookieName, Value: session + "." + side, Path: "/", MaxAge: int(aws.ToInt32(w.SessionStickinessConfig.IdleTTL))}
}

// session names the time since a policy was enabled, or its sessions made sticky: either begins all sessions anew
// (Learn how continuous deployment works, "Session stickiness for weight-based configurations").
func session(p *policy, known time.Time) string {
	began, before := p.configs[0].since, false
	for _, m := range p.configs {
		if m.since.After(known) {
			break
		}
		sticky := aws.ToBool(m.what.Enabled) && m.what.TrafficConfig != nil && m.what.TrafficConfig.SingleWeightConfig != nil &&
			m.what.TrafficConfig.SingleWeightConfig.SessionStickinessConfig != nil
		if sticky && !before {
			began = m.since
		}
		before = sticky
	}
	return began.UTC().Format("150405.000000")
}
