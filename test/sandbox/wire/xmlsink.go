package wire

import (
	"bytes"
	"encoding/base64"
	"encoding/xml"
	"math"
	"strconv"
	"time"
)

// An xmlSink writes the XML of awsQuery and restXml. An element takes the name that was announced for it: of the member,
// the list's item or the map's value.
type xmlSink struct {
	b      bytes.Buffer
	name   string // of the next element
	layout layout // of the next list or map
	nested []xmlNest
	rest   *XML // of restXml; nil is the query protocol
}

// An xmlNest is a structure, list or map that is still open.
type xmlNest struct {
	name   string // of the element to close; "" when the items stand for themselves
	layout layout
	entry  string // of a map: the element around key and value
	inside bool   // an entry is open
}

func (x *xmlSink) open(name string)  { x.b.WriteString("<" + name + ">") }
func (x *xmlSink) close(name string) { x.b.WriteString("</" + name + ">") }

func (x *xmlSink) top() *xmlNest { return &x.nested[len(x.nested)-1] }

func (x *xmlSink) pop() {
	if name := x.top().name; name != "" {
		x.close(name)
	}
	x.nested = x.nested[:len(x.nested)-1]
}

// nest opens the element of a list or map, unless its layout is flat; then item becomes the announced name.
func (x *xmlSink) nest(item string) {
	n := xmlNest{name: x.name, layout: x.layout, entry: item}
	if n.layout.flat {
		n.name, n.layout.item, n.entry = "", x.name, x.name
	} else {
		x.open(x.name)
	}
	x.nested = append(x.nested, n)
}

// layOut prepares for a member that may be a list or a map.
func (x *xmlSink) layOut(owner *plan, f *field) {
	switch {
	case f.layout != nil:
		x.layout = *f.layout
	case x.rest != nil && f.plan.kind == kindList:
		x.layout.item = x.rest.item(owner, f)
	}
}

func (x *xmlSink) openStruct() { x.root(x.name, "") }

// root opens a structure with attributes.
func (x *xmlSink) root(name, attributes string) {
	x.open(name + attributes)
	x.nested = append(x.nested, xmlNest{name: name})
}

func (x *xmlSink) member(name string) { x.name, x.layout = name, usualLayout }
func (x *xmlSink) closeStruct()       { x.pop() }
func (x *xmlSink) openList(int)       { x.nest("") }
func (x *xmlSink) item()              { x.name, x.layout = x.top().layout.item, usualLayout }
func (x *xmlSink) closeList()         { x.pop() }
func (x *xmlSink) openMap(int)        { x.nest("entry") }

func (x *xmlSink) key(name string) {
	x.endEntry()
	m := x.top()
	m.inside = true
	x.open(m.entry)
	x.name = m.layout.key
	x.str(name)
	x.name, x.layout = m.layout.value, usualLayout
}

func (x *xmlSink) endEntry() {
	if m := x.top(); m.inside {
		x.close(m.entry)
		m.inside = false
	}
}

func (x *xmlSink) closeMap() {
	x.endEntry()
	x.pop()
}

func (x *xmlSink) str(s string) {
	x.open(x.name)
	_ = xml.EscapeText(&x.b, []byte(s)) // a bytes.Buffer never fails
	x.close(x.name)
}

func (x *xmlSink) boolean(b bool)      { x.str(strconv.FormatBool(b)) }
func (x *xmlSink) integer(n int64)     { x.str(strconv.FormatInt(n, 10)) }
func (x *xmlSink) blob(b []byte)       { x.str(base64.StdEncoding.EncodeToString(b)) }
func (x *xmlSink) instant(t time.Time) { x.str(dateTime(t)) }

func (x *xmlSink) float(f float64) {
	if math.IsInf(f, 0) {
		x.str(map[bool]string{true: "Infinity", false: "-Infinity"}[f > 0])
		return
	}
	x.str(strconv.FormatFloat(f, 'g', -1, 64))
}

// dateTime is Smithy's date-time format, in UTC with milliseconds when there are any.
func dateTime(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.999Z") }
