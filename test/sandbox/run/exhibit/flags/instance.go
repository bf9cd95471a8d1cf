package flags

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/appconfigdata"

	"sluice/shared/kind"
	"sluice/test/sandbox/run/exhibit"
)

// polls is how often an instance asks what the flag says: a minute is usual.
const polls = 2 * time.Second

// instance is one process of the application, with a session of its own.
type instance struct {
	data *appconfigdata.Client

	mu    sync.Mutex
	token *string
	asked time.Time
	flag  flag
	n     float64 // requests by what the flag says
}

// flag is what the data plane says of it.
type flag struct {
	Enabled bool    `json:"enabled"`
	Version string  `json:"version"`
	Failing float64 `json:"failing"` // percent of the requests
}

func newInstance(ctx context.Context, data *appconfigdata.Client, c kind.Configuration) (*instance, error) {
	out, err := data.StartConfigurationSession(ctx, &appconfigdata.StartConfigurationSessionInput{
		ApplicationIdentifier: &c.Application, EnvironmentIdentifier: &c.Environment, ConfigurationProfileIdentifier: &c.Profile,
	})
	if err != nil {
		return nil, fmt.Errorf("beginning a session of AppConfig: %w", err)
	}
	i := &instance{data: data, token: out.InitialConfigurationToken}
	return i, i.poll(ctx)
}

// poll asks what is new.
func (i *instance) poll(ctx context.Context) error {
	out, err := i.data.GetLatestConfiguration(ctx, &appconfigdata.GetLatestConfigurationInput{ConfigurationToken: i.token})
	if err != nil {
		return fmt.Errorf("asking AppConfig for the flag: %w", err)
	}
	i.token, i.asked = out.NextPollConfigurationToken, time.Now()
	if len(out.Configuration) == 0 {
		return nil
	}
	var says struct{ Cart flag }
	if err := json.Unmarshal(out.Configuration, &says); err != nil {
		return fmt.Errorf("reading the flag: %w", err)
	}
	if says.Cart != i.flag {
		i.flag, i.n = says.Cart, 0
	}
	return nil
}

// serve answers a request by what the flag says. Failures are spread evenly over the requests.
func (i *instance) serve(ctx context.Context) (exhibit.Answer, error) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if time.Since(i.asked) > polls {
		if err := i.poll(ctx); err != nil {
			if ctx.Err() != nil {
				return exhibit.Answer{}, ctx.Err()
			}
			return exhibit.Answer{}, err
		}
	}
	before := i.n * i.flag.Failing / 100
	i.n++
	failed := math.Floor(before+i.flag.Failing/100) > math.Floor(before)
	return exhibit.Answer{Revision: i.flag.Version, Failed: failed && i.flag.Enabled}, nil
}
