package dynamodb

import (
	"context"
	"slices"

	awsdynamodb "github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// UpdateItem changes an item, or makes one, if its condition holds.
// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateItem.html
func (s *Service) UpdateItem(_ context.Context, in *awsdynamodb.UpdateItemInput) (*awsdynamodb.UpdateItemOutput, error) {
	err := unsupported("UpdateItem", member{"AttributeUpdates", in.AttributeUpdates != nil},
		member{"Expected", in.Expected != nil}, member{"ConditionalOperator", in.ConditionalOperator != ""})
	if err != nil {
		return nil, err
	}
	if in.ReturnValues != "" && !slices.Contains(in.ReturnValues.Values(), in.ReturnValues) {
		return nil, invalid("1 validation error detected: Value '%s' at 'returnValues' failed to satisfy constraint: "+
			"Member must satisfy enum value set: %v", in.ReturnValues, in.ReturnValues.Values())
	}
	w, u, err := conditional{
		in.TableName, in.ConditionExpression, in.ExpressionAttributeNames,
		in.ExpressionAttributeValues, in.ReturnValuesOnConditionCheckFailure,
	}.change(in.Key, in.UpdateExpression)
	if err != nil {
		return nil, err
	}
	done, err := s.carryOut(w)
	if err != nil {
		return nil, err
	}
	attributes, err := u.answer(in.ReturnValues, done)
	return &awsdynamodb.UpdateItemOutput{Attributes: attributes}, err
}

// answer is what ReturnValues asks for. UPDATED_OLD and UPDATED_NEW show the targets of the update alone.
func (u *update) answer(wanted types.ReturnValue, done outcome) (item, error) {
	switch wanted {
	case types.ReturnValueAllOld:
		return done.oldItem(), nil
	case types.ReturnValueAllNew:
		return cloneItem(done.next.item), nil
	case types.ReturnValueUpdatedOld:
		if done.old == nil {
			return nil, nil
		}
		return presentOnly(u.targets.project(done.old.item)), nil
	case types.ReturnValueUpdatedNew:
		return presentOnly(u.targets.project(done.next.item)), nil
	}
	return nil, nil
}

func presentOnly(it item) item {
	if len(it) == 0 {
		return nil
	}
	return it
}

// checkTargets refuses an update of the primary key, and one that reaches into an index key as if it were a document.
func (u *update) checkTargets(t *table) error {
	for _, attribute := range t.schema().attributes() {
		if u.changes(attribute.name) {
			return invalidParameter("Cannot update attribute %s. This attribute is part of the key", attribute.name)
		}
	}
	for _, s := range t.secondary {
		for _, attribute := range s.attributes() {
			if u.reachesInto(attribute.name) {
				return invalid("Key attributes must be scalars; list random access '[]' and map lookup '.' are not allowed: IndexKey: %s", attribute.name)
			}
		}
	}
	return nil
}

// changed is the item after the update, fit to be stored.
func (u *update) changed(t *table, key, old item) (item, error) {
	if old == nil {
		old = key
	}
	next, err := u.apply(old)
	if err != nil {
		return nil, err
	}
	if itemSize(next) > maxItemSize {
		return nil, invalid("Item size to update has exceeded the maximum allowed size")
	}
	if tooDeep(next, maxNesting) {
		return nil, invalid("Nesting Levels have exceeded supported limits")
	}
	return next, t.checkIndexKeys(next)
}

// tooDeep reports whether lists and maps nest deeper than allowed.
func tooDeep(it item, allowed int) bool {
	for _, v := range it {
		if deeper(v, allowed) {
			return true
		}
	}
	return false
}

func deeper(v types.AttributeValue, allowed int) bool {
	switch v := v.(type) {
	case *types.AttributeValueMemberM:
		return allowed == 0 || tooDeep(v.Value, allowed-1)
	case *types.AttributeValueMemberL:
		for _, element := range v.Value {
			if allowed > 0 && deeper(element, allowed-1) {
				return true
			}
		}
		return allowed == 0
	}
	return false
}

// oldItem is a copy of the item before the write, nil if there was none.
func (o outcome) oldItem() item {
	if o.old == nil {
		return nil
	}
	return cloneItem(o.old.item)
}

// checkReturnValues accepts NONE and ALL_OLD, all that a put or a delete can give.
func checkReturnValues(wanted types.ReturnValue) error {
	switch wanted {
	case "", types.ReturnValueNone, types.ReturnValueAllOld:
		return nil
	}
	return invalid("ReturnValues can only be ALL_OLD or NONE")
}
