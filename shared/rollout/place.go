package rollout

import (
	"fmt"
	"slices"
	"strings"
)

// Place is the account and Region where a target is. An engine has one place: a target or a guard alarm that the engine names without a place is
// there. An event from outside may be from another place; its ARN says which.
type Place struct {
	Partition string `json:"partition,omitempty"` // aws, aws-us-gov or aws-cn
	Account   string `json:"account,omitempty"`
	Region    string `json:"region,omitempty"`
}

// ParsePlace reads a place in the form in which functions get it: aws/123456789012/eu-central-1.
func ParsePlace(text string) (Place, error) {
	parts := strings.Split(text, "/")
	if len(parts) != 3 || slices.Contains(parts, "") {
		return Place{}, fmt.Errorf("reading place %q: write partition, account and Region, such as aws/123456789012/eu-central-1", text)
	}
	return Place{parts[0], parts[1], parts[2]}, nil
}

// String is the place in a sentence.
func (p Place) String() string { return p.Region + " of account " + p.Account }

// Alarm is the ARN of the alarm that has this name here.
func (p Place) Alarm(name string) string {
	return "arn:" + p.Partition + ":cloudwatch:" + p.Region + ":" + p.Account + ":alarm:" + name
}

// Alarms are the ARNs of alarms that have these names here.
func (p Place) Alarms(names []string) []string {
	arns := make([]string, len(names))
	for i, name := range names {
		arns[i] = p.Alarm(name)
	}
	return arns
}
