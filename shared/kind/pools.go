package kind

import (
	"fmt"
	"strings"
)

// Pools are what stands in the two pools of a target, and how its traffic is divided between them. A router of such a kind says it in the tag of a
// split, so that traffic comes back without another reading, and a revision is counted where it stands.
type Pools struct {
	Blue, Green Stand
	Bound       bool   // what divides the traffic holds other things, too, which a write must keep: it is read first
	Mark        Mark   // what gives marked requests to one pool
	Rule        string // ARN of the rule that divides the traffic, where its definition says only at which priority it is
}

// Mark is what gives marked requests to one pool. Nothing does when it is zero.
type Mark struct {
	Pool string // "blue" or "green"
	By   string // ARN, without which it cannot be taken away by one call
}

// Stand is what stands in one pool.
type Stand struct {
	Revision string // empty when none does
	Weight   int    // its part of the traffic, beside that of the other pool
}

// String is the tag: "v41*95 v42*5".
func (p Pools) String() string {
	text := fmt.Sprintf("%s*%d %s*%d", p.Blue.Revision, p.Blue.Weight, p.Green.Revision, p.Green.Weight)
	if p.Bound {
		text += " bound"
	}
	if p.Mark != (Mark{}) {
		text += " " + p.Mark.Pool + "=" + p.Mark.By
	}
	if p.Rule != "" {
		text += " rule=" + p.Rule
	}
	return text
}

// ParsePools reads a tag. One that is no such tag has nothing standing in its pools.
func ParsePools(tag string) (p Pools) {
	words := strings.Fields(tag)
	if len(words) < 2 {
		return Pools{}
	}
	for i, stand := range []*Stand{&p.Blue, &p.Green} {
		name, weight, _ := strings.Cut(words[i], "*")
		stand.Revision = name
		if _, err := fmt.Sscan(weight, &stand.Weight); err != nil {
			return Pools{}
		}
	}
	for _, word := range words[2:] {
		switch pool, by, marks := strings.Cut(word, "="); {
		case pool == "rule":
			p.Rule = by
		case marks:
			p.Mark = Mark{pool, by}
		default:
			p.Bound = true
		}
	}
	return p
}

// With is the pool in which a revision stands: blue or green. Where both hold it, it is the one that has traffic. Empty when neither does.
func (p Pools) With(revision string) string {
	blue, green := p.Blue.Revision == revision, p.Green.Revision == revision
	switch {
	case revision == "" || !blue && !green:
		return ""
	case blue && (!green || p.Blue.Weight >= p.Green.Weight):
		return "blue"
	}
	return "green"
}
