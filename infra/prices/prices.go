// Package prices says what AWS asks for what a release uses, in US dollars, in us-east-1, beyond the free tiers.
package prices

// What AWS asks for one unit.
const (
	perTransition  = 0.025 / 1000      // Standard workflows; https://aws.amazon.com/step-functions/pricing/
	perInvocation  = 0.20 / 1e6        // https://aws.amazon.com/lambda/pricing/
	perGBSecond    = 0.0000133334      // arm64, first tier; https://aws.amazon.com/lambda/pricing/
	perWrite       = 0.625 / 1e6       // on-demand, up to 1 KB; https://aws.amazon.com/dynamodb/pricing/on-demand/
	perRead        = 0.125 / 1e6       // on-demand, up to 4 KB, strongly consistent; the same page
	perEvent       = 1.00 / 1e6        // custom events, up to 64 KB; https://aws.amazon.com/eventbridge/pricing/
	perMetricRead  = 0.01 / 1000       // GetMetricData, each metric; https://aws.amazon.com/cloudwatch/pricing/
	perLoggedGB    = 0.50              // standard log class; https://aws.amazon.com/cloudwatch/pricing/
	perPublish     = 0.50 / 1e6        // SNS requests; https://aws.amazon.com/sns/pricing/
	memoryGB       = 0.25              // as the rows of infra/stack say
	secondsPerCall = 0.15              // an assumption: handlers mostly wait for two or three AWS calls
	loggedGBPerRun = 3.0 / 1024 / 1024 // an assumption: 3 KB for each invocation
)

// Alarm is what a standard alarm of one metric costs in a month, whether or not anything is released (https://aws.amazon.com/cloudwatch/pricing/).
const Alarm = 0.10

// Used is what a release uses.
type Used struct {
	Transitions   int // of its state machine
	Invocations   int // of functions
	Reads, Writes int // of items of DynamoDB
	Metrics       int // read
	Events        int // put on a bus
	Messages      int // published
}

// A Line is a line of the bill: what, how many, for how much.
type Line struct {
	What    string
	Count   int
	Dollars float64
}

// Bill is what that costs.
func (u Used) Bill() []Line {
	return []Line{
		{"state transitions", u.Transitions, float64(u.Transitions) * perTransition},
		{"Lambda invocations", u.Invocations, float64(u.Invocations) * (perInvocation + memoryGB*secondsPerCall*perGBSecond + loggedGBPerRun*perLoggedGB)},
		{"DynamoDB reads and writes", u.Reads + u.Writes, float64(u.Reads)*perRead + float64(u.Writes)*perWrite},
		{"metrics read", u.Metrics, float64(u.Metrics) * perMetricRead},
		{"events and messages", u.Events + u.Messages, float64(u.Events)*perEvent + float64(u.Messages)*perPublish},
	}
}

// Total is what a bill comes to.
func Total(lines []Line) (dollars float64) {
	for _, l := range lines {
		dollars += l.Dollars
	}
	return dollars
}
