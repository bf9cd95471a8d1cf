package eventbridge

import (
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"

	"sluice/test/sandbox/wire"
)

// page cuts one page out of a listing; the token is the place where the next begins.
func page[T any](all []T, limit *int32, token *string) ([]T, *string, error) {
	size := 100
	if limit != nil {
		size = int(*limit)
	}
	if size < 1 || size > 100 {
		return nil, nil, wire.Validation("Value '%d' at 'limit' failed to satisfy constraint: Member must be between 1 and 100", size)
	}
	start := 0
	if token != nil {
		n, err := strconv.Atoi(*token)
		if err != nil || n < 0 {
			return nil, nil, wire.Validation("Invalid NextToken: %s", *token)
		}
		start = min(n, len(all))
	}
	end := min(start+size, len(all))
	if end == len(all) {
		return all[start:end], nil, nil
	}
	return all[start:end], aws.String(strconv.Itoa(end)), nil
}
