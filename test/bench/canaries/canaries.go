// Package canaries are the two increments by which AWS moves traffic to a new revision by itself: a small part for a while, and then everything. What
// simulates judging and what releases in a sandbox play the same ones.
package canaries

import "time"

// A Canary is such a deployment.
type Canary struct {
	Name  string
	First float64       // of the traffic, in the first increment
	For   time.Duration // how long that stands
}

// ECS is what ECS does where nothing is set (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/canary-deployment.html). The others are the
// two canaries that CodeDeploy has for ECS (https://docs.aws.amazon.com/codedeploy/latest/userguide/deployment-configurations.html).
var (
	ECS            = Canary{"ECS, 5 % for 10 min", 0.05, 10 * time.Minute}
	CodeDeployFive = Canary{"CodeDeploy, 10 % for 5 min", 0.1, 5 * time.Minute}
	CodeDeployLong = Canary{"CodeDeploy, 10 % for 15 min", 0.1, 15 * time.Minute}
)

// Weights are those of a time, each for as long as the first increment stands.
func (c Canary) Weights(over time.Duration) []float64 {
	weights := []float64{c.First}
	for at := 2 * c.For; at <= over; at += c.For {
		weights = append(weights, 1)
	}
	return weights
}
