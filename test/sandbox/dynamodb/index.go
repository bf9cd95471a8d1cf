package dynamodb

import (
	"hash/fnv"
	"slices"
	"strings"
)

// A record is a stored item. It never changes: a write replaces it.
type record struct {
	item item
	size int
	at   position // in the table
	id   string
}

// An index holds records by partition, and within a partition in the order of the sort key. The table itself is one,
// each global secondary index another.
type index struct {
	keySchema
	partitions map[string]*partition
	order      []*partition // as Scan meets them
}

type partition struct {
	hash    string
	rank    uint64
	entries []entry // ascending
}

type entry struct {
	sort, tie string
	record    *record
}

func newIndex(schema keySchema) *index {
	return &index{keySchema: schema, partitions: map[string]*partition{}}
}

func (e entry) compare(at position) int {
	if sign := strings.Compare(e.sort, at.sort); sign != 0 {
		return sign
	}
	return strings.Compare(e.tie, at.tie)
}

func (p *partition) compare(other *partition) int {
	if p.rank != other.rank {
		if p.rank < other.rank {
			return -1
		}
		return 1
	}
	return strings.Compare(p.hash, other.hash)
}

// rankOf spreads partitions as DynamoDB's hash does, so that nobody comes to rely on the order of a Scan.
func rankOf(hash string) uint64 {
	h := fnv.New64a()
	h.Write([]byte(hash))
	return h.Sum64()
}

func (ix *index) get(at position) *record {
	p := ix.partitions[at.hash]
	if p == nil {
		return nil
	}
	if i, found := slices.BinarySearchFunc(p.entries, at, entry.compare); found {
		return p.entries[i].record
	}
	return nil
}

// put stores a record at its position, in the place of one that is there.
func (ix *index) put(at position, r *record) {
	p := ix.partitions[at.hash]
	if p == nil {
		p = &partition{hash: at.hash, rank: rankOf(at.hash)}
		ix.partitions[at.hash] = p
		i, _ := slices.BinarySearchFunc(ix.order, p, (*partition).compare)
		ix.order = slices.Insert(ix.order, i, p)
	}
	i, found := slices.BinarySearchFunc(p.entries, at, entry.compare)
	if found {
		p.entries[i].record = r
		return
	}
	p.entries = slices.Insert(p.entries, i, entry{at.sort, at.tie, r})
}

func (ix *index) remove(at position) {
	p := ix.partitions[at.hash]
	if p == nil {
		return
	}
	i, found := slices.BinarySearchFunc(p.entries, at, entry.compare)
	if !found {
		return
	}
	p.entries = slices.Delete(p.entries, i, i+1)
	if len(p.entries) > 0 {
		return
	}
	delete(ix.partitions, at.hash)
	if i, found := slices.BinarySearchFunc(ix.order, p, (*partition).compare); found {
		ix.order = slices.Delete(ix.order, i, i+1)
	}
}

// place is where a record stands in the index, if it belongs there. In the table itself the primary key is the place;
// elsewhere it breaks ties.
func (ix *index) place(r *record) (at position, held bool) {
	if r == nil || !ix.holds(r.item) {
		return position{}, false
	}
	at = ix.position(r.item)
	at.tie = r.id
	return at, true
}

// replace moves the index from one version of an item to the next; nil stands for no item.
func (ix *index) replace(old, next *record) {
	from, was := ix.place(old)
	to, is := ix.place(next)
	if was && (!is || from != to) {
		ix.remove(from)
	}
	if is {
		ix.put(to, next)
	}
}
