package dynamo

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/aws/smithy-go"

	"sluice/shared/rollout"
)

// When an audit trail has filled its item, keptLines lines stay at its beginning and cutLines lines behind them are cut. The
// beginning tells who asked for the release and what was planned, the end what is going on; an alarm that flaps for days fills the middle.
const (
	keptLines = 20
	cutLines  = 200
)

// isFull says whether a write would make the item larger than the 400 KB that DynamoDB takes
// (https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html). A release must end all the same.
func isFull(err error) bool {
	var api smithy.APIError
	return errors.As(err, &api) && api.ErrorCode() == "ValidationException" && strings.Contains(api.ErrorMessage(), "Item size")
}

// cut takes the oldest lines behind the kept ones out of a trail, and puts one line there that says so.
func (s *Store) cut(ctx context.Context, id string, at time.Time) error {
	u := change()
	a := u.name("audit")
	gone := rollout.Line{At: at, Who: "record", What: fmt.Sprintf("The record is full: %d older lines were cut here, the functions' logs hold them.", cutLines)}
	u.sets = append(u.sets, fmt.Sprintf("%s[%d] = %s", a, keptLines, u.value(gone)))
	for i := range cutLines - 1 {
		u.removes = append(u.removes, fmt.Sprintf("%s[%d]", a, keptLines+1+i))
	}
	u.when("NOT %s[%d] = %s", a, keptLines, u.value(gone)) // not twice: an earlier attempt may have got through unseen
	if err := s.apply(ctx, releaseKey(id), u, nil); !IsConflict(err) {
		return err
	}
	return nil
}
