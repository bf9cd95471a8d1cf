package dynamodb

import (
	"slices"
	"strings"
	"sync"
)

// A program is a parsed expression: its tree, the placeholders it uses, and what is wrong with it if anything is.
// It depends on the text alone, so that it can be kept and shared.
type program[T any] struct {
	root          T
	names, values []string
	heads         []segment // the attributes at the beginning of the paths
	err           error     // without the kind of expression in front
}

// An expression may be this long and hold this many operators and functions.
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html
const (
	maxExpressionSize = 4096
	maxOperators      = 300
)

// Parsed expressions by text. The texts are the few literals of the program under test, so nothing is ever dropped;
// a program is immutable, so services and tests may share it.
var conditions, updates, projections sync.Map

// compile parses a text once.
func compile[T any](cache *sync.Map, text string, parse func(*parser) T) *program[T] {
	if known, found := cache.Load(text); found {
		return known.(*program[T])
	}
	p := &parser{text: text}
	made := &program[T]{}
	if p.checkSize(); p.err == nil {
		p.tokens = scan(text)
		made.root = parse(p)
		if p.at < len(p.tokens)-1 {
			p.unexpected()
		}
		if p.operators > maxOperators {
			p.fail("The expression contains too many operators; operator count: %d", p.operators)
		}
	}
	made.names, made.values, made.heads, made.err = p.names, p.values, p.heads, p.err
	cache.Store(text, made)
	return made
}

// A parser walks over the tokens. Its first error sticks and sends it to the end of the text, so that the grammar's
// functions need not look at errors.
type parser struct {
	text          string
	tokens        []token
	at            int
	names, values []string
	heads         []segment
	operators     int
	err           error
}

func (p *parser) checkSize() {
	if len(p.text) > maxExpressionSize {
		p.fail("Expression size has exceeded the maximum allowed size; expression size: %d", len(p.text))
	}
	if p.text == "" {
		p.fail("The expression can not be empty;")
	}
}

func (p *parser) fail(format string, args ...any) {
	if p.err == nil {
		p.err = complain(format, args...)
	}
	if len(p.tokens) > 0 {
		p.at = len(p.tokens) - 1
	}
}

// unexpected reports the token at hand with its neighbours, as AWS does.
func (p *parser) unexpected() {
	bad := p.tokens[p.at]
	first, last := bad, bad
	if p.at > 0 {
		first = p.tokens[p.at-1]
	}
	if p.at+1 < len(p.tokens) {
		last = p.tokens[p.at+1]
	}
	p.fail(`Syntax error; token: "%s", near: "%s"`, bad.text, p.text[first.start:last.end])
}

func (p *parser) peek() token { return p.tokens[p.at] }

func (p *parser) next() token {
	t := p.tokens[p.at]
	if t.kind != endOfText {
		p.at++
	}
	return t
}

func (p *parser) accept(symbols string) bool {
	if t := p.peek(); t.kind == symbol && t.text == symbols {
		p.at++
		return true
	}
	return false
}

func (p *parser) expect(symbols string) {
	if !p.accept(symbols) {
		p.unexpected()
	}
}

// keyword takes a word that the grammar knows, in any case.
func (p *parser) keyword(text string) bool {
	if p.atKeyword(text) {
		p.at++
		return true
	}
	return false
}

func (p *parser) atKeyword(text string) bool {
	t := p.peek()
	return t.kind == word && strings.EqualFold(t.text, text)
}

// startsFunction says whether a word followed by a parenthesis comes next.
func (p *parser) startsFunction() bool {
	return p.peek().kind == word && p.tokens[p.at+1].text == "("
}

// placeholder reads :value.
func (p *parser) placeholder() placeholder {
	t := p.next()
	if !slices.Contains(p.values, t.text) {
		p.values = append(p.values, t.text)
	}
	return placeholder(t.text)
}

// commaList reads one or more things with commas between.
func commaList[T any](p *parser, read func() T) []T {
	list := []T{read()}
	for p.accept(",") {
		list = append(list, read())
	}
	return list
}
