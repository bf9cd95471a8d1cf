package dynamodb

// The grammar of conditions, filters and key conditions, loosest first. NOT binds tighter than AND, AND than OR.
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.OperatorsAndFunctions.html#Expressions.OperatorsAndFunctions.Syntax

// A term is what parentheses may hold: a condition or an operand, never both.
type term struct {
	condition condition
	operand   operand
	enclosed  bool
}

func (p *parser) condition() condition {
	return p.asCondition(p.disjunction())
}

func (p *parser) disjunction() term {
	left := p.conjunction()
	for p.keyword("OR") {
		p.operators++
		left = term{condition: or{p.asCondition(left), p.asCondition(p.conjunction())}}
	}
	return left
}

func (p *parser) conjunction() term {
	left := p.negation()
	for p.keyword("AND") {
		p.operators++
		left = term{condition: and{p.asCondition(left), p.asCondition(p.negation())}}
	}
	return left
}

func (p *parser) negation() term {
	if !p.keyword("NOT") {
		return p.comparison()
	}
	p.operators++
	return term{condition: not{p.asCondition(p.negation())}}
}

// comparison reads a term and, if it is an operand, the operator that makes a condition of it.
func (p *parser) comparison() term {
	left := p.term()
	if left.operand == nil {
		return left
	}
	switch {
	case p.keyword("BETWEEN"):
		low := p.operand()
		if !p.keyword("AND") {
			p.unexpected()
		}
		left = term{condition: between{left.operand, low, p.operand()}}
	case p.keyword("IN"):
		p.expect("(")
		left = term{condition: oneOf{left.operand, commaList(p, p.operand)}}
		p.expect(")")
	default:
		operator, found := p.comparator()
		if !found {
			return left
		}
		left = term{condition: comparison{operator, left.operand, p.operand()}}
	}
	p.operators++
	return left
}

func (p *parser) comparator() (operator string, found bool) {
	for _, operator := range []string{"=", "<>", "<", "<=", ">", ">="} {
		if p.accept(operator) {
			return operator, true
		}
	}
	return "", false
}

func (p *parser) term() term {
	switch t := p.peek(); {
	case p.accept("("):
		return p.enclosed()
	case t.kind == valuePlaceholder:
		return term{operand: p.placeholder()}
	case p.startsFunction():
		return p.call()
	default:
		return term{operand: p.path()}
	}
}

func (p *parser) enclosed() term {
	inner := p.disjunction()
	p.expect(")")
	if inner.enclosed {
		p.fail("The expression has redundant parentheses;")
	}
	inner.enclosed = true
	return inner
}

func (p *parser) call() term {
	name := p.next().text
	p.expect("(")
	arguments := commaList(p, p.operand)
	p.expect(")")
	p.operators++
	arity, known := 1, name == "size"
	f := functions[name]
	if f != nil {
		arity, known = f.arity, true
	}
	switch {
	case !known:
		p.fail("Invalid function name; function: %s", name)
	case len(arguments) != arity:
		p.fail("Incorrect number of operands for operator or function; operator or function: %s, number of operands: %d", name, len(arguments))
	case f == nil:
		return term{operand: size{arguments[0]}}
	}
	return term{condition: call{f, arguments}}
}

// operand reads an operand and refuses a condition in its place.
func (p *parser) operand() operand {
	t := p.term()
	if t.operand != nil {
		return t.operand
	}
	if c, ok := t.condition.(call); ok && c.function != nil {
		p.fail("The function is not allowed to be used this way in an expression; function: %s", c.function.name)
	}
	p.unexpected()
	return placeholder("")
}

// asCondition refuses an operand that stands alone.
func (p *parser) asCondition(t term) condition {
	if t.condition != nil {
		return t.condition
	}
	if _, isSize := t.operand.(size); isSize {
		p.fail("The function is not allowed to be used this way in an expression; function: size")
	}
	p.unexpected()
	return not{}
}
