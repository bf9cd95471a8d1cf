package differential

import (
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"pgregory.net/rapid"
)

// A drawing is a set of expressions under way, which share their placeholders.
type drawing struct {
	r      *rapid.T
	names  map[string]string
	values item
}

func newDrawing(r *rapid.T) *drawing { return &drawing{r: r} }

func (d *drawing) one(label string, of ...string) string {
	return rapid.SampledFrom(of).Draw(d.r, label)
}

func (d *drawing) chance(label string, outOf int) bool {
	return rapid.IntRange(1, outOf).Draw(d.r, label) == 1
}

// path draws a way into an item, mostly one that is there.
func (d *drawing) path() string {
	name := d.one("name", "a", "b", "n", "s", "l", "m", "ss", "ns", "a", "b", "n", "s", "l", "m", "#open", "created", "pk", "#x", "#x", d.seldom("status", "a"))
	switch name {
	case "#open": // a reserved word
		d.name("#open", "open")
	case "#x":
		d.name("#x", d.one("stands for", "a", "n", "status", "with.dot", "l"))
	}
	return name + d.further(name)
}

// further draws the way on from an attribute: into lists and maps, and seldom into what is neither.
func (d *drawing) further(name string) string {
	switch {
	case name == "l":
		return d.one("element", "", "[0]", "[1]", "[7]", "[0].x")
	case name == "m":
		return d.one("member", "", ".x", ".x.y", ".l", ".l[0]")
	case d.chance("further", 20):
		return d.one("way", "[0]", ".x")
	}
	return ""
}

// seldom draws what is wrong, once in a while.
func (d *drawing) seldom(wrong, right string) string {
	if d.chance("wrong", 20) {
		return wrong
	}
	return right
}

func (d *drawing) name(placeholder, stands string) {
	if d.names == nil {
		d.names = map[string]string{}
	}
	if d.names[placeholder] == "" {
		d.names[placeholder] = stands
	}
}

// value draws a placeholder for any value.
func (d *drawing) value() string { return d.placeholder(drawValue(d.r, 2)) }

// or draws one of the usual texts, and once in a while something else. What is drawn must stand in the expression:
// DynamoDB refuses placeholders that nothing uses.
func (d *drawing) or(outOf int, unusual func() string, usual ...string) string {
	if d.chance("unusual", outOf) {
		return unusual()
	}
	return d.one("usual", usual...)
}

// like draws a placeholder for a value that a comparison with the operand may decide: mostly of its type and among the few
// values that drawRequest puts there, so that equal, smaller and larger all happen.
func (d *drawing) like(operand string) string {
	switch {
	case d.chance("of any type", 6):
		return d.value()
	case operand == "n" || strings.HasPrefix(operand, "size"):
		return d.placeholder(&types.AttributeValueMemberN{Value: d.one("number", "0", "1", "1.0", "2", "10")})
	}
	return d.placeholder(&types.AttributeValueMemberS{Value: d.one("text", "a", "ab", "b")})
}

// compared draws the left side of a comparison.
func (d *drawing) compared() string {
	return d.or(8, d.operand, "n", "n", "n", "s", "s", "created", "l[0]", "m.x")
}

func (d *drawing) placeholder(v types.AttributeValue) string {
	if d.values == nil {
		d.values = item{}
	}
	p := fmt.Sprintf(":v%d", len(d.values))
	d.values[p] = v
	return p
}

// condition draws a condition of some depth. A path stands only on the left of a comparison: where two paths lead nowhere
// dynalite compares nothing with nothing, finds it equal, or ends.
func (d *drawing) condition(depth int) string {
	if depth > 0 {
		switch d.one("joint", "AND", "OR", "NOT", "(", "plain", "plain") {
		case "AND":
			return d.condition(depth-1) + " AND " + d.condition(depth-1)
		case "OR":
			return d.condition(depth-1) + " or " + d.condition(depth-1)
		case "NOT":
			return "NOT " + d.condition(0) // dynalite wants a parenthesis between two NOTs
		case "(":
			return "(" + d.condition(depth-1) + ")"
		}
	}
	switch d.one("test", "compare", "compare", "compare", "between", "in", "exists", "type", "begins", "contains", "size") {
	case "between":
		left := d.compared()
		return left + " BETWEEN " + d.like(left) + " AND " + d.like(left)
	case "in":
		left := d.compared()
		return left + " IN (" + d.like(left) + ", " + d.like(left) + ")"
	case "exists":
		return d.one("function", "attribute_exists", "attribute_not_exists") + "(" + d.path() + ")"
	case "type":
		return "attribute_type(" + d.path() + ", " + d.placeholder(&types.AttributeValueMemberS{Value: d.one("type", "S", "N", "L", "M", "SS", "NULL", "BOOL", "B", "X")}) + ")"
	case "begins":
		return "begins_with(" + d.path() + ", " + d.like("s") + ")"
	case "contains":
		return "contains(" + d.path() + ", " + d.like("s") + ")"
	case "size":
		return "size(" + d.path() + ") " + d.comparator() + " " + d.like("size")
	}
	left := d.compared()
	return left + " " + d.comparator() + " " + d.like(left)
}

func (d *drawing) comparator() string { return d.one("comparator", "=", "<>", "<", "<=", ">", ">=") }

func (d *drawing) operand() string {
	if d.chance("literal", 2) {
		return d.value()
	}
	return d.path()
}

// update draws an update of one or two clauses. SET and ADD do not come together: where SET copies a number that ADD
// changes, dynalite changes the copy as well.
func (d *drawing) update() string {
	first := d.one("clause", "SET", "SET", "SET", "REMOVE", "ADD", "DELETE")
	switch {
	case !d.chance("two clauses", 3):
		return d.clause(first)
	case first == "SET":
		return d.clause(first) + " " + d.clause("REMOVE")
	}
	return d.clause(first) + " " + d.clause(d.one("second clause", "ADD", "REMOVE", "DELETE"))
}

func (d *drawing) clause(kind string) string {
	var actions []string
	for range 1 + rapid.IntRange(0, 3).Draw(d.r, "actions")/3 {
		switch kind {
		case "SET":
			actions = append(actions, d.assignment())
		case "REMOVE":
			actions = append(actions, d.path())
		default:
			actions = append(actions, d.member(kind))
		}
	}
	return kind + " " + strings.Join(actions, ", ")
}

// member draws what is added to a number or a set, or deleted from a set.
func (d *drawing) member(kind string) string {
	switch {
	case d.chance("of any type", 6):
		return d.path() + " " + d.value()
	case kind == "ADD" && d.chance("number", 2):
		return "n " + d.like("n")
	}
	return "ss " + d.placeholder(&types.AttributeValueMemberSS{Value: rapid.SampledFrom([][]string{{"a"}, {"a", "b"}, {"c"}}).Draw(d.r, "texts")})
}

// assignment draws what SET does. Into a document only values are set: an attribute that is copied into itself goes round
// in circles in dynalite.
func (d *drawing) assignment() string {
	target := d.path()
	if strings.ContainsAny(target, ".[") {
		return target + " = " + d.value()
	}
	return target + " = " + d.source()
}

func (d *drawing) source() string {
	switch d.one("source", "value", "value", "path", "sum", "default", "append") {
	case "path":
		return d.path()
	case "sum":
		return d.or(4, d.term, "n") + d.one("sign", " + ", " - ") + d.like("n")
	case "default":
		return "if_not_exists(" + d.path() + ", " + d.operand() + ")"
	case "append":
		return "list_append(" + d.or(4, d.term, "l") + ", " + d.placeholder(&types.AttributeValueMemberL{Value: []types.AttributeValue{drawValue(d.r, 0)}}) + ")"
	}
	return d.value()
}

func (d *drawing) term() string {
	if d.chance("default", 4) {
		return "if_not_exists(" + d.path() + ", " + d.value() + ")"
	}
	return d.operand()
}
