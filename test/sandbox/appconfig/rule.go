package appconfig

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// A rule picks a variant for a caller: an expression of operands and an operator, such as (split pct::10 by::$userId seed::"abc")
// (https://docs.aws.amazon.com/appconfig/latest/userguide/appconfig-creating-multi-variant-feature-flags-rules-operators.html).
type rule struct {
	operator string
	operands []operand
	keyed    map[string]operand // pct::10
}

// operand is a literal, a value of the context, or another rule.
type operand struct {
	text  string // of a literal, or the key of a context value
	from  bool   // it is a context value
	list  []string
	inner *rule
}

// A caller of a flag: its key decides over a split without a seed.
type asker struct {
	flag    string
	context map[string]string
}

// operators are those that the page lists, with how many operands they take that have no names. Timestamps are not here: nothing uses them.
var operators = map[string]struct {
	takes int // -1: two or more
	keys  []string
}{
	"eq": {takes: 2}, "gt": {takes: 2}, "gte": {takes: 2}, "lt": {takes: 2}, "lte": {takes: 2}, "and": {takes: -1}, "or": {takes: -1}, "not": {takes: 1},
	"begins_with": {takes: 2}, "ends_with": {takes: 2}, "contains": {takes: 2}, "in": {takes: 2},
	"matches": {keys: []string{"in", "pattern"}}, "exists": {keys: []string{"key"}}, "split": {keys: []string{"pct", "by", "seed"}},
}

var token = regexp.MustCompile(`^\s*(?:([()\[\],])|([a-z]+)::|"((?:[^"\\]|\\.)*)"|\$([A-Za-z_][A-Za-z0-9_.-]*)|([^\s()\[\],"$]+))`)

// A reader takes a rule apart.
type reader struct{ rest string }

// next is the next token: its sort is "(", ")", "[", "]", ",", "key", "string", "context" or "word".
func (r *reader) next() (sort, text string, err error) {
	m := token.FindStringSubmatchIndex(r.rest)
	if m == nil {
		return "", "", errors.New("it ends too early, or there is something in it that is no operand")
	}
	at := r.rest
	group := func(i int) string { return at[m[2*i]:m[2*i+1]] }
	r.rest = r.rest[m[1]:]
	for i, sort := range []string{"", "", "key", "string", "context", "word"} {
		switch {
		case i == 0 || m[2*i] < 0:
		case i == 1:
			return group(1), "", nil
		default:
			return sort, group(i), nil
		}
	}
	return "", "", errors.New("it cannot be read")
}

// ruled reads a rule.
func ruled(text string) (*rule, error) {
	r := &reader{text}
	if sort, _, err := r.next(); err != nil || sort != "(" {
		return nil, errors.New("a rule begins with (")
	}
	read, err := r.rule()
	if err != nil {
		return nil, err
	}
	if strings.TrimSpace(r.rest) != "" {
		return nil, errors.New("something follows it")
	}
	return read, nil
}

func (r *reader) rule() (*rule, error) {
	_, name, err := r.next()
	known, is := operators[name]
	if err != nil || !is {
		return nil, fmt.Errorf("there is no operator %q", name)
	}
	read := &rule{operator: name, keyed: map[string]operand{}}
	for {
		sort, text, err := r.next()
		if err != nil {
			return nil, err
		}
		key := ""
		switch sort {
		case ")":
			return read, read.complete(known.takes, known.keys)
		case "key":
			if key = text; !slices.Contains(known.keys, key) {
				return nil, fmt.Errorf("%s has no operand %s", name, key)
			}
			if sort, text, err = r.next(); err != nil {
				return nil, err
			}
		}
		o, err := r.operand(sort, text)
		if err != nil {
			return nil, err
		}
		if key != "" {
			read.keyed[key] = o
		} else {
			read.operands = append(read.operands, o)
		}
	}
}

func (r *reader) operand(sort, text string) (o operand, err error) {
	switch sort {
	case "(":
		o.inner, err = r.rule()
	case "[":
		for sort != "]" {
			if sort, text, err = r.next(); err != nil {
				return o, err
			}
			if sort == "string" || sort == "word" {
				o.list = append(o.list, text)
			}
		}
	case "context":
		o.text, o.from = text, true
	case "string", "word":
		o.text = text
	default:
		err = fmt.Errorf("%s is no operand", sort)
	}
	return o, err
}

// complete refuses a rule that lacks operands. A split's pct is from 0 to 100. Beliefs: so are the edges, and fractions are taken.
func (r *rule) complete(takes int, keys []string) error {
	if n := len(r.operands); takes >= 0 && n != takes || takes < 0 && n < 2 {
		return fmt.Errorf("%s has %d operands", r.operator, n)
	}
	for _, key := range keys {
		if _, has := r.keyed[key]; !has && key != "seed" {
			return fmt.Errorf("%s has no %s", r.operator, key)
		}
	}
	if r.operator == "split" {
		if p, err := strconv.ParseFloat(r.keyed["pct"].text, 64); err != nil || p < 0 || p > 100 || !r.keyed["by"].from {
			return errors.New("a split is by a context value, and its pct is from 0 to 100")
		}
	}
	return nil
}

// picks says whether the rule holds for a caller. Belief: a context value that the caller does not give makes every operator false.
func (r *rule) picks(a asker) bool {
	switch r.operator {
	case "and":
		return !slices.ContainsFunc(r.operands, func(o operand) bool { return !o.holds(a) })
	case "or":
		return slices.ContainsFunc(r.operands, func(o operand) bool { return o.holds(a) })
	case "not":
		return !r.operands[0].holds(a)
	case "exists":
		_, given := a.context[r.keyed["key"].text]
		return given
	case "split":
		return r.splits(a)
	case "matches":
		in, given := r.keyed["in"].value(a)
		found, err := regexp.MatchString(r.keyed["pattern"].text, in)
		return given && err == nil && found
	}
	one, given := r.operands[0].value(a)
	other, also := r.operands[1].value(a)
	return given && also && compares(r.operator, one, other, r.operands[1].list)
}

func compares(operator, one, other string, list []string) bool {
	switch operator {
	case "begins_with":
		return strings.HasPrefix(one, other)
	case "ends_with":
		return strings.HasSuffix(one, other)
	case "contains":
		return strings.Contains(one, other)
	case "in":
		return slices.Contains(list, one)
	case "eq":
		return one == other
	}
	a, wrong := strconv.ParseFloat(one, 64)
	b, bad := strconv.ParseFloat(other, 64)
	return wrong == nil && bad == nil && map[string]bool{"gt": a > b, "gte": a >= b, "lt": a < b, "lte": a <= b}[operator]
}

// splits is true for a share of the values, always the same ones: whoever is in a share is in a larger one, too. Without a seed the hash is of the flag's
// own: "the hash is locally consistent, meaning traffic will be split consistently for that flag". The hash itself is ours.
func (r *rule) splits(a asker) bool {
	value, given := r.keyed["by"].value(a)
	if !given {
		return false
	}
	seed := "flag " + a.flag
	if s, has := r.keyed["seed"]; has {
		seed = "seed " + s.text
	}
	sum := sha256.Sum256([]byte(seed + "\n" + value))
	percent, _ := strconv.ParseFloat(r.keyed["pct"].text, 64) // it was read when the rule was stored
	return float64(binary.BigEndian.Uint32(sum[:])%1_000_000) < percent*10_000
}

func (o operand) holds(a asker) bool {
	if o.inner != nil {
		return o.inner.picks(a)
	}
	is, _ := o.value(a)
	return is == "true"
}

func (o operand) value(a asker) (value string, given bool) {
	if !o.from {
		return o.text, true
	}
	value, given = a.context[o.text]
	return value, given
}
