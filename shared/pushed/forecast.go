package pushed

import (
	"context"
	"fmt"
	"strings"

	"sluice/shared/rollout"
	"sluice/shared/ssm"
)

// Forecaster tells the person who pushed what the push will lead to.
type Forecaster struct {
	sources     *ssm.Sources
	definitions *ssm.Definitions
}

// New makes a forecaster that reads the services of a source, and their definitions.
func New(sources *ssm.Sources, definitions *ssm.Definitions) *Forecaster {
	return &Forecaster{sources, definitions}
}

// most is how many services of one repository are looked at. More would take longer than a host waits for an answer.
const most = 20

// Forecast says in a few sentences what a push will release, such as "checkout will be released from commit bbc6bb4.", and what it will
// not, and why. released says whether anything will be. It fails when the definitions cannot be read in time; then nothing is known.
func (f *Forecaster) Forecast(ctx context.Context, p rollout.Push) (said string, released bool, err error) {
	services, err := f.sources.Services(ctx, p.Repository)
	if err != nil {
		return "", false, err
	}
	if len(services) == 0 {
		return fmt.Sprintf("Nothing is released: no service has source.repository: %s. If it was renamed, write its new name into the definition and deploy.", p.Repository), false, nil
	}
	if len(services) > most {
		return fmt.Sprintf("%d services are released from %s; those that want commit %s will be.", len(services), p.Repository, p.Short()), true, nil
	}
	var wanted, refused []string
	for _, service := range services {
		d, err := f.definitions.Definition(ctx, service)
		if ssm.IsUnknown(err) { // the definition was removed since
			continue
		}
		if err != nil {
			return "", false, err
		}
		if why := refusal(d, p); why != "" {
			refused = append(refused, service+" "+why+".")
			continue
		}
		wanted = append(wanted, service)
	}
	return sentence(wanted, refused, p), len(wanted) > 0, nil
}

// refusal says why a push does not release a service, or why its release will be rejected as soon as it is planned.
func refusal(d rollout.Definition, p rollout.Push) string {
	if !strings.EqualFold(d.SourceName(), p.Repository) {
		return "is released from " + d.SourceName() + " by now"
	}
	if why := d.Source.Declines(p); why != "" {
		return why
	}
	if why := (rollout.Release{Definition: d, Authors: p.Authors, Unlisted: p.Unlisted}).Strangers(); why != nil {
		return "will be rejected: " + why.Reason + ". What to do: " + why.Remedy
	}
	return ""
}

func sentence(wanted, refused []string, p rollout.Push) string {
	said := "Nothing is released."
	if len(wanted) > 0 {
		said = fmt.Sprintf("%s will be released from commit %s.", listed(wanted), p.Short())
		if len(p.Paths) == 0 {
			said += " Which files changed is not known, so each service counts as changed."
		}
	}
	return strings.Join(append([]string{said}, refused...), " ")
}

// listed writes names as people do: "cart", "cart and checkout", "cart, checkout and search".
func listed(names []string) string {
	last := len(names) - 1
	if last == 0 {
		return names[0]
	}
	return strings.Join(names[:last], ", ") + " and " + names[last]
}
