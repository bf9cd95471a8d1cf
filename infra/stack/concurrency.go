package stack

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"

	"sluice/infra/typed"
	"sluice/shared/kind"
)

// Concurrency is how many executions at a time an account allows, and how many of them are kept for which function.
type Concurrency struct {
	Limit    int            // executions at a time in the account and Region; 0: AWS's default
	Reserved map[string]int // what people want otherwise, by function; 0 reserves nothing
}

// AWS's default, and what AWS wants left for functions without a reservation. New accounts have less than the default, for
// example 10 (https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html,
// https://docs.aws.amazon.com/lambda/latest/api/API_PutFunctionConcurrency.html).
const (
	usualConcurrency = 1000
	leftUnreserved   = 100
)

// ParseConcurrency reads what a person gave: "1000", and "guard:50,webhook:20" or "none".
func ParseConcurrency(limit, reserved string) (Concurrency, error) {
	c := Concurrency{Reserved: map[string]int{}}
	if limit != "" {
		n, err := strconv.Atoi(limit)
		if err != nil || n < 1 {
			return c, fmt.Errorf("reading concurrency %q: give the account's number, such as 1000; `aws lambda get-account-settings` says it", limit)
		}
		c.Limit = n
	}
	if reserved == "none" {
		for _, f := range functionsFor(kind.IDs()) {
			c.Reserved[f.name] = 0
		}
		return c, nil
	}
	for part := range strings.SplitSeq(reserved, ",") {
		if part == "" {
			continue
		}
		name, number, _ := strings.Cut(part, ":")
		n, err := strconv.Atoi(number)
		if err != nil || n < 0 {
			return c, fmt.Errorf("reading reserved concurrency %q: write functions with numbers, such as guard:50,webhook:20, or none", part)
		}
		if known := names(functionsFor(kind.IDs())); !slices.Contains(known, name) {
			return c, fmt.Errorf("reading reserved concurrency %q: there is no function %q; %s", part, name, typed.Suggest(name, known))
		}
		if c.Limit > 0 && n > c.Limit {
			return c, fmt.Errorf("reading reserved concurrency %q: the account runs %d at a time", part, c.Limit)
		}
		c.Reserved[name] = n
	}
	return c, nil
}

// reservations is how many executions are kept for each function. Where the account has no room for that, nothing is reserved,
// and the warning says what that means.
func reservations(c Concurrency, functions []function) (reserved map[string]int, warning string) {
	reserved = map[string]int{}
	sum := 0
	for _, f := range functions {
		n, chosen := c.Reserved[f.name]
		if !chosen {
			n = f.reserved
		}
		if n > 0 {
			reserved[f.name] = n
			sum += n
		}
	}
	limit := c.Limit
	if limit == 0 {
		limit = usualConcurrency
	}
	if sum == 0 || limit-sum >= leftUnreserved {
		return reserved, ""
	}
	return nil, fmt.Sprintf("This account runs %d executions at a time, and AWS wants %d left unreserved: nothing is reserved for %s, and a flood of calls from the internet "+
		"can keep the guard from bringing traffic back. Ask AWS for %d or more (Service Quotas, AWS Lambda, Concurrent executions) and deploy again.",
		limit, leftUnreserved, strings.Join(slices.Sorted(maps.Keys(reserved)), ", "), leftUnreserved+sum)
}

func reserve(h home, c Concurrency) map[string]int {
	reserved, warning := reservations(c, h.functions)
	if warning != "" {
		awscdk.Annotations_Of(h.stack).AddWarningV2(jsii.String("sluice:concurrency"), jsii.String(warning))
	}
	return reserved
}
