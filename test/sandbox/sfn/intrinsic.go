package sfn

import (
	"encoding/json"
	"fmt"
	"strings"
)

// An intrinsic is one States.… function. least and most bound its number of arguments; most < 0 is "any number".
// https://docs.aws.amazon.com/step-functions/latest/dg/intrinsic-functions.html
type intrinsic struct {
	least, most int
	call        func(s scope, args []any) (any, error)
}

// An intrinsicParser reads one call such as States.Format('{} of {}', $.done, States.ArrayLength($.all)).
type intrinsicParser struct {
	rest, field string
}

// compileIntrinsic compiles the value of a ".$" field that does not start with "$".
func compileIntrinsic(source, field string) (expression, error) {
	p := &intrinsicParser{rest: source, field: field}
	e, err := p.call()
	if err == nil && strings.TrimSpace(p.rest) != "" {
		err = fmt.Errorf("unexpected %q", p.rest)
	}
	if err != nil {
		return nil, fmt.Errorf("the value of %q must be a path or an intrinsic function: %w", field, err)
	}
	return e, nil
}

func (p *intrinsicParser) skipSpace() { p.rest = strings.TrimLeft(p.rest, " \t\r\n") }

func (p *intrinsicParser) accept(token string) bool {
	p.skipSpace()
	tail, ok := strings.CutPrefix(p.rest, token)
	if ok {
		p.rest = tail
	}
	return ok
}

func (p *intrinsicParser) call() (expression, error) {
	p.skipSpace()
	name, tail, ok := strings.Cut(p.rest, "(")
	name = strings.TrimSpace(name)
	f, known := intrinsics[name]
	if !ok || !known {
		return nil, fmt.Errorf("intrinsic function %q is not known", name)
	}
	p.rest = tail
	args, err := p.arguments()
	if err != nil {
		return nil, err
	}
	if len(args) < f.least || f.most >= 0 && len(args) > f.most {
		return nil, fmt.Errorf("%s does not take %d arguments", name, len(args))
	}
	return bindIntrinsic(name, f, args), nil
}

// bindIntrinsic names the function in failures that its body leaves unnamed.
func bindIntrinsic(name string, f intrinsic, args []expression) expression {
	return func(s scope) (any, error) {
		values, err := evaluateAll(args, s)
		if err != nil {
			return nil, err
		}
		v, err := f.call(s, values)
		if err == nil {
			return v, nil
		}
		if f, ok := asFailure(err); ok {
			return nil, f
		}
		return nil, &failure{name: statesIntrinsicFailure, cause: name + ": " + err.Error()}
	}
}

func (p *intrinsicParser) arguments() ([]expression, error) {
	var args []expression
	if p.accept(")") {
		return nil, nil
	}
	for {
		arg, err := p.argument()
		if err != nil {
			return nil, err
		}
		args = append(args, arg)
		if p.accept(")") {
			return args, nil
		}
		if !p.accept(",") {
			return nil, fmt.Errorf("expected , or ) before %q", p.rest)
		}
	}
}

func (p *intrinsicParser) argument() (expression, error) {
	p.skipSpace()
	switch {
	case p.rest == "":
		return nil, fmt.Errorf("an argument is missing")
	case p.rest[0] == '\'':
		return p.literal()
	case p.rest[0] == '$':
		source := p.word()
		at, err := parsePath(source)
		if err != nil {
			return nil, err
		}
		return at.lookup(p.field), nil
	case strings.HasPrefix(p.rest, "States."):
		return p.call()
	}
	return p.plain()
}

// literal reads a quoted string. \' and \\ are undone here; \{ and \} stay for States.Format, which undoes them.
func (p *intrinsicParser) literal() (expression, error) {
	var b strings.Builder
	for i := 1; i < len(p.rest); i++ {
		switch c := p.rest[i]; {
		case c == '\'':
			p.rest = p.rest[i+1:]
			return constant(b.String()), nil
		case c == '\\' && i+1 < len(p.rest):
			i++
			if p.rest[i] == '{' || p.rest[i] == '}' {
				b.WriteByte(c)
			}
			b.WriteByte(p.rest[i])
		default:
			b.WriteByte(c)
		}
	}
	return nil, fmt.Errorf("string %s does not end", p.rest)
}

// word reads a path: up to a comma or parenthesis outside of brackets.
func (p *intrinsicParser) word() string {
	depth, end := 0, len(p.rest)
scan:
	for i, c := range p.rest {
		switch c {
		case '[':
			depth++
		case ']':
			depth--
		case ',', ')':
			if depth == 0 {
				end = i
				break scan
			}
		}
	}
	source := p.rest[:end]
	p.rest = p.rest[end:]
	return strings.TrimSpace(source)
}

// plain reads a number, true, false or null.
func (p *intrinsicParser) plain() (expression, error) {
	source := p.word()
	v, err := decode(source)
	if err != nil {
		return nil, fmt.Errorf("argument %q: %w", source, err)
	}
	switch v.(type) {
	case nil, bool, json.Number:
		return constant(v), nil
	}
	return nil, fmt.Errorf("argument %q must be a quoted string, a number, a path or a function", source)
}
