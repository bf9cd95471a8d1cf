package appconfig

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"sluice/shared/rollout"
)

// A document is the content of a version of feature flags, with one flag in it that is read and written. Everything else is kept as it was
// (https://docs.aws.amazon.com/appconfig/latest/userguide/appconfig-type-reference-feature-flags.html).
//
// Variants are tried from the first to the last, which has no rule: it is the default. A flag without variants is on or off for everybody; it has the
// variants "on" and "off" here, and gets them in its document while both have users.
type document struct {
	all, values map[string]json.RawMessage
	flag, by    string
	basic       map[string]json.RawMessage // a flag without variants
	variants    []variant
	kept        map[string]json.RawMessage // what else the value of a flag with variants has
}

// variant is one of several values of a flag, with fields that Sluice does not know.
type variant map[string]json.RawMessage

const (
	on, off = "on", "off"
	several = "_variants"
)

// generated are fields that AppConfig adds by itself, and that are no attributes.
var generated = []string{"_createdAt", "_updatedAt"}

// parse reads a document.
func parse(content []byte, flag, by string) (d document, err error) {
	d.flag, d.by = flag, by
	if err := json.Unmarshal(content, &d.all); err != nil {
		return d, fmt.Errorf("it holds no feature flags: %w", err)
	}
	if err := json.Unmarshal(d.all["values"], &d.values); err != nil || d.values[flag] == nil {
		return d, fmt.Errorf("it has no flag %s", flag)
	}
	var value map[string]json.RawMessage
	if err := json.Unmarshal(d.values[flag], &value); err != nil {
		return d, fmt.Errorf("reading flag %s: %w", flag, err)
	}
	if value[several] == nil {
		d.basic = value
		d.variants = both(value)
		return d, nil
	}
	if err := json.Unmarshal(value[several], &d.variants); err != nil || len(d.variants) == 0 {
		return d, fmt.Errorf("flag %s has no variants that can be read", flag)
	}
	delete(value, several)
	d.kept = value
	return d, nil
}

// both are the variants of a flag without variants: the last is what everybody has.
func both(value map[string]json.RawMessage) []variant {
	attributes := maps.Clone(value)
	for _, field := range append(generated, "enabled") {
		delete(attributes, field)
	}
	state := func(name string, enabled bool) variant {
		v := variant{"name": text(name), "enabled": text(enabled)}
		if len(attributes) > 0 {
			v["attributeValues"] = text(attributes)
		}
		return v
	}
	if string(value["enabled"]) == "true" {
		return []variant{state(off, false), state(on, true)}
	}
	return []variant{state(on, true), state(off, false)}
}

func text(v any) json.RawMessage {
	t, _ := json.Marshal(v) // strings, booleans and what was JSON before
	return t
}

func (v variant) word(field string) (word string) {
	_ = json.Unmarshal(v[field], &word) // a field that is no string is none
	return word
}

func (v variant) name() string { return v.word("name") }

// ruled is the variant with another rule; empty: without one.
func (v variant) ruled(rule string) variant {
	v = maps.Clone(v)
	delete(v, "rule")
	if rule != "" {
		v["rule"] = text(rule)
	}
	return v
}

// named finds a variant; -1 when there is none.
func (d document) named(name string) int {
	return slices.IndexFunc(d.variants, func(v variant) bool { return v.name() == name })
}

// names are those of the variants.
func (d document) names() (all []string) {
	for _, v := range d.variants {
		all = append(all, v.name())
	}
	return all
}

// splitRule is a rule that only gives a share. Its operands may stand in any order: AWS's examples have two
// (https://docs.aws.amazon.com/appconfig/latest/userguide/appconfig-creating-multi-variant-feature-flags-rules-operators.html).
var (
	splitRule    = regexp.MustCompile(`^\(split(?:\s+(?:pct::[0-9.]+|by::\$[A-Za-z0-9_]+|seed::"[^"]*")){2,3}\s*\)$`)
	splitOperand = regexp.MustCompile(`(pct|by|seed)::([0-9.]+|\$[A-Za-z0-9_]+|"[^"]*")`)
)

// share is the weight that a rule gives by the target's key of the context; no share when it is a rule of another sort.
func (d document) share(rule string) (w rollout.Weight, shares bool) {
	if !splitRule.MatchString(rule) {
		return 0, false
	}
	operands := map[string]string{}
	for _, o := range splitOperand.FindAllStringSubmatch(rule, -1) {
		operands[o[1]] = o[2]
	}
	p, err := strconv.ParseFloat(operands["pct"], 64)
	return rollout.FromFraction(p / 100), err == nil && p <= 100 && operands["by"] == "$"+d.by
}

// sharing is a rule that gives a weight, with the seed of the rule before, if that had one.
func (d document) sharing(rule string, w rollout.Weight) string {
	pct := "pct::" + strconv.Itoa(int(w)/100)
	if _, shares := d.share(rule); !shares {
		return fmt.Sprintf("(split %s by::$%s)", pct, d.by)
	}
	return splitOperand.ReplaceAllStringFunc(rule, func(operand string) string {
		if strings.HasPrefix(operand, "pct::") {
			return pct
		}
		return operand
	})
}

// serves says how the document divides the users whom no rule of somebody else's picks before.
func (d document) serves() (rollout.Split, error) {
	last := len(d.variants) - 1
	s := rollout.Split{Stable: d.variants[last].name()}
	for _, v := range d.variants[:last] {
		switch w, shares := d.share(v.word("rule")); {
		case !shares || w == rollout.None:
		case s.Candidate != "":
			return s, fmt.Errorf("two variants of flag %s have a share: %s and %s", d.flag, s.Candidate, v.name())
		default:
			s.Candidate, s.Weight = v.name(), w
		}
	}
	return s.Plain(), nil
}

// dividing is the document with another division of users. Both variants must be there.
func (d document) dividing(to rollout.Split) ([]byte, error) {
	to = to.Plain()
	variants, last := slices.Clone(d.variants), len(d.variants)-1
	if at := d.named(to.Stable); at != last { // what everybody had and has no more gets a rule that picks nobody
		variants[at], variants[last] = variants[last].ruled(d.sharing(variants[at].word("rule"), rollout.None)), variants[at].ruled("")
	}
	for i, v := range variants[:last] {
		_, shares := d.share(v.word("rule"))
		switch {
		case v.name() == to.Candidate:
			variants[i] = v.ruled(d.sharing(v.word("rule"), to.Weight))
		case shares:
			variants[i] = v.ruled(d.sharing(v.word("rule"), rollout.None))
		}
	}
	value := maps.Clone(d.kept)
	if d.basic != nil {
		value = map[string]json.RawMessage{}
		for _, field := range generated {
			if was, has := d.basic[field]; has {
				value[field] = was
			}
		}
	}
	if whole := simple(variants); whole != nil && to.Candidate == "" {
		maps.Copy(value, whole)
	} else {
		value[several] = text(variants)
	}
	values, all := maps.Clone(d.values), maps.Clone(d.all)
	values[d.flag] = text(value)
	all["values"] = text(values)
	return json.Marshal(all)
}

// simple is the value of a flag that needs no variants when everybody has the last of them: on and off, with the same attributes. So callers who do not
// know variants see what everybody has. Other flags have none.
func simple(variants []variant) map[string]json.RawMessage {
	if len(variants) != 2 {
		return nil
	}
	value := map[string]json.RawMessage{}
	for _, v := range variants {
		if is := v.name(); is != on && is != off || string(v["enabled"]) != strconv.FormatBool(is == on) || !bytes.Equal(v["attributeValues"], variants[0]["attributeValues"]) {
			return nil
		}
	}
	_ = json.Unmarshal(variants[0]["attributeValues"], &value) // none: no attributes
	value["enabled"] = variants[1]["enabled"]
	return value
}
