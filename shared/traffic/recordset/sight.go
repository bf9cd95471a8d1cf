package recordset

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"sluice/shared/kind"
	"sluice/shared/rollout"
)

// sight is what was seen of a target: the records in the order of the definition.
type sight []records

// split is how the records divide the traffic. The shares do not say which pool is stable. Where the records are not divided alike, it is how the
// first of them is divided that two pools share, or halves where each has one pool: nobody takes either for a split that Sluice made.
func (s sight) split(pools []string) rollout.Split {
	var found []rollout.Split
	for _, r := range s {
		found = append(found, r.split(pools))
	}
	first := found[0]
	if i := slices.IndexFunc(found, func(it rollout.Split) bool { return it.Candidate != "" }); i >= 0 {
		first = found[i]
	}
	for _, it := range found {
		if first.Candidate == "" && it.Stable != first.Stable {
			first = rollout.Split{Stable: first.Stable, Candidate: it.Stable, Weight: rollout.All / 2, Either: true}
		}
	}
	first.Tag = s.lock(pools)
	return first
}

// alike says whether all records are divided alike.
func (s sight) alike(pools []string) bool {
	return !slices.ContainsFunc(s, func(r records) bool { return !r.split(pools).Same(s[0].split(pools)) })
}

// split is how one record divides the traffic: by weight, and in equal parts where all weights are zero
// (https://docs.aws.amazon.com/Route53/latest/APIReference/API_ResourceRecordSet.html). A share of somebody else's makes that the candidate.
func (r records) split(pools []string) rollout.Split {
	shares := r.shares()
	_, others := r.of(pools)
	for _, id := range slices.Sorted(maps.Keys(others)) {
		if shares[id] > 0 {
			return rollout.Split{Stable: r.largest(pools), Candidate: id, Weight: max(1, shares[id])}
		}
	}
	var serving []string
	for _, id := range pools {
		if shares[id] > 0 {
			serving = append(serving, id)
		}
	}
	switch len(serving) {
	case 0:
		return rollout.Split{}
	case 1:
		return rollout.Split{Stable: serving[0]}
	}
	return rollout.Split{Stable: serving[0], Candidate: serving[1], Weight: shares[serving[1]], Either: true}
}

// shares are the records' parts of the traffic, in hundredths of a percent; one that has any at all has at least one hundredth.
func (r records) shares() map[string]rollout.Weight {
	var sum int64
	for _, it := range r {
		sum += it.Weight
	}
	shares := map[string]rollout.Weight{}
	for id, it := range r {
		weight, of := it.Weight, sum
		if sum == 0 {
			weight, of = 1, int64(len(r))
		}
		shares[id] = rollout.Weight((weight*int64(rollout.All) + of/2) / of)
		if weight > 0 && len(r) > 1 && weight < of {
			shares[id] = min(max(shares[id], 1), rollout.All-1)
		}
	}
	return shares
}

// largest is the pool with most traffic.
func (r records) largest(pools []string) string {
	return slices.MaxFunc(pools, func(a, b string) int { return int(r[a].Weight - r[b].Weight) })
}

// lock is what the records of the pools are, as text.
func (s sight) lock(pools []string) string {
	own := make(sight, len(s))
	for i, r := range s {
		own[i], _ = r.of(pools)
	}
	text, _ := json.Marshal(own) // strings and numbers only
	return string(text)
}

// unlock reads a lock, and the id of the change that made what it locks, if there is one.
func unlock(tag string) (locked sight, change string, err error) {
	if !strings.HasPrefix(tag, "[") {
		change, tag, _ = strings.Cut(tag, " ")
	}
	if err := json.Unmarshal([]byte(tag), &locked); err != nil {
		return nil, "", fmt.Errorf("reading lock %.40q: %w", tag, err)
	}
	return locked, change, nil
}

// next are the records that divide the traffic as wanted. A record that is there keeps all but its weight; one that is not there is made from the
// definition, with the TTL of the one beside it, because Route 53 wants the same for both.
func (s sight) next(r kind.RecordSet, to rollout.Split) sight {
	weights := map[string]int64{to.Stable: kind.WeightOfAll}
	if to.Candidate != "" {
		weights[to.Candidate] = int64(to.Weight) * kind.WeightOfAll / int64(rollout.All)
		weights[to.Stable] -= weights[to.Candidate]
	}
	after := make(sight, len(s))
	for i, before := range s {
		after[i] = records{}
		for pool, weight := range weights {
			it, there := before[pool]
			if !there {
				it = defined(r, r.Records[i].To[pool])
			}
			for _, beside := range before {
				if !there && it.TTL != nil && beside.TTL != nil {
					it.TTL = beside.TTL
				}
			}
			it.Weight = weight
			after[i][pool] = it
		}
	}
	return after
}
