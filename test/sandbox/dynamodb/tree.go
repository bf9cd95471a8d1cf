package dynamodb

import (
	"slices"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// A tree holds a set of document paths, none of which is the beginning of another. It is how a projection walks an
// item once, and how an update changes one document in several places without their getting into each other's way.
type tree []branch

// A branch is one segment. Its leaf is the number of the path that ends here, or -1 where its twigs go on.
type branch struct {
	segment
	leaf  int
	twigs tree
}

// growTree resolves the paths and refuses those that AWS cannot tell apart: a and a.b, a.b and a[0].
func growTree(s *scope, paths []path) (tree, error) {
	resolved := make([]path, len(paths))
	grown := make(tree, 0, len(paths))
	for i, p := range paths {
		resolved[i] = p.resolve(s)
		for _, earlier := range resolved[:i] {
			if err := checkApart(earlier, resolved[i]); err != nil {
				return nil, err
			}
		}
		grown = grown.add(resolved[i], i)
	}
	return grown, nil
}

func checkApart(a, b path) error {
	for i := range min(len(a), len(b)) {
		if a[i].element != b[i].element {
			return complain("Two document paths conflict with each other; must remove or rewrite one of these paths; path one: %s, path two: %s", a, b)
		}
		if a[i] != b[i] {
			return nil
		}
	}
	return complain("Two document paths overlap with each other; must remove or rewrite one of these paths; path one: %s, path two: %s", a, b)
}

// add keeps the branches of a list in the order of its elements.
func (t tree) add(p path, leaf int) tree {
	at := slices.IndexFunc(t, func(b branch) bool { return b.segment == p[0] })
	if at < 0 {
		at = len(t)
		if p[0].element {
			at, _ = slices.BinarySearchFunc(t, p[0].index, func(b branch, index int) int { return b.index - index })
		}
		t = slices.Insert(t, at, branch{segment: p[0], leaf: -1})
	}
	if len(p) == 1 {
		t[at].leaf = leaf
	} else {
		t[at].twigs = t[at].twigs.add(p[1:], leaf)
	}
	return t
}

// project copies out of an item what the paths lead to. Chosen elements of a list move together.
func (t tree) project(it item) item {
	out := make(item, len(t))
	for _, b := range t {
		if v := b.pick(it[b.name]); v != nil {
			out[b.name] = v
		}
	}
	return out
}

func (b branch) pick(v types.AttributeValue) types.AttributeValue {
	if v == nil || b.leaf >= 0 {
		return clone(v)
	}
	switch v := v.(type) {
	case *types.AttributeValueMemberM:
		if b.twigs[0].element {
			return nil
		}
		if fields := b.twigs.project(v.Value); len(fields) > 0 {
			return &types.AttributeValueMemberM{Value: fields}
		}
	case *types.AttributeValueMemberL:
		if elements := b.twigs.pickElements(v.Value); len(elements) > 0 {
			return &types.AttributeValueMemberL{Value: elements}
		}
	}
	return nil
}

func (t tree) pickElements(list []types.AttributeValue) []types.AttributeValue {
	var out []types.AttributeValue
	for _, b := range t {
		if !b.element || b.index >= len(list) {
			continue
		}
		if v := b.pick(list[b.index]); v != nil {
			out = append(out, v)
		}
	}
	return out
}

// projection reads the paths of a ProjectionExpression.
func (p *parser) projection() []path { return commaList(p, p.path) }
