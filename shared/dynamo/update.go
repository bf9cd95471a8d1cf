package dynamo

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"sluice/events"
	"sluice/shared/rollout"
)

// update collects one UpdateItem: what to set and remove, under which conditions.
type update struct {
	sets, removes, conditions []string
	names                     map[string]string
	values                    item
	lines                     []rollout.Line // for the audit trail
	returns                   types.ReturnValue
	err                       error
}

func change() *update {
	return &update{names: map[string]string{}, values: item{}, returns: types.ReturnValueAllNew}
}

// askingBefore makes apply return the item as it was before the update.
func (u *update) askingBefore() *update {
	u.returns = types.ReturnValueAllOld
	return u
}

// value adds a placeholder for a value and returns it.
func (u *update) value(v any) string {
	encoded, err := encode(v)
	if err != nil {
		u.err = fmt.Errorf("encoding value: %w", err)
		return ":bad"
	}
	placeholder := fmt.Sprintf(":v%d", len(u.values))
	u.values[placeholder] = encoded
	return placeholder
}

// name adds a placeholder for an attribute name, so that reserved words need no care.
func (u *update) name(attribute string) string {
	u.names["#"+attribute] = attribute
	return "#" + attribute
}

func (u *update) set(attribute string, v any) *update {
	u.sets = append(u.sets, u.name(attribute)+" = "+u.value(readable(v)))
	return u
}

func (u *update) add(attribute string, n int) *update {
	a := u.name(attribute)
	u.sets = append(u.sets, fmt.Sprintf("%s = if_not_exists(%s, %s) + %s", a, a, u.value(0), u.value(n)))
	return u
}

func (u *update) remove(attributes ...string) *update {
	for _, a := range attributes {
		u.removes = append(u.removes, u.name(a))
	}
	return u
}

// when adds a condition; %s in it are placeholders made by name and value.
func (u *update) when(format string, placeholders ...any) *update {
	u.conditions = append(u.conditions, "("+fmt.Sprintf(format, placeholders...)+")")
	return u
}

// tell appends to the audit trail. Lines are cut to a length that leaves room for many.
func (u *update) tell(lines ...rollout.Line) *update {
	for _, l := range lines {
		l.Who, l.What = events.Visible(l.Who), events.Line(l.What)
		u.lines = append(u.lines, l)
	}
	return u
}

// told is the update with its lines, which makes it complete.
func (u *update) told() *update {
	if len(u.lines) == 0 {
		return u
	}
	whole := &update{
		sets: slices.Clone(u.sets), removes: u.removes, conditions: u.conditions,
		names: maps.Clone(u.names), values: maps.Clone(u.values), returns: u.returns, err: u.err,
	}
	a := whole.name("audit")
	whole.sets = append(whole.sets, fmt.Sprintf("%s = list_append(if_not_exists(%s, %s), %s)", a, a, whole.value([]rollout.Line{}), whole.value(u.lines)))
	return whole
}

func (u *update) expression() string {
	var parts []string
	if len(u.sets) > 0 {
		parts = append(parts, "SET "+strings.Join(u.sets, ", "))
	}
	if len(u.removes) > 0 {
		parts = append(parts, "REMOVE "+strings.Join(u.removes, ", "))
	}
	return strings.Join(parts, " ")
}

// apply carries out the update. to receives the item as it is afterwards, or as it was before if the update asks for that. When a condition did not
// hold, to receives the present item, and the error is ErrConflict. A nil to asks for nothing: a record with a long trail is large, and most writers
// do not read it.
func (s *Store) apply(ctx context.Context, k item, u *update, to any) error {
	if u.err != nil {
		return u.err
	}
	in := &dynamodb.UpdateItemInput{
		TableName: &s.table, Key: k, ExpressionAttributeNames: u.names, ExpressionAttributeValues: u.values,
	}
	if to != nil {
		in.ReturnValues, in.ReturnValuesOnConditionCheckFailure = u.returns, types.ReturnValuesOnConditionCheckFailureAllOld
	}
	if len(u.values) == 0 {
		in.ExpressionAttributeValues = nil
	}
	if e := u.expression(); e != "" {
		in.UpdateExpression = &e
	}
	if len(u.conditions) > 0 {
		c := strings.Join(u.conditions, " AND ")
		in.ConditionExpression = &c
	}
	out, err := s.db.UpdateItem(ctx, in)
	var lost *types.ConditionalCheckFailedException
	switch {
	case errors.As(err, &lost) && to != nil:
		return errors.Join(ErrConflict, decode(lost.Item, to))
	case err != nil:
		return conflict(err)
	case to == nil:
		return nil
	}
	return decode(out.Attributes, to)
}
