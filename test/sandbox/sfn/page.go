package sfn

import (
	"encoding/base64"
	"slices"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sfn/types"
)

const (
	defaultPage = 100
	maxPage     = 1000
)

// A pager walks an append-only list in pages, from either end. Its token is a place in the list, so that what is added
// between two calls neither repeats nor hides an entry.
type pager struct {
	size    int32
	token   *string
	reverse bool
}

// cut gives the places (not the entries) of the page among n entries that keep accepts; next is nil on the last page.
func (p pager) cut(n int, keep func(i int) bool) (places []int, next *string, err error) {
	if p.size < 0 || p.size > maxPage {
		return nil, nil, invalid("1 validation error detected: Value at 'maxResults' failed to satisfy constraint: Member must be between 0 and 1000")
	}
	size := int(p.size)
	if size == 0 {
		size = defaultPage
	}
	from, step := 0, 1
	if p.reverse {
		from, step = n-1, -1
	}
	if aws.ToString(p.token) != "" {
		if from, err = readPageToken(*p.token, n); err != nil {
			return nil, nil, err
		}
	}
	for i := from; i >= 0 && i < n; i += step {
		if !keep(i) {
			continue
		}
		if len(places) == size {
			return places, aws.String(base64.URLEncoding.EncodeToString([]byte(strconv.Itoa(i)))), nil
		}
		places = append(places, i)
	}
	return places, nil, nil
}

func readPageToken(token string, n int) (int, error) {
	raw, errBase := base64.URLEncoding.DecodeString(token)
	from, errDigits := strconv.Atoi(string(raw))
	if errBase != nil || errDigits != nil || from < 0 || from >= n {
		return 0, &types.InvalidToken{Message: aws.String("Invalid Token: 'Invalid token'")}
	}
	return from, nil
}

func everything(int) bool { return true }

// pick gives the entries at places.
func pick[T any](all []T, places []int) []T {
	out := slices.Grow([]T{}, len(places))
	for _, i := range places {
		out = append(out, all[i])
	}
	return out
}
