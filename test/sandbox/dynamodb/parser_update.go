package dynamodb

import "slices"

// The clauses of an update expression, each at most once, in any order.
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.UpdateExpressions.html
const (
	setClause    = "SET"
	removeClause = "REMOVE"
	addClause    = "ADD"
	deleteClause = "DELETE"
)

var clauses = []string{setClause, removeClause, addClause, deleteClause}

// An action changes one attribute or one place of a document.
type action struct {
	clause  string
	target  path
	operand source // nil for REMOVE
}

func (p *parser) update() []action {
	var actions []action
	var seen []string
	for p.peek().kind != endOfText {
		clause := p.clause()
		if slices.Contains(seen, clause) {
			p.fail(`The "%s" section can only be used once in an update expression;`, clause)
		}
		seen = append(seen, clause)
		actions = append(actions, commaList(p, func() action { return p.action(clause) })...)
	}
	return actions
}

func (p *parser) clause() string {
	for _, clause := range clauses {
		if p.keyword(clause) {
			return clause
		}
	}
	p.unexpected()
	return ""
}

func (p *parser) action(clause string) action {
	a := action{clause: clause, target: p.path()}
	switch clause {
	case setClause:
		p.expect("=")
		a.operand = p.source()
	case addClause, deleteClause:
		if p.peek().kind != valuePlaceholder {
			p.unexpected()
			return a
		}
		a.operand = fetched{p.placeholder()}
	}
	return a
}

// source reads the right side of SET: an operand, or the sum or difference of two.
func (p *parser) source() source {
	left := p.sourceOperand()
	subtract := p.accept("-")
	if !subtract && !p.accept("+") {
		return left
	}
	p.operators++
	_, nested := left.(arithmetic)
	right := p.sourceOperand()
	if _, also := right.(arithmetic); nested || also {
		p.unexpected()
	}
	return arithmetic{left, right, subtract}
}

func (p *parser) sourceOperand() source {
	switch t := p.peek(); {
	case p.accept("("):
		inner := p.source()
		p.expect(")")
		return inner
	case t.kind == valuePlaceholder:
		return fetched{p.placeholder()}
	case p.startsFunction():
		return p.sourceFunction()
	default:
		return fetched{p.path()}
	}
}

func (p *parser) sourceFunction() source {
	name := p.next().text
	if name != "if_not_exists" && name != "list_append" {
		p.fail("Invalid function name; function: %s", name)
		return nil
	}
	p.operators++
	p.expect("(")
	arguments := commaList(p, p.source)
	p.expect(")")
	if len(arguments) != 2 {
		p.fail("Incorrect number of operands for operator or function; operator or function: %s, number of operands: %d", name, len(arguments))
		return nil
	}
	if name == "list_append" {
		return appended{arguments[0], arguments[1]}
	}
	way, _ := arguments[0].(fetched) // an argument of another kind has no path either
	if _, isPath := way.from.(path); !isPath {
		p.fail("Operator or function requires a document path; operator or function: %s", name)
	}
	return fallback{way.from, arguments[1]}
}
