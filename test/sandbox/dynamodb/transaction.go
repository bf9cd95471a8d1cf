package dynamodb

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsdynamodb "github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

const (
	maxTransaction = 100
	// A ClientRequestToken makes a repeated request do nothing for ten minutes after the first has finished.
	tokenLife = 10 * time.Minute
)

// A transaction that was carried out, remembered by its token.
type transaction struct {
	request [32]byte // fingerprint
	at      time.Time
}

// TransactWriteItems carries out all of its members or none.
// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html
func (s *Service) TransactWriteItems(_ context.Context, in *awsdynamodb.TransactWriteItemsInput) (*awsdynamodb.TransactWriteItemsOutput, error) {
	if err := checkCount(len(in.TransactItems)); err != nil {
		return nil, err
	}
	writes := make([]*write, len(in.TransactItems))
	for i, m := range in.TransactItems {
		w, err := transactionMember(m)
		if err != nil {
			return nil, err
		}
		writes[i] = w
	}
	token, request := aws.ToString(in.ClientRequestToken), fingerprint(in.TransactItems)
	s.mu.Lock()
	defer s.mu.Unlock()
	if done, err := s.already(token, request); done || err != nil {
		return &awsdynamodb.TransactWriteItemsOutput{}, err
	}
	if err := s.transact(writes); err != nil {
		return nil, err
	}
	if token != "" {
		s.spent[token] = transaction{request: request, at: time.Now()}
	}
	return &awsdynamodb.TransactWriteItemsOutput{}, nil
}

func checkCount(members int) error {
	if members < 1 || members > maxTransaction {
		return invalid("1 validation error detected: Value at 'transactItems' failed to satisfy constraint: "+
			"Member must have length less than or equal to %d and greater than or equal to 1", maxTransaction)
	}
	return nil
}

func transactionMember(m types.TransactWriteItem) (*write, error) {
	given := 0
	for _, is := range []bool{m.Put != nil, m.Update != nil, m.Delete != nil, m.ConditionCheck != nil} {
		if is {
			given++
		}
	}
	switch {
	case given != 1:
		return nil, invalid("TransactItems can only contain one of Check, Put, Update or Delete")
	case m.Put != nil:
		p := m.Put
		return conditional{
			p.TableName, p.ConditionExpression, p.ExpressionAttributeNames, p.ExpressionAttributeValues,
			p.ReturnValuesOnConditionCheckFailure,
		}.put(p.Item)
	case m.Delete != nil:
		d := m.Delete
		return conditional{
			d.TableName, d.ConditionExpression, d.ExpressionAttributeNames, d.ExpressionAttributeValues,
			d.ReturnValuesOnConditionCheckFailure,
		}.remove(d.Key)
	case m.ConditionCheck != nil:
		c := m.ConditionCheck
		return conditional{
			c.TableName, c.ConditionExpression, c.ExpressionAttributeNames, c.ExpressionAttributeValues,
			c.ReturnValuesOnConditionCheckFailure,
		}.keep(c.Key)
	}
	u := m.Update
	if u.UpdateExpression == nil {
		return nil, required("UpdateExpression")
	}
	w, _, err := conditional{
		u.TableName, u.ConditionExpression, u.ExpressionAttributeNames, u.ExpressionAttributeValues,
		u.ReturnValuesOnConditionCheckFailure,
	}.change(u.Key, u.UpdateExpression)
	return w, err
}

// already looks for an earlier request with the token. The caller holds the lock.
func (s *Service) already(token string, request [32]byte) (done bool, err error) {
	now := time.Now()
	before, found := s.spent[token]
	switch {
	case !found || now.Sub(before.at) >= tokenLife:
		s.forget(now)
		return false, nil
	case before.request != request:
		return false, &types.IdempotentParameterMismatchException{Message: aws.String(
			"Request was rejected because its parameters do not match those of an earlier request with the same client token")}
	}
	return true, nil
}

// forget drops old tokens when there are many.
func (s *Service) forget(now time.Time) {
	if len(s.spent) < s.spentLimit {
		return
	}
	for token, t := range s.spent {
		if now.Sub(t.at) >= tokenLife {
			delete(s.spent, token)
		}
	}
	s.spentLimit = 2*len(s.spent) + 100
}

// transact stages every member on the state before the transaction, and commits if all of them can be carried out.
func (s *Service) transact(writes []*write) error {
	if err := s.checkOneEach(writes); err != nil {
		return err
	}
	outcomes := make([]outcome, len(writes))
	failures := make([]error, len(writes))
	bytes := 0
	for i, w := range writes {
		outcomes[i], failures[i] = s.stage(w)
		if next := outcomes[i].next; next != nil {
			bytes += next.size
		}
	}
	if err := cancelled(failures); err != nil {
		return err
	}
	if bytes > maxTransactionSize {
		return invalid("The aggregate size of the items in the transaction exceeds 4 MB")
	}
	for _, o := range outcomes {
		o.commit()
	}
	return nil
}

// checkOneEach refuses two members for one item. Keys that do not fit their table are left for stage to report.
func (s *Service) checkOneEach(writes []*write) error {
	seen := seenKeys{}
	for _, w := range writes {
		t, err := s.table(w.table)
		if err != nil {
			return err
		}
		if w.checkKey(t, w.key) == nil && seen.again(t, w.key) {
			return oneOperationEach()
		}
	}
	return nil
}

func oneOperationEach() error {
	return invalid("Transaction request cannot include multiple operations on one item")
}

// cancelled makes one error of the members' failures, a reason for each member in order; nil if there are none.
func cancelled(failures []error) error {
	reasons := make([]types.CancellationReason, len(failures))
	codes := make([]string, len(failures))
	failed := false
	for i, err := range failures {
		reasons[i] = reason(err)
		codes[i] = *reasons[i].Code
		failed = failed || err != nil
	}
	if !failed {
		return nil
	}
	return &types.TransactionCanceledException{
		Message: aws.String("Transaction cancelled, please refer cancellation reasons for specific reasons [" +
			strings.Join(codes, ", ") + "]"),
		CancellationReasons: reasons,
	}
}

func reason(err error) types.CancellationReason {
	var check *types.ConditionalCheckFailedException
	switch {
	case err == nil:
		return types.CancellationReason{Code: aws.String("None")}
	case errors.As(err, &check):
		return types.CancellationReason{Code: aws.String("ConditionalCheckFailed"), Message: check.Message, Item: check.Item}
	}
	message, _ := validationMessage(err)
	return types.CancellationReason{Code: aws.String("ValidationError"), Message: aws.String(message)}
}

// TransactGetItems reads up to a hundred items as they are at one moment.
// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactGetItems.html
func (s *Service) TransactGetItems(_ context.Context, in *awsdynamodb.TransactGetItemsInput) (*awsdynamodb.TransactGetItemsOutput, error) {
	if err := checkCount(len(in.TransactItems)); err != nil {
		return nil, err
	}
	wanted := make([]*lookup, len(in.TransactItems))
	for i, m := range in.TransactItems {
		if m.Get == nil {
			return nil, required("Get")
		}
		want, err := newLookup(m.Get.TableName, m.Get.Key, m.Get.ProjectionExpression, m.Get.ExpressionAttributeNames)
		if err != nil {
			return nil, err
		}
		wanted[i] = want
	}
	found, err := s.snapshot(wanted)
	if err != nil {
		return nil, err
	}
	out := &awsdynamodb.TransactGetItemsOutput{}
	for i, want := range wanted {
		out.Responses = append(out.Responses, types.ItemResponse{Item: want.show(found[i])})
	}
	return out, nil
}

func (s *Service) snapshot(wanted []*lookup) ([]*record, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	found := make([]*record, len(wanted))
	failures := make([]error, len(wanted))
	seen := seenKeys{}
	for i, want := range wanted {
		t, err := s.table(want.table)
		if err != nil {
			return nil, err
		}
		if found[i], failures[i] = s.find(want); failures[i] == nil && seen.again(t, want.key) {
			return nil, oneOperationEach()
		}
	}
	return found, cancelled(failures)
}
