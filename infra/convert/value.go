package convert

import (
	"fmt"
	"strconv"
	"strings"
)

// at is a member, and takes it. Names are compared whatever their case: the guide of CodeDeploy writes them in both.
func (v *value) at(names ...string) *value {
	for _, name := range names {
		if v == nil || v.form != mapping {
			return nil
		}
		found := v.fields[name]
		for i := 0; found == nil && i < len(v.keys); i++ {
			if strings.EqualFold(v.keys[i], name) {
				found = v.fields[v.keys[i]]
			}
		}
		if v = found; v != nil {
			v.taken = true
		}
	}
	return v
}

// has says whether there is such a member, without taking it.
func (v *value) has(name string) bool { return v != nil && v.form == mapping && v.fields[name] != nil }

// whole takes a value with everything in it.
func (v *value) whole() *value {
	if v == nil {
		return nil
	}
	v.taken = true
	for _, f := range v.fields {
		f.whole()
	}
	for _, i := range v.items {
		i.whole()
	}
	return v
}

// list are the items of a list; a value that is none is its only item.
func (v *value) list() []*value {
	switch {
	case v == nil || v.form == scalar && v.text == "" && v.tag == "":
		return nil
	case v.form == list && v.tag == "":
		for _, i := range v.items {
			i.taken = true
		}
		return v.items
	}
	return []*value{v}
}

// string is the text of a scalar; empty for anything else.
func (v *value) string() string {
	if v == nil || v.form != scalar {
		return ""
	}
	return strings.TrimSpace(v.text)
}

// number reads a number, also one in quotes, such as 25 or "25%".
func (v *value) number() (n float64, ok bool) {
	n, err := strconv.ParseFloat(strings.TrimSuffix(v.string(), "%"), 64)
	return n, err == nil
}

// yes reads true or false; fallback where nothing is written.
func (v *value) yes(fallback bool) bool {
	switch strings.ToLower(v.string()) {
	case "true", "yes", "on":
		return true
	case "false", "no", "off":
		return false
	}
	return fallback
}

// where is the line; 1 of what is not there.
func (v *value) where() int {
	if v == nil {
		return 1
	}
	return max(v.line, 1)
}

// rest are the values that no reader has taken, the outermost of each.
func (v *value) rest() (left []*value) {
	if v == nil {
		return nil
	}
	for _, k := range v.keys {
		if f := v.fields[k]; !f.taken {
			left = append(left, f)
		} else {
			left = append(left, f.rest()...)
		}
	}
	for _, i := range v.items {
		left = append(left, i.rest()...)
	}
	return left
}

// name is the last part of the path: "setMirrorRoute".
func (v *value) name() string {
	if v == nil {
		return ""
	}
	return v.path[strings.LastIndexByte(v.path, '.')+1:]
}

// short is the value as a note shows it: "setWeight: 20".
func (v *value) short() string {
	if v == nil {
		return ""
	}
	return clip(v.name() + ": " + v.flow())
}

// clip keeps what a line of a terminal has room for.
func clip(text string) string {
	const most = 64
	text = strings.Join(strings.Fields(text), " ")
	if letters := []rune(text); len(letters) > most {
		return string(letters[:most-1]) + "…"
	}
	return text
}

// flow is the value in one line.
func (v *value) flow() string {
	var parts []string
	head := v.tag
	if head != "" {
		head += " "
	}
	switch v.form {
	case mapping:
		for _, k := range v.keys {
			parts = append(parts, k+": "+v.fields[k].flow())
		}
		return head + "{" + strings.Join(parts, ", ") + "}"
	case list:
		for _, i := range v.items {
			parts = append(parts, i.flow())
		}
		return head + "[" + strings.Join(parts, ", ") + "]"
	}
	return fmt.Sprint(head, v.text)
}
