package rollout

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// problems collects what is wrong, so that a person sees everything at once.
type problems []Problem

func (p *problems) add(path, wrong, remedy string) {
	*p = append(*p, Problem{Path: path, Wrong: wrong, Remedy: remedy})
}

func (p *problems) check(ok bool, path, wrong, remedy string) {
	if !ok {
		p.add(path, wrong, remedy)
	}
}

func (p *problems) weight(path string, w, low, high Weight) {
	p.check(w >= low && w <= high, path, fmt.Sprintf("%v is not a share of the traffic", w), "write a percentage from 0 to 100")
}

func (p *problems) between(path string, d Duration, low, high time.Duration) {
	p.check(d.Std() >= low && d.Std() <= high, path, d.String()+" is out of range",
		fmt.Sprintf("write a duration from %s to %s", Duration(low), Duration(high)))
}

// oneOf checks that a value is one of those allowed, or empty: that stands for the default.
func oneOf[T ~string](p *problems, path string, value T, allowed ...T) {
	if value == "" || slices.Contains(allowed, value) {
		return
	}
	names := make([]string, len(allowed))
	for i, a := range allowed {
		names[i] = string(a)
	}
	p.add(path, fmt.Sprintf("%.60q is not known here", string(value)), "write one of "+strings.Join(names, ", "))
}
