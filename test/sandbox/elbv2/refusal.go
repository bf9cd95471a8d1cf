package elbv2

import (
	"fmt"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"

	"sluice/test/sandbox/wire"
)

// invalid is the refusal of an input that breaks a constraint of the API.
func invalid(format string, args ...any) error { return wire.Validation(format, args...) }

func unknownBalancer(name string) error {
	return &types.LoadBalancerNotFoundException{Message: aws.String(fmt.Sprintf("Load balancers '[%s]' not found", name))}
}

func unknownListener(arn string) error {
	return &types.ListenerNotFoundException{Message: aws.String(fmt.Sprintf("One or more listeners not found: '%s'", arn))}
}

func unknownRule(arn string) error {
	return &types.RuleNotFoundException{Message: aws.String(fmt.Sprintf("One or more rules not found: '%s'", arn))}
}

func unknownGroup(arn string) error {
	return &types.TargetGroupNotFoundException{Message: aws.String(fmt.Sprintf("Target groups '[%s]' not found", arn))}
}

// mostOnPage is the largest page of every Describe operation
// (https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DescribeRules.html).
const mostOnPage = 400

// page cuts the page out of a list that begins at a marker, and gives the marker of the next one.
func page[T any](all []T, marker *string, size *int32) ([]T, *string, error) {
	most := mostOnPage
	if size != nil {
		most = int(*size)
	}
	from := 0
	if marker != nil {
		n, err := strconv.Atoi(*marker)
		if err != nil || n < 0 || n > len(all) {
			return nil, nil, invalid("The marker '%s' is not valid", *marker)
		}
		from = n
	}
	if most < 1 || most > mostOnPage {
		return nil, nil, invalid("Page size must be between 1 and %d", mostOnPage)
	}
	if until := from + most; until < len(all) {
		return all[from:until], aws.String(strconv.Itoa(until)), nil
	}
	return all[from:], nil, nil
}

// within says whether a number that need not be given is in a range.
func within(n *int32, least, most int32) bool { return n == nil || *n >= least && *n <= most }
