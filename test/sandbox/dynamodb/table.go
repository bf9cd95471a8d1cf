package dynamodb

import (
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// A table is its items, its indexes and what DescribeTable says about it.
type table struct {
	name      string
	arn       string
	id        string
	created   time.Time
	definedBy definition
	protected bool
	primary   *index
	secondary []*secondary
	expiry    expiry
	count     int
	bytes     int
	memory    time.Duration // how long changes are kept; 0 keeps none
	changes   []change      // the last one last
}

// A secondary index is a second view of the table's items. AWS brings it up to date a moment after the write; here it
// happens with the write, and a call can be made to see it as it was (Lagging). ConsistentRead on an index is refused as
// AWS refuses it.
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/GSI.html#GSI.Writes
type secondary struct {
	*index
	name       string
	projection types.Projection
	throughput *types.ProvisionedThroughput
}

func (t *table) schema() keySchema { return t.primary.keySchema }

func (t *table) get(at position) *record { return t.primary.get(at) }

// record prepares an item of this table for storage.
func (t *table) record(it item) *record {
	at := t.schema().position(it)
	return &record{item: it, size: itemSize(it), at: at, id: at.id()}
}

// replace brings the table and its indexes from one version of an item to the next; nil stands for no item.
func (t *table) replace(old, next *record) {
	t.remember(old, next)
	switch {
	case next != nil:
		t.primary.put(next.at, next)
		t.count++
		t.bytes += next.size
		t.expiry.expect(next)
	case old != nil:
		t.primary.remove(old.at)
	}
	if old != nil {
		t.count--
		t.bytes -= old.size
	}
	for _, s := range t.secondary {
		s.replace(old, next)
	}
}

// checkIndexKeys refuses an item whose attribute has not the type or size that an index is ordered by.
func (t *table) checkIndexKeys(it item) error {
	for _, s := range t.secondary {
		for _, attribute := range s.attributes() {
			v, found := it[attribute.name]
			if !found {
				continue
			}
			if code := typeCode(v); code != attribute.kind {
				return invalidParameter("Type mismatch for Index Key %s Expected: %s Actual: %s IndexName: %s",
					attribute.name, attribute.kind, code, s.name)
			}
			if err := s.checkSize(attribute, v); err != nil {
				return err
			}
		}
	}
	return nil
}

func (s *secondary) checkSize(attribute keyAttribute, v types.AttributeValue) error {
	text, _ := scalarText(v)
	limit := maxSortKeySize
	if attribute == s.hash {
		limit = maxHashKeySize
	}
	switch {
	case text == "":
		return invalid("One or more parameter values are not valid. A value specified for a secondary index key is not supported. "+
			"The AttributeValue for a key attribute cannot contain an empty %s value. IndexName: %s, IndexKey: %s",
			emptyKind(attribute), s.name, attribute.name)
	case len(text) > limit:
		return invalidParameter("Size of index key %s has exceeded the maximum size limit of %d bytes. IndexName: %s", attribute.name, limit, s.name)
	}
	return nil
}

// view is what the index shows of an item: all of it, or the keys and the attributes that were asked for when the index
// was made.
func (s *secondary) view(t *table, it item) item {
	if s.projection.ProjectionType == types.ProjectionTypeAll {
		return it
	}
	shown := item{}
	t.schema().pick(it, shown)
	s.pick(it, shown)
	for _, name := range s.projection.NonKeyAttributes {
		if v, found := it[name]; found {
			shown[name] = v
		}
	}
	return shown
}

// find looks up a secondary index by name.
func (t *table) find(indexName string) (*secondary, error) {
	for _, s := range t.secondary {
		if s.name == indexName {
			return s, nil
		}
	}
	return nil, invalid("The table does not have the specified index: %s", indexName)
}
