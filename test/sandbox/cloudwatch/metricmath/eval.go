package metricmath

import (
	"fmt"
	"math"
)

// A Point is the value of the period that starts at At, in Unix seconds.
type Point struct {
	At    int64
	Value float64
}

// A Series is a metric's periods that have data, oldest first.
type Series []Point

// An Env is what an expression is evaluated in.
type Env struct {
	Start, Period int64 // the periods asked for: N of them from Start
	N             int
	Lookup        func(id string) ([]Series, error) // the series behind an id
	Metrics       []string                          // the ids of plain metrics, for METRICS()
}

// Eval computes the expression's series: one, or several where it yields a list.
func (e *Expr) Eval(env *Env) ([]Series, error) {
	v, err := e.root.eval(env)
	if err != nil {
		return nil, err
	}
	if v.list == nil {
		return nil, fmt.Errorf("the expression yields a number, not a time series; wrap it in TIME_SERIES")
	}
	return v.list, nil
}

// A value is a number when list is nil, one series when single, otherwise a list of series.
type value struct {
	number float64
	list   []Series
	single bool
}

func scalar(v float64) value { return value{number: v} }
func one(s Series) value     { return value{list: []Series{s}, single: true} }

// values makes a list, which is not nil even when empty.
func values(list []Series) value { return value{list: append([]Series{}, list...)} }

type node interface {
	eval(env *Env) (value, error)
}

type (
	number    float64
	text      string
	reference string
	array     []node
	operation struct {
		op          string
		left, right node
	}
)

func (n number) eval(*Env) (value, error) { return scalar(float64(n)), nil }

func (t text) eval(*Env) (value, error) {
	return value{}, fmt.Errorf("the text %q stands where a value belongs", string(t))
}

func (r reference) eval(env *Env) (value, error) {
	list, err := env.Lookup(string(r))
	if err != nil {
		return value{}, err
	}
	if len(list) == 1 {
		return one(list[0]), nil
	}
	return values(list), nil
}

func (a array) eval(env *Env) (value, error) {
	out := values(nil)
	for _, item := range a {
		v, err := item.eval(env)
		if err != nil {
			return value{}, err
		}
		if v.list == nil {
			v.list = []Series{env.constant(v.number)}
		}
		out.list = append(out.list, v.list...)
	}
	return out, nil
}

func (o operation) eval(env *Env) (value, error) {
	left, err := o.left.eval(env)
	if err != nil {
		return value{}, err
	}
	right, err := o.right.eval(env)
	if err != nil {
		return value{}, err
	}
	return combine(left, right, operators[o.op])
}

var operators = map[string]func(a, b float64) float64{
	"+":  func(a, b float64) float64 { return a + b },
	"-":  func(a, b float64) float64 { return a - b },
	"*":  func(a, b float64) float64 { return a * b },
	"/":  func(a, b float64) float64 { return a / b },
	"^":  math.Pow,
	"==": func(a, b float64) float64 { return truth(a == b) },
	"!=": func(a, b float64) float64 { return truth(a != b) },
	"<":  func(a, b float64) float64 { return truth(a < b) },
	"<=": func(a, b float64) float64 { return truth(a <= b) },
	">":  func(a, b float64) float64 { return truth(a > b) },
	">=": func(a, b float64) float64 { return truth(a >= b) },
	"&&": func(a, b float64) float64 { return truth(a != 0 && b != 0) },
	"||": func(a, b float64) float64 { return truth(a != 0 || b != 0) },
}

func truth(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

// combine applies an operator: number with number, number with each series, series with series, or series with each
// of a list.
func combine(a, b value, f func(a, b float64) float64) (value, error) {
	switch {
	case a.list == nil && b.list == nil:
		return scalar(f(a.number, b.number)), nil
	case a.list == nil:
		return each(b, func(s Series) Series { return s.apply(func(v float64) float64 { return f(a.number, v) }) }), nil
	case b.list == nil:
		return each(a, func(s Series) Series { return s.apply(func(v float64) float64 { return f(v, b.number) }) }), nil
	case b.single:
		return each(a, func(s Series) Series { return join(s, b.list[0], f) }), nil
	case a.single:
		return each(b, func(s Series) Series { return join(a.list[0], s, f) }), nil
	default:
		return value{}, fmt.Errorf("an operator stands between two lists of time series")
	}
}

func each(v value, f func(Series) Series) value {
	out := value{list: make([]Series, 0, len(v.list)), single: v.single}
	for _, s := range v.list {
		out.list = append(out.list, f(s))
	}
	return out
}

func (s Series) apply(f func(float64) float64) Series {
	out := make(Series, 0, len(s))
	for _, p := range s {
		out = out.append(p.At, f(p.Value))
	}
	return out
}

// append adds a point unless its value is no number.
func (s Series) append(at int64, v float64) Series {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return s
	}
	return append(s, Point{at, v})
}

// join applies f to the periods that both series have.
func join(a, b Series, f func(a, b float64) float64) Series {
	out := make(Series, 0, min(len(a), len(b)))
	for i, j := 0, 0; i < len(a) && j < len(b); {
		switch {
		case a[i].At < b[j].At:
			i++
		case a[i].At > b[j].At:
			j++
		default:
			out = out.append(a[i].At, f(a[i].Value, b[j].Value))
			i++
			j++
		}
	}
	return out
}

// constant is a series with the same value in each period asked for.
func (env *Env) constant(v float64) Series {
	out := make(Series, 0, env.N)
	for i := range env.N {
		out = out.append(env.Start+int64(i)*env.Period, v)
	}
	return out
}
