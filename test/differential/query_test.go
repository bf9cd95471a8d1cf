package differential

import (
	"encoding/xml"
	"fmt"
	"net/url"
	"strings"
)

// inQuery reads a form by the input's shape, and an answer in XML by the output's.
func (x exchange) inQuery(open func(service string) *model) (p parsed, err error) {
	values, err := url.ParseQuery(string(x.body))
	if err != nil {
		return p, fmt.Errorf("request: %w", err)
	}
	p.service, p.operation = versions[values.Get("Version")], values.Get("Action")
	values.Del("Action")
	values.Del("Version")
	m := open(p.service)
	op := m.Operations[p.operation]
	input, _ := form{m, values}.read(op.Input.Shape, "").(map[string]any)
	for left := range values {
		input[left] = "" // the checker complains of what the model does not know
	}
	p.input = input
	var root element
	if err := xml.Unmarshal(x.answer, &root); err != nil {
		return p, fmt.Errorf("answer: %w", err)
	}
	if x.failed() {
		p.code = root.child("Error").child("Code").Text
		return p, nil
	}
	if op.Output.ResultWrapper != "" {
		root = root.child(op.Output.ResultWrapper)
	}
	p.output = m.fromXML(op.Output.Shape, root)
	return p, nil
}

// A form is what is left of a request's fields while they are read.
type form struct {
	model  *model
	values url.Values
}

// read takes what is at a name and below it, as the shape says; nil when nothing is there.
func (f form) read(shape, name string) any {
	s := f.model.Shapes[shape]
	switch {
	case s.Type == "structure":
		return f.structure(s, name)
	case !f.has(name):
		return nil
	case s.Type == "list":
		return f.list(s, name)
	case s.Type == "map":
		return f.mapping(s, name)
	}
	text := f.values.Get(name)
	f.values.Del(name)
	return text
}

// has says whether there is anything at a name or below it.
func (f form) has(name string) bool {
	for key := range f.values {
		if key == name || strings.HasPrefix(key, name+".") {
			return true
		}
	}
	return false
}

func (f form) structure(s shape, name string) any {
	if name != "" {
		if !f.has(name) {
			return nil
		}
		name += "."
	}
	fields := map[string]any{}
	for member, r := range s.Members {
		if v := f.read(r.Shape, name+r.name(member)); v != nil {
			fields[r.name(member)] = v
		}
	}
	return fields
}

func (f form) list(s shape, name string) any {
	items := []any{}
	for i := 1; ; i++ {
		at := fmt.Sprintf("%s.%s.%d", name, s.Member.name("member"), i)
		if !f.has(at) {
			return items
		}
		items = append(items, f.read(s.Member.Shape, at))
	}
}

func (f form) mapping(s shape, name string) any {
	entries := map[string]any{}
	for i := 1; ; i++ {
		at := fmt.Sprintf("%s.entry.%d.", name, i)
		key, ok := f.read(s.Key.Shape, at+s.Key.name("key")).(string)
		if !ok {
			return entries
		}
		entries[key] = f.read(s.Value.Shape, at+s.Value.name("value"))
	}
}

// An element is any XML element.
type element struct {
	XMLName  xml.Name
	Text     string    `xml:",chardata"`
	Children []element `xml:",any"`
}

func (e element) child(name string) element {
	for _, c := range e.Children {
		if c.XMLName.Local == name {
			return c
		}
	}
	return element{}
}

// fromXML reads an element by its shape. Elements that the shape does not know stay, for the checker to complain of.
func (m *model) fromXML(shape string, e element) any {
	s := m.Shapes[shape]
	switch s.Type {
	case "structure":
		return m.structureFromXML(s, e)
	case "list":
		items := []any{}
		for _, c := range e.Children {
			items = append(items, m.fromXML(s.Member.Shape, c))
		}
		return items
	case "map":
		entries := map[string]any{}
		for _, c := range e.Children {
			entries[c.child(s.Key.name("key")).Text] = m.fromXML(s.Value.Shape, c.child(s.Value.name("value")))
		}
		return entries
	}
	return e.Text
}

func (m *model) structureFromXML(s shape, e element) any {
	fields := map[string]any{}
	for _, c := range e.Children {
		fields[c.XMLName.Local] = c.Text
	}
	for member, r := range s.Members {
		if _, given := fields[r.name(member)]; given {
			fields[r.name(member)] = m.fromXML(r.Shape, e.child(r.name(member)))
		}
	}
	return fields
}
