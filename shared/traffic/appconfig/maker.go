package appconfig

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	api "github.com/aws/aws-sdk-go-v2/service/appconfig"

	"sluice/shared/rollout"
	"sluice/shared/traffic"
)

type labels interface {
	ListHostedConfigurationVersions(context.Context, *api.ListHostedConfigurationVersionsInput, ...func(*api.Options)) (*api.ListHostedConfigurationVersionsOutput, error)
}

// Maker finds the version that a label stands for.
type Maker struct{ client labels }

var _ traffic.Maker = (*Maker)(nil)

// Make implements traffic.Maker: it makes nothing. From then on the release is about the number, whatever becomes of the label. A label without a
// wildcard is matched as a whole (https://docs.aws.amazon.com/appconfig/2019-10-09/APIReference/API_ListHostedConfigurationVersions.html). That no two
// versions have the same one is written nowhere.
func (m *Maker) Make(ctx context.Context, t rollout.Target, wants, _ string) (revision string, why *rollout.Rejection, err error) {
	c := *t.Configuration
	if !c.Labelled(wants) {
		return wants, nil, nil
	}
	var found []string
	in := &api.ListHostedConfigurationVersionsInput{ApplicationId: &c.Application, ConfigurationProfileId: &c.Profile, VersionLabel: &wants}
	for {
		out, err := m.client.ListHostedConfigurationVersions(ctx, in)
		if err != nil {
			err = failed("looking for version "+wants+" of "+c.String(), err)
			if o := traffic.ObstacleOf(err); o != nil {
				return wants, rollout.Because(o.What, o.Remedy), nil
			}
			return wants, nil, err
		}
		for _, v := range out.Items {
			if aws.ToString(v.VersionLabel) == wants {
				found = append(found, fmt.Sprint(v.VersionNumber))
			}
		}
		if in.NextToken = out.NextToken; in.NextToken == nil {
			break
		}
	}
	switch len(found) {
	case 0:
		return wants, rollout.Because(fmt.Sprintf("no version of %s has the label %s", c, wants), "name one that there is, by its number or its label: "+listing(c)), nil
	case 1:
		return found[0], nil, nil
	}
	return wants, rollout.Because(fmt.Sprintf("%d versions of %s have the label %s: %v", len(found), c, wants, found), "name one of them by its number"), nil
}
