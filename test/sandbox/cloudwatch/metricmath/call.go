package metricmath

import (
	"fmt"
	"math"
	"slices"
	"strings"
)

// A call is a function with its arguments.
type call struct {
	name string
	args []node
	f    function
}

type function func(env *Env, args []node) (value, error)

func newCall(name string, args []node) (node, error) {
	f, found := functions()[name]
	if !found {
		return nil, fmt.Errorf("the sandbox does not implement the function %s", name)
	}
	if len(args) < f.least || len(args) > f.most {
		return nil, fmt.Errorf("%s takes %d to %d arguments, not %d", name, f.least, f.most, len(args))
	}
	return call{name, args, f.do}, nil
}

func (c call) eval(env *Env) (value, error) { return c.f(env, c.args) }

type definition struct {
	least, most int
	do          function
}

// functions is a func, not a variable, since the functions evaluate calls, which name functions.
func functions() map[string]definition {
	return map[string]definition{
		"SUM":          {1, 1, reduce(sum)},
		"AVG":          {1, 1, reduce(mean)},
		"MIN":          {1, 1, reduce(slices.Min[[]float64])},
		"MAX":          {1, 1, reduce(slices.Max[[]float64])},
		"STDDEV":       {1, 1, reduce(deviation)},
		"ABS":          {1, 1, transform(math.Abs)},
		"CEIL":         {1, 1, transform(math.Ceil)},
		"FLOOR":        {1, 1, transform(math.Floor)},
		"LOG":          {1, 1, transform(math.Log)},
		"LOG10":        {1, 1, transform(math.Log10)},
		"RATE":         {1, 1, steps(func(a, b Point) float64 { return (b.Value - a.Value) / float64(b.At-a.At) })},
		"DIFF":         {1, 1, steps(func(a, b Point) float64 { return b.Value - a.Value })},
		"RUNNING_SUM":  {1, 1, runningSum},
		"METRICS":      {0, 1, metricsList},
		"METRIC_COUNT": {1, 1, metricCount},
		"TIME_SERIES":  {1, 1, timeSeries},
		"PERIOD":       {1, 1, period},
		"FILL":         {2, 2, fill},
		"IF":           {2, 3, choose},
	}
}

func sum(v []float64) float64 {
	total := 0.0
	for _, x := range v {
		total += x
	}
	return total
}

func mean(v []float64) float64 { return sum(v) / float64(len(v)) }

func deviation(v []float64) float64 {
	m, squares := mean(v), 0.0
	for _, x := range v {
		squares += (x - m) * (x - m)
	}
	return math.Sqrt(squares / float64(len(v)))
}

// reduce makes a number of a series, and a series of a list: for each period, over the series that have it.
func reduce(f func([]float64) float64) function {
	return func(env *Env, args []node) (value, error) {
		v, err := args[0].eval(env)
		switch {
		case err != nil || v.list == nil:
			return v, err
		case v.single && len(v.list[0]) == 0:
			return scalar(math.NaN()), nil
		case v.single:
			return scalar(f(column(v.list[0]))), nil
		}
		return one(across(v.list, f)), nil
	}
}

func column(s Series) []float64 {
	out := make([]float64, len(s))
	for i, p := range s {
		out[i] = p.Value
	}
	return out
}

func across(list []Series, f func([]float64) float64) Series {
	rows := map[int64][]float64{}
	var times []int64
	for _, s := range list {
		for _, p := range s {
			if rows[p.At] == nil {
				times = append(times, p.At)
			}
			rows[p.At] = append(rows[p.At], p.Value)
		}
	}
	slices.Sort(times)
	out := make(Series, 0, len(times))
	for _, at := range times {
		out = out.append(at, f(rows[at]))
	}
	return out
}

func transform(f func(float64) float64) function {
	return func(env *Env, args []node) (value, error) {
		v, err := args[0].eval(env)
		if err != nil || v.list == nil {
			return scalar(f(v.number)), err
		}
		return each(v, func(s Series) Series { return s.apply(f) }), nil
	}
}

// steps makes a series of each two neighbouring points.
func steps(f func(a, b Point) float64) function {
	return func(env *Env, args []node) (value, error) {
		v, err := args[0].eval(env)
		if err != nil || v.list == nil {
			return value{}, orNeedsSeries(err)
		}
		return each(v, func(s Series) Series {
			var out Series
			for i := 1; i < len(s); i++ {
				out = out.append(s[i].At, f(s[i-1], s[i]))
			}
			return out
		}), nil
	}
}

func orNeedsSeries(err error) error {
	if err != nil {
		return err
	}
	return fmt.Errorf("a function needs a time series, not a number")
}

func runningSum(env *Env, args []node) (value, error) {
	v, err := args[0].eval(env)
	if err != nil || v.list == nil {
		return value{}, orNeedsSeries(err)
	}
	return each(v, func(s Series) Series {
		total := 0.0
		return s.apply(func(x float64) float64 { total += x; return total })
	}), nil
}

// metricsList is every plain metric of the request, or those whose id contains a text.
func metricsList(env *Env, args []node) (value, error) {
	part := ""
	if len(args) == 1 {
		t, isText := args[0].(text)
		if !isText {
			return value{}, fmt.Errorf("METRICS takes a text")
		}
		part = string(t)
	}
	out := values(nil)
	for _, id := range env.Metrics {
		if !strings.Contains(id, part) {
			continue
		}
		list, err := env.Lookup(id)
		if err != nil {
			return value{}, err
		}
		out.list = append(out.list, list...)
	}
	return out, nil
}

func metricCount(env *Env, args []node) (value, error) {
	v, err := args[0].eval(env)
	return scalar(float64(len(v.list))), err
}

func timeSeries(env *Env, args []node) (value, error) {
	v, err := args[0].eval(env)
	if err != nil || v.list != nil {
		return v, err
	}
	return one(env.constant(v.number)), nil
}

func period(env *Env, args []node) (value, error) {
	v, err := args[0].eval(env)
	if err != nil || v.list == nil {
		return value{}, orNeedsSeries(err)
	}
	return scalar(float64(env.Period)), nil
}
