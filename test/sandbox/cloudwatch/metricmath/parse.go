// Package metricmath evaluates CloudWatch metric math: expressions like "100 * errors / FILL(requests, 1)" over
// series of periods.
//
// A value is a number, one series, or a list of series (METRICS() and [m1, m2] make lists). An operator between
// series acts on the periods that both have; a number meets every period. Results that are not numbers (a division
// by zero) leave their period without data. SUM, AVG, MIN, MAX and STDDEV make one series of a list and one number
// of a series.
//
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
package metricmath

import (
	"fmt"
	"strconv"
	"strings"
)

// An Expr is a parsed expression.
type Expr struct {
	root node
	refs []string
}

// References lists the ids that the expression names, each once, in order.
func (e *Expr) References() []string { return e.refs }

// Parse reads an expression. Functions that this package does not implement are errors that name them.
func Parse(text string) (*Expr, error) {
	tokens, err := scan(text)
	if err != nil {
		return nil, fmt.Errorf("parsing expression %q: %w", text, err)
	}
	p := &parser{tokens: tokens}
	root, err := p.binary(0)
	if err == nil && p.peek().kind != end {
		err = fmt.Errorf("unexpected %q", p.peek().text)
	}
	if err != nil {
		return nil, fmt.Errorf("parsing expression %q: %w", text, err)
	}
	return &Expr{root, p.refs}, nil
}

type parser struct {
	tokens []token
	refs   []string
}

func (p *parser) peek() token { return p.tokens[0] }

func (p *parser) next() token {
	t := p.tokens[0]
	if t.kind != end {
		p.tokens = p.tokens[1:]
	}
	return t
}

func (p *parser) take(text string) bool {
	if p.peek().kind == symbol && p.peek().text == text {
		p.next()
		return true
	}
	return false
}

// levels are the binary operators, from loosest to tightest.
var levels = [][]string{{"||"}, {"&&"}, {"==", "!=", "<=", ">=", "<", ">"}, {"+", "-"}, {"*", "/"}, {"^"}}

func (p *parser) binary(level int) (node, error) {
	if level == len(levels) {
		return p.unary()
	}
	left, err := p.binary(level + 1)
	for err == nil {
		op, found := p.takeAny(levels[level])
		if !found {
			return left, nil
		}
		var right node
		if right, err = p.binary(level + 1); err == nil {
			left = operation{op, left, right}
		}
	}
	return nil, err
}

func (p *parser) takeAny(ops []string) (string, bool) {
	for _, op := range ops {
		if p.take(op) {
			return op, true
		}
	}
	return "", false
}

func (p *parser) unary() (node, error) {
	if p.take("-") {
		operand, err := p.unary()
		return operation{"-", number(0), operand}, err
	}
	return p.primary()
}

func (p *parser) primary() (node, error) {
	switch t := p.next(); {
	case t.kind == numeral:
		v, err := strconv.ParseFloat(t.text, 64)
		return number(v), err
	case t.kind == quoted:
		return text(t.text), nil
	case t.kind == word && p.take("("):
		args, err := p.list(")")
		if err != nil {
			return nil, err
		}
		return newCall(t.text, args)
	case t.kind == word && (t.text == "REPEAT" || t.text == "LINEAR"):
		return text(t.text), nil
	case t.kind == word:
		p.refer(t.text)
		return reference(t.text), nil
	case t.kind == symbol && t.text == "(":
		inner, err := p.binary(0)
		if err == nil && !p.take(")") {
			err = fmt.Errorf("missing )")
		}
		return inner, err
	case t.kind == symbol && t.text == "[":
		items, err := p.list("]")
		return array(items), err
	default:
		return nil, fmt.Errorf("unexpected %q", t.text)
	}
}

func (p *parser) refer(id string) {
	for _, known := range p.refs {
		if known == id {
			return
		}
	}
	p.refs = append(p.refs, id)
}

func (p *parser) list(closing string) ([]node, error) {
	var items []node
	if p.take(closing) {
		return nil, nil
	}
	for {
		item, err := p.binary(0)
		if err != nil {
			return nil, err
		}
		items = append(items, item)
		if p.take(closing) {
			return items, nil
		}
		if !p.take(",") {
			return nil, fmt.Errorf("missing %s", strings.TrimSpace(closing))
		}
	}
}
