package dynamodb

import (
	"slices"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// A path leads to an attribute or into a document: a, #a.b, a[0].c.
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.Attributes.html
type path []segment

// A segment is a name (possibly a placeholder, #a) or the index of a list element.
type segment struct {
	name    string
	index   int
	element bool
}

func (s segment) String() string {
	if s.element {
		return "[" + strconv.Itoa(s.index) + "]"
	}
	return s.name
}

// path reads a document path. A bare reserved word is refused, a placeholder never is.
func (p *parser) path() path {
	way := path{{name: p.attributeName()}}
	p.heads = append(p.heads, way[0])
	for {
		switch {
		case p.accept("."):
			way = append(way, segment{name: p.attributeName()})
		case p.accept("["):
			way = append(way, p.element())
		default:
			return way
		}
	}
}

func (p *parser) attributeName() string {
	t := p.peek()
	switch t.kind {
	case word:
		if isReserved(t.text) {
			p.fail("Attribute name is a reserved keyword; reserved keyword: %s", t.text)
		}
	case namePlaceholder:
		if !slices.Contains(p.names, t.text) {
			p.names = append(p.names, t.text)
		}
	default:
		p.unexpected()
	}
	p.next()
	return t.text
}

func (p *parser) element() segment {
	if p.peek().kind != digits {
		p.unexpected()
		return segment{}
	}
	index, err := strconv.Atoi(p.peek().text)
	if err != nil {
		p.unexpected()
	}
	p.next()
	p.expect("]")
	return segment{index: index, element: true}
}

// resolve replaces the placeholders of a path.
func (p path) resolve(s *scope) path {
	if !slices.ContainsFunc(p, func(seg segment) bool { return strings.HasPrefix(seg.name, "#") }) {
		return p
	}
	resolved := slices.Clone(p)
	for i := range resolved {
		resolved[i].name = s.name(resolved[i])
	}
	return resolved
}

// value follows the path; nil means that the item has no such attribute.
func (p path) value(s *scope, it item) types.AttributeValue {
	value := it[s.name(p[0])]
	for _, seg := range p[1:] {
		switch holder := value.(type) {
		case *types.AttributeValueMemberM:
			if seg.element {
				return nil
			}
			value = holder.Value[s.name(seg)]
		case *types.AttributeValueMemberL:
			if !seg.element || seg.index >= len(holder.Value) {
				return nil
			}
			value = holder.Value[seg.index]
		default:
			return nil
		}
	}
	return value
}

// String writes the path as AWS does in error messages: [a, [0], b].
func (p path) String() string {
	parts := make([]string, len(p))
	for i, seg := range p {
		parts[i] = seg.String()
	}
	return "[" + strings.Join(parts, ", ") + "]"
}
