package appconfig

import (
	"encoding/json"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	datatypes "github.com/aws/aws-sdk-go-v2/service/appconfigdata/types"
)

// UsualPoll is how often an agent asks unless its POLL_INTERVAL says otherwise
// (https://docs.aws.amazon.com/appconfig/latest/userguide/appconfig-integration-ec2.html).
const UsualPoll = 45 * time.Second

// An Agent is an AWS AppConfig Agent beside an application: one session, and what it knew when it asked last. It evaluates the rules of variants for each
// caller, which the data plane does not do for callers of the SDK
// (https://docs.aws.amazon.com/appconfig/latest/userguide/appconfig-integration-retrieving-feature-flags.html).
type Agent struct {
	of    *Service
	every time.Duration

	mu    sync.Mutex
	is    *session
	asked time.Time
	knows *version
}

// Agent begins the session of an agent that asks so often.
func (s *Service) Agent(application, environment, profile string, every time.Duration) (*Agent, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	e, p := s.find(application, environment, profile)
	if e == nil || p == nil {
		return nil, &datatypes.ResourceNotFoundException{Message: aws.String("The application, environment or configuration profile could not be found.")}
	}
	return &Agent{of: s, every: every, is: &session{of: e, profile: p, place: 100 * s.o.Chance()}}, nil
}

// A Flag is what an agent answers to a caller.
type Flag struct {
	Enabled    bool
	Attributes map[string]any
	Variant    string // the agent does not say which; whoever stands beside the sandbox may know. Empty for a flag without variants
}

// Flag is a flag for a caller with a context: GET /applications/.../configurations/...?flag=, with the header Context. there says whether there is such a flag.
func (a *Agent) Flag(key string, context map[string]string) (f Flag, there bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.ask()
	if a.knows == nil {
		return f, false
	}
	shown, all := shownTo(a.knows, func(flag string, of []variant) int {
		at := chosen(of, asker{flag, context})
		if flag == key {
			f.Variant = of[at].Name
		}
		return at
	}), map[string]map[string]any{}
	_ = json.Unmarshal(shown, &all) // we have just written it
	attributes, there := all[key]
	f.Enabled, _ = attributes["enabled"].(bool)
	delete(attributes, "enabled")
	f.Attributes = attributes
	return f, there
}

// ask takes what is new, if it is time.
func (a *Agent) ask() {
	if a.knows != nil && time.Since(a.asked) < a.every {
		return
	}
	a.of.mu.Lock()
	defer a.of.mu.Unlock()
	a.asked, a.knows = time.Now(), a.is.of.servesTo(a.is.profile, a.is.place)
}

// chosen is the first variant whose rule holds: "variants are evaluated as an ordered list", and the last is the default.
func chosen(variants []variant, a asker) int {
	for i, v := range variants {
		if v.Rule == "" {
			return i
		}
		if r, err := ruled(v.Rule); err == nil && r.picks(a) {
			return i
		}
	}
	return len(variants) - 1
}
