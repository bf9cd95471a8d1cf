package apistage_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsapigateway "github.com/aws/aws-sdk-go-v2/service/apigateway"

	"sluice/shared/rollout"
	"sluice/shared/traffic"
	"sluice/shared/traffic/apistage"
	"sluice/test/conformance"
)

func made(t *testing.T, f *fixture, wants, release string) (string, *rollout.Rejection, error) {
	t.Helper()
	return apistage.Ports(f.box.Config("")).Maker.Make(t.Context(), f.Target(), wants, release)
}

// deployments are the descriptions of the API's deployments, by id.
func (f *fixture) all(t *testing.T) map[string]string {
	t.Helper()
	time.Sleep(time.Second)
	out, err := f.service().GetDeployments(t.Context(), &awsapigateway.GetDeploymentsInput{RestApiId: aws.String(api), Limit: aws.Int32(500)})
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]string{}
	for _, d := range out.Items {
		all[*d.Id] = *d.Description
	}
	return all
}

// The API as it is now is deployed once for a release, to no stage, whatever happens to answers.
func TestTheAPIAsItIsNowIsDeployedOnce(t *testing.T) {
	for name, meddling := range map[string]conformance.Meddling{"nothing happens": {}, "the answer is lost": {LoseAnswer: true}} {
		t.Run(name, func(t *testing.T) {
			on(t, trait{variables: true}, func(t *testing.T, f *fixture, _ *traffic.Mover) {
				before, serves := f.all(t), f.Serves(t)
				f.OnWrite(meddling)
				first, why, err := made(t, f, "now+alias=v9", "checkout-1")
				if lost := meddling.LoseAnswer; (err != nil) != lost || why != nil {
					t.Fatalf("at first: %s, %v, %v", first, why, err)
				}
				again, _, err := made(t, f, "now+alias=v9", "checkout-1")
				if err != nil || !meddling.LoseAnswer && again != first {
					t.Errorf("again: %s after %s, %v", again, first, err)
				}
				id, variables, _ := strings.Cut(again, "+")
				if all := f.all(t); all[id] != "Sluice: release checkout-1" || variables != "alias=v9" || len(all) != len(before)+1 {
					t.Errorf("%s of %v", again, all)
				}
				if now := f.Serves(t); !now.Same(serves) {
					t.Errorf("the stage serves %v", now)
				}
				time.Sleep(5 * time.Second)
				if other, _, err := made(t, f, "now+alias=v9", "checkout-2"); err != nil || other == again {
					t.Errorf("another release gets %s, %v", other, err)
				}
			})
		})
	}
}

// API Gateway deploys one API in five seconds: that passes by itself.
func TestADeploymentWaitsForItsTurn(t *testing.T) {
	on(t, trait{}, func(t *testing.T, f *fixture, _ *traffic.Mover) {
		if _, _, err := made(t, f, "now", "checkout-1"); err != nil {
			t.Fatal(err)
		}
		var waits *rollout.NotReady
		if _, _, err := made(t, f, "now", "checkout-2"); !errors.As(err, &waits) {
			t.Errorf("at once: %v", err)
		}
		time.Sleep(5 * time.Second)
		if _, _, err := made(t, f, "now", "checkout-2"); err != nil {
			t.Errorf("five seconds later: %v", err)
		}
	})
}

func TestNothingIsDeployedThatCannotBeReleased(t *testing.T) {
	on(t, trait{variables: true}, func(t *testing.T, f *fixture, _ *traffic.Mover) {
		before := f.all(t)
		if _, why, err := made(t, f, "now", "checkout-1"); err != nil || why == nil || !strings.Contains(why.Remedy, "now+alias=<value>") {
			t.Errorf("without its variable: %+v, %v", why, err)
		}
		if revision, why, err := made(t, f, f.revision(1), "checkout-1"); revision != f.revision(1) || why != nil || err != nil {
			t.Errorf("a deployment that there is: %s, %v, %v", revision, why, err)
		}
		if after := f.all(t); len(after) != len(before) {
			t.Errorf("there are %v", after)
		}
		target := f.Target()
		target.APIStage.API = "nowhere"
		if _, why, err := apistage.Ports(f.box.Config("")).Maker.Make(t.Context(), target, "now+alias=v9", "checkout-1"); err != nil || why == nil {
			t.Errorf("an API that there is not: %+v, %v", why, err)
		}
	})
}
