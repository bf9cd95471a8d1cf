package dynamodb

import (
	"context"

	awsdynamodb "github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// GetItem reads one item. Reads are always consistent here, asked for or not.
// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_GetItem.html
func (s *Service) GetItem(_ context.Context, in *awsdynamodb.GetItemInput) (*awsdynamodb.GetItemOutput, error) {
	if err := unsupported("GetItem", member{"AttributesToGet", in.AttributesToGet != nil}); err != nil {
		return nil, err
	}
	want, err := newLookup(in.TableName, in.Key, in.ProjectionExpression, in.ExpressionAttributeNames)
	if err != nil {
		return nil, err
	}
	found, err := s.look(want)
	if err != nil {
		return nil, err
	}
	return &awsdynamodb.GetItemOutput{Item: want.show(found)}, nil
}

// A lookup is a read of one item by its key.
type lookup struct {
	table string
	key   item
	shown tree // nil: everything
}

func newLookup(name *string, key item, projection *string, names map[string]string) (*lookup, error) {
	if err := checkTableName(name); err != nil {
		return nil, err
	}
	if key == nil {
		return nil, required("Key")
	}
	admitted, err := admitItem(key)
	if err != nil {
		return nil, err
	}
	sc, err := newScope(names, nil)
	if err != nil {
		return nil, err
	}
	shown, err := sc.projection(projection)
	if err != nil {
		return nil, err
	}
	return &lookup{table: *name, key: admitted, shown: shown}, sc.close()
}

func (s *Service) look(want *lookup) (*record, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.find(want)
}

// find is look for callers that hold the lock.
func (s *Service) find(want *lookup) (*record, error) {
	t, err := s.table(want.table)
	if err != nil {
		return nil, err
	}
	if err := t.schema().checkKey(want.key); err != nil {
		return nil, err
	}
	return t.get(t.schema().position(want.key)), nil
}

// show copies what the lookup asked for; nil if there is no item.
func (want *lookup) show(found *record) item {
	switch {
	case found == nil:
		return nil
	case want.shown == nil:
		return cloneItem(found.item)
	}
	return want.shown.project(found.item)
}

// PutItem stores an item in the place of the one with its key, if its condition holds.
// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_PutItem.html
func (s *Service) PutItem(_ context.Context, in *awsdynamodb.PutItemInput) (*awsdynamodb.PutItemOutput, error) {
	err := unsupported("PutItem", member{"Expected", in.Expected != nil}, member{"ConditionalOperator", in.ConditionalOperator != ""})
	if err != nil {
		return nil, err
	}
	if err := checkReturnValues(in.ReturnValues); err != nil {
		return nil, err
	}
	w, err := conditional{
		in.TableName, in.ConditionExpression, in.ExpressionAttributeNames,
		in.ExpressionAttributeValues, in.ReturnValuesOnConditionCheckFailure,
	}.put(in.Item)
	if err != nil {
		return nil, err
	}
	attributes, err := s.carryOutShowing(w, in.ReturnValues)
	if err != nil {
		return nil, err
	}
	return &awsdynamodb.PutItemOutput{Attributes: attributes}, nil
}

// DeleteItem deletes an item, if its condition holds; an item that is not there is as good as deleted.
// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_DeleteItem.html
func (s *Service) DeleteItem(_ context.Context, in *awsdynamodb.DeleteItemInput) (*awsdynamodb.DeleteItemOutput, error) {
	err := unsupported("DeleteItem", member{"Expected", in.Expected != nil}, member{"ConditionalOperator", in.ConditionalOperator != ""})
	if err != nil {
		return nil, err
	}
	if err := checkReturnValues(in.ReturnValues); err != nil {
		return nil, err
	}
	w, err := conditional{
		in.TableName, in.ConditionExpression, in.ExpressionAttributeNames,
		in.ExpressionAttributeValues, in.ReturnValuesOnConditionCheckFailure,
	}.remove(in.Key)
	if err != nil {
		return nil, err
	}
	attributes, err := s.carryOutShowing(w, in.ReturnValues)
	if err != nil {
		return nil, err
	}
	return &awsdynamodb.DeleteItemOutput{Attributes: attributes}, nil
}

func (s *Service) carryOutShowing(w *write, wanted types.ReturnValue) (item, error) {
	done, err := s.carryOut(w)
	if err != nil || wanted != types.ReturnValueAllOld {
		return nil, err
	}
	return done.oldItem(), nil
}
