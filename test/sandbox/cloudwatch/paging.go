package cloudwatch

import (
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
)

// paged cuts one page out of a list. Its token is where the next page begins.
func paged[T any](all []T, token *string, size *int32, standard, most int32) ([]T, *string, error) {
	from := 0
	if token != nil {
		n, err := strconv.Atoi(strings.TrimPrefix(*token, "from-"))
		if err != nil || n < 0 {
			return nil, nil, &types.InvalidNextToken{Message: ptr("The token was not given by this operation.")}
		}
		from = min(n, len(all))
	}
	room := standard
	if size != nil {
		room = *size
	}
	if room < 1 || room > most {
		return nil, nil, validation("MaxRecords must be between 1 and %d.", most)
	}
	to := min(from+int(room), len(all))
	if to == len(all) {
		return all[from:], nil, nil
	}
	return all[from:to], ptr("from-" + strconv.Itoa(to)), nil
}
