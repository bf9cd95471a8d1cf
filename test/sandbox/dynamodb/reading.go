package dynamodb

import (
	"context"
	"iter"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// A reading is what Query and Scan have in common: a page of a table or an index, filtered and cut to what was asked for.
type reading struct {
	table      string
	indexName  *string
	consistent *bool
	limit      int // 0: none
	choice     types.Select
	start      item // nil: from the beginning
	scope      *scope
	filter     condition
	shown      tree // nil: everything
}

// A request is how Query and Scan ask for a reading.
type request struct {
	table, index, projection, filter *string
	names                            map[string]string
	values                           item
	start                            item
	limit                            *int32
	consistent                       *bool
	choice                           types.Select
}

func (r request) reading() (*reading, error) {
	if err := checkTableName(r.table); err != nil {
		return nil, err
	}
	out := &reading{table: *r.table, indexName: r.index, consistent: r.consistent, choice: r.choice}
	if r.limit != nil {
		if *r.limit < 1 {
			return nil, invalid("1 validation error detected: Value '%d' at 'limit' failed to satisfy constraint: "+
				"Member must have value greater than or equal to 1", *r.limit)
		}
		out.limit = int(*r.limit)
	}
	var err error
	if r.start != nil {
		if out.start, err = admitItem(r.start); err != nil {
			return nil, err
		}
	}
	if out.scope, err = newScope(r.names, r.values); err != nil {
		return nil, err
	}
	if out.filter, err = out.scope.condition("FilterExpression", r.filter); err != nil {
		return nil, err
	}
	if out.shown, err = out.scope.projection(r.projection); err != nil {
		return nil, err
	}
	return out, out.checkChoice()
}

// checkChoice refuses a Select that contradicts the projection.
func (r *reading) checkChoice() error {
	switch {
	case r.shown != nil && r.choice == types.SelectCount:
		return invalid("Cannot specify the ProjectionExpression when choosing to get only the Count")
	case r.shown != nil && r.choice != "" && r.choice != types.SelectSpecificAttributes:
		return invalid("Cannot specify the ProjectionExpression when choosing to get %s", r.choice)
	case r.shown == nil && r.choice == types.SelectSpecificAttributes:
		return invalid("Must specify the AttributesToGet or ProjectionExpression when choosing to get SPECIFIC_ATTRIBUTES")
	case r.indexName == nil && r.choice == types.SelectAllProjectedAttributes:
		return invalid("ALL_PROJECTED_ATTRIBUTES can be used only when Querying using an IndexName")
	}
	return nil
}

// A readable is what a reading reads: the table, or one of its indexes.
type readable struct {
	*index
	table     *table
	secondary *secondary // nil: the table itself
}

// open finds what to read. The caller holds the service's lock.
func (r *reading) open(ctx context.Context, s *Service) (readable, error) {
	t, err := s.table(r.table)
	if err != nil {
		return readable{}, err
	}
	if r.indexName == nil {
		return readable{index: t.primary, table: t}, nil
	}
	ix, err := t.find(*r.indexName)
	if err != nil {
		return readable{}, err
	}
	if aws.ToBool(r.consistent) {
		return readable{}, invalid("Consistent reads are not supported on global secondary indexes")
	}
	return readable{index: t.behind(ctx, ix.index), table: t, secondary: ix}, ix.checkShown(r)
}

// checkShown refuses attributes that the index does not have.
func (s *secondary) checkShown(r *reading) error {
	if s.projection.ProjectionType == types.ProjectionTypeAll {
		return nil
	}
	if r.choice == types.SelectAllAttributes {
		return invalidParameter("Select type ALL_ATTRIBUTES is not supported for global secondary index %s because its projection type is not ALL", s.name)
	}
	return nil
}

// key is the ExclusiveStartKey that continues after an item.
func (from readable) key(it item) item {
	key := item{}
	from.table.schema().pick(it, key)
	from.pick(it, key)
	return key
}

// startAt reads an ExclusiveStartKey: the keys of the table and of the index, no more and no less.
func (from readable) startAt(key item) (position, error) {
	wanted := map[string]string{}
	for _, a := range append(from.table.schema().attributes(), from.attributes()...) {
		wanted[a.name] = a.kind
	}
	if len(key) != len(wanted) {
		return position{}, startMismatch()
	}
	for name, kind := range wanted {
		v, found := key[name]
		text, _ := scalarText(v)
		if !found || typeCode(v) != kind || text == "" {
			return position{}, startMismatch()
		}
	}
	at := from.position(key)
	if from.secondary != nil {
		at.tie = from.table.schema().position(key).id()
	}
	return at, nil
}

func startMismatch() error {
	return invalid("The provided starting key is invalid: The provided key element does not match the schema")
}

// A page is the records that were read before the filter, and the last one if there may be more after it.
type page struct {
	records []*record
	last    *record
}

// turn reads up to the limit, or a megabyte. A page that ends at the limit has a LastEvaluatedKey even if nothing
// follows: AWS has not looked, and callers must be able to bear an empty next page.
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Query.Pagination.html
func turn(entries iter.Seq[entry], limit int) page {
	var p page
	bytes := 0
	for e := range entries {
		p.records = append(p.records, e.record)
		bytes += e.record.size
		if len(p.records) == limit || bytes >= maxPageSize {
			p.last = e.record
			return p
		}
	}
	return p
}

// A result is what Query and Scan answer.
type result struct {
	items          []item
	count, scanned int32
	last           item
}

// result filters and copies a page; it needs no lock, for records never change.
func (r *reading) result(from readable, p page) result {
	out := result{scanned: int32(len(p.records))}
	if r.choice != types.SelectCount {
		out.items = []item{}
	}
	for _, found := range p.records {
		it := found.item
		if from.secondary != nil {
			it = from.secondary.view(from.table, it)
		}
		if r.filter != nil && !r.filter.holds(r.scope, it) {
			continue
		}
		out.count++
		switch {
		case r.choice == types.SelectCount:
		case r.shown != nil:
			out.items = append(out.items, r.shown.project(it))
		default:
			out.items = append(out.items, cloneItem(it))
		}
	}
	if p.last != nil {
		out.last = from.key(p.last.item)
	}
	return out
}
