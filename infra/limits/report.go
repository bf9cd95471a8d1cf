package limits

import (
	"errors"
	"fmt"
	"strings"
)

// WayOut is what to do about an engine that is full.
const WayOut = "move some of the definitions into an engine of their own (docs/operations.md, 'When an engine is full')"

// Report says in lines for people how near each limit is. The error names what AWS would refuse.
func Report(templates map[string][]byte) (string, error) {
	uses, err := Measure(templates)
	if err != nil {
		return "", err
	}
	var report strings.Builder
	report.WriteString("How much of AWS's limits this engine takes, in the Region with the longest name:\n")
	var beyond []error
	for _, u := range uses {
		fmt.Fprintf(&report, "  %s\n", u)
		switch {
		case u.Beyond():
			beyond = append(beyond, fmt.Errorf("AWS would refuse %s: %d %s, and it takes %d at most (%s); %s", u.Stack, u.Used, u.Limit.What, u.Limit.Most, u.Limit.Source, WayOut))
		case u.Near():
			fmt.Fprintf(&report, "  WARNING: little room is left in this one. Before it is full, %s\n", WayOut)
		}
	}
	return report.String(), errors.Join(beyond...)
}
