package kinds_test

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"

	"sluice/shared/kind"
	"sluice/shared/traffic"
	"sluice/shared/traffic/kinds"
)

// What a kind says of itself is what its ports do: a definition that was let through must find the port that it needs.
func TestEveryKindHasThePortsThatItSpeaksOf(t *testing.T) {
	for _, f := range kind.All() {
		p, err := kinds.Of(f.ID, aws.Config{Region: "eu-central-1"})
		if err != nil {
			t.Fatal(err)
		}
		if (p.Router == nil) == (p.Deployer == nil) {
			t.Errorf("kind %s is moved neither by a router nor by a deployer alone", f.ID)
		}
		if f.Pools != (p.Filler != nil) {
			t.Errorf("kind %s says %v of a pool that is filled, and has the port %v", f.ID, f.Pools, p.Filler)
		}
		has := kind.Uses{Tests: p.Prober != nil || p.Front != nil, Marks: f.Can.Marks, Samples: p.Prober != nil, Fills: p.Publisher != nil, Images: p.Images != nil}
		_, has.Evicts = p.Deployer.(traffic.Evictor)
		if f.Asks != (p.Front != nil) {
			t.Errorf("kind %s says %v of tests by requests, and has the port %v", f.ID, f.Asks, p.Front)
		}
		if f.Can != has {
			t.Errorf("kind %s says that it can do %+v, and has ports for %+v", f.ID, f.Can, has)
		}
	}
}
