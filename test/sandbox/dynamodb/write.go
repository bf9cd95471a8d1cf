package dynamodb

import (
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// A write is a change of one item that has passed every check which needs no table: what PutItem, UpdateItem, DeleteItem
// and the members of batches and transactions have in common.
type write struct {
	table     string
	key       item // a put's whole item
	condition condition
	scope     *scope
	showOld   bool // in the failure of the condition

	checkKey func(*table, item) error
	// next makes the new item of the old one (nil: there is none); nil deletes.
	next func(*table, item) (item, error)
}

// An outcome is a write that could be carried out, and what it would change.
type outcome struct {
	table     *table
	old, next *record
}

// A conditional is the members that every conditional write of the API has.
type conditional struct {
	table     *string
	condition *string
	names     map[string]string
	values    item
	onFailure types.ReturnValuesOnConditionCheckFailure
}

// write begins a write: it checks the table's name, the placeholders and the condition.
func (c conditional) write(key item) (*write, error) {
	if err := checkTableName(c.table); err != nil {
		return nil, err
	}
	if key == nil {
		return nil, required("Key")
	}
	admitted, err := admitItem(key)
	if err != nil {
		return nil, err
	}
	s, err := newScope(c.names, c.values)
	if err != nil {
		return nil, err
	}
	holds, err := s.condition("ConditionExpression", c.condition)
	if err != nil {
		return nil, err
	}
	return &write{
		table: *c.table, key: admitted, condition: holds, scope: s, checkKey: checkPlainKey,
		showOld: c.onFailure == types.ReturnValuesOnConditionCheckFailureAllOld,
	}, nil
}

func checkPlainKey(t *table, key item) error { return t.schema().checkKey(key) }

// put replaces the item, whatever it was.
func (c conditional) put(it item) (*write, error) {
	if it == nil {
		return nil, required("Item")
	}
	w, err := c.write(it)
	if err != nil {
		return nil, err
	}
	if itemSize(w.key) > maxItemSize {
		return nil, invalid("Item size has exceeded the maximum allowed size")
	}
	w.checkKey = func(t *table, it item) error {
		if err := t.schema().checkItem(it); err != nil {
			return err
		}
		return t.checkIndexKeys(it)
	}
	w.next = func(*table, item) (item, error) { return w.key, nil }
	return w, w.scope.close("ConditionExpression")
}

// remove deletes the item, if there is one.
func (c conditional) remove(key item) (*write, error) {
	w, err := c.write(key)
	if err != nil {
		return nil, err
	}
	w.next = func(*table, item) (item, error) { return nil, nil }
	return w, w.scope.close("ConditionExpression")
}

// keep changes nothing: it is the ConditionCheck of a transaction.
func (c conditional) keep(key item) (*write, error) {
	if c.condition == nil {
		return nil, required("ConditionExpression")
	}
	w, err := c.write(key)
	if err != nil {
		return nil, err
	}
	w.next = func(_ *table, old item) (item, error) { return old, nil }
	return w, w.scope.close("ConditionExpression")
}

// change carries out an update expression; an item that is not there yet begins as its key.
func (c conditional) change(key item, expression *string) (*write, *update, error) {
	w, err := c.write(key)
	if err != nil {
		return nil, nil, err
	}
	u, err := w.scope.update(expression)
	if err != nil {
		return nil, nil, err
	}
	w.next = func(t *table, old item) (item, error) { return u.changed(t, w.key, old) }
	w.checkKey = func(t *table, key item) error {
		if err := checkPlainKey(t, key); err != nil {
			return err
		}
		return u.checkTargets(t)
	}
	return w, u, w.scope.close("UpdateExpression", "ConditionExpression")
}

// stage finds out what a write would do, and does nothing yet. The caller holds the lock.
func (s *Service) stage(w *write) (outcome, error) {
	t, err := s.table(w.table)
	if err != nil {
		return outcome{}, err
	}
	if err := w.checkKey(t, w.key); err != nil {
		return outcome{}, err
	}
	old := t.get(t.schema().position(w.key))
	var current item
	if old != nil {
		current = old.item
	}
	if w.condition != nil && !w.condition.holds(w.scope, current) {
		return outcome{}, w.conditionFailed(current)
	}
	next, err := w.next(t, current)
	if err != nil || next == nil {
		return outcome{table: t, old: old}, err
	}
	return outcome{table: t, old: old, next: t.record(next)}, nil
}

func (w *write) conditionFailed(current item) error {
	failed := &types.ConditionalCheckFailedException{Message: aws.String("The conditional request failed")}
	if w.showOld {
		failed.Item = cloneItem(current)
	}
	return failed
}

func (o outcome) commit() { o.table.replace(o.old, o.next) }

// carryOut stages and commits one write.
func (s *Service) carryOut(w *write) (outcome, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	done, err := s.stage(w)
	if err == nil {
		done.commit()
	}
	return done, err
}
