package metricmath

import (
	"cmp"
	"fmt"
	"slices"
)

// fill gives the periods without data a value: a number, the last one known (REPEAT), or one on the line between the
// neighbours (LINEAR). Before the first and after the last known value, LINEAR repeats it.
func fill(env *Env, args []node) (value, error) {
	v, err := args[0].eval(env)
	if err != nil || v.list == nil {
		return value{}, orNeedsSeries(err)
	}
	missing, err := filler(env, args[1])
	if err != nil {
		return value{}, err
	}
	return each(v, func(s Series) Series {
		out := make(Series, 0, env.N)
		i := 0
		for k := range env.N {
			at := env.Start + int64(k)*env.Period
			for i < len(s) && s[i].At < at {
				i++
			}
			if i < len(s) && s[i].At == at {
				out = append(out, s[i])
			} else if x, ok := missing(s, i, at); ok {
				out = out.append(at, x)
			}
		}
		return out
	}), nil
}

// filler returns what stands for the missing period at; next is the index of the first known point after it.
func filler(env *Env, arg node) (func(s Series, next int, at int64) (float64, bool), error) {
	switch t, _ := arg.(text); t {
	case "REPEAT":
		return repeat, nil
	case "LINEAR":
		return linear, nil
	}
	v, err := arg.eval(env)
	if err != nil {
		return nil, err
	}
	if v.list != nil {
		return nil, fmt.Errorf("the sandbox does not implement FILL with a time series")
	}
	return func(Series, int, int64) (float64, bool) { return v.number, true }, nil
}

func repeat(s Series, next int, _ int64) (float64, bool) {
	if next == 0 {
		return 0, false
	}
	return s[next-1].Value, true
}

func linear(s Series, next int, at int64) (float64, bool) {
	switch {
	case len(s) == 0:
		return 0, false
	case next == 0:
		return s[0].Value, true
	case next == len(s):
		return s[next-1].Value, true
	}
	a, b := s[next-1], s[next]
	return a.Value + (b.Value-a.Value)*float64(at-a.At)/float64(b.At-a.At), true
}

// choose is IF(condition, then, else): for each period where the condition is known. Without else, periods where the
// condition is false have no data.
func choose(env *Env, args []node) (value, error) {
	var v [3]value
	for i, arg := range args {
		var err error
		if v[i], err = arg.eval(env); err != nil {
			return value{}, err
		}
		if v[i].list != nil && !v[i].single {
			return value{}, fmt.Errorf("IF takes single time series and numbers, not lists")
		}
	}
	if v[0].list == nil {
		return chooseOnce(v, len(args))
	}
	out := make(Series, 0, len(v[0].list[0]))
	for _, c := range v[0].list[0] {
		pick := 1
		if c.Value == 0 {
			pick = 2
		}
		if x, ok := v[pick].at(c.At); ok && pick < len(args) {
			out = out.append(c.At, x)
		}
	}
	return one(out), nil
}

func chooseOnce(v [3]value, n int) (value, error) {
	switch {
	case v[0].number != 0:
		return v[1], nil
	case n == 3:
		return v[2], nil
	default:
		return one(nil), nil
	}
}

// at is the value in a period: a number has one in all of them.
func (v value) at(t int64) (float64, bool) {
	if v.list == nil {
		return v.number, true
	}
	i, found := slices.BinarySearchFunc(v.list[0], t, func(p Point, t int64) int { return cmp.Compare(p.At, t) })
	if !found {
		return 0, false
	}
	return v.list[0][i].Value, true
}
