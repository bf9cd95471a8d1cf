package wire

import (
	"fmt"
	"io"
	"reflect"
	"strings"
	"sync"
	"time"
	"unicode"
	"unicode/utf8"
)

// A kind says how the value of a plan looks on the wire.
type kind uint8

const (
	kindString kind = iota
	kindBool
	kindInt
	kindFloat
	kindBlob
	kindTime
	kindList
	kindMap
	kindStruct
	kindUnion
	kindPointer
	kindStream   // a body that is read as it comes
	kindDocument // free-form
)

// A plan is what reflection has to say about one SDK type, worked out once: how to read it and how to write it.
type plan struct {
	kind     kind
	typ      reflect.Type
	elem     *plan                // of pointers, lists and map values
	fields   []*field             // of structs
	streams  []*field             // of structs: bodies that are read as they come, which only a Route's Payload can name
	byName   [3]map[string]*field // of structs, by wire name in each spelling
	variants map[string]*plan     // of unions, by wire name; empty for a union nobody declared with Union
}

// A field is one member of a structure.
type field struct {
	index  int
	name   string    // in Go
	wire   [3]string // in each spelling
	plan   *plan
	layout *layout // of a list or map that the query protocol does not lay out in its usual way
}

// A spelling is a way to write the names of members. Types that carry their model know the true name, which is then
// the same in both camels.
type spelling int

const (
	lowerCamel spelling = iota
	upperCamel
	queryNames // the query protocol: UpperCamel, or what the model says it was
)

// A layout is how XML shows a list or map. The usual one has a <member> per item; an <entry> with <key> and <value>.
type layout struct {
	flat             bool // no element around the items: each bears the member's name
	item, key, value string
}

var readerType = reflect.TypeFor[io.Reader]()

var usualLayout = layout{item: "member", key: "key", value: "value"}

var plans = struct {
	sync.RWMutex
	known map[reflect.Type]*plan
}{known: map[reflect.Type]*plan{}}

// planOf returns the plan of a type, which it makes at the first call.
func planOf(t reflect.Type) (*plan, error) {
	plans.RLock()
	p := plans.known[t]
	plans.RUnlock()
	if p != nil {
		return p, nil
	}
	plans.Lock()
	defer plans.Unlock()
	made := map[reflect.Type]*plan{}
	p, err := makePlan(t, made)
	if err != nil {
		return nil, err
	}
	for t, p := range made { // published together, so nobody sees a plan whose parts are still missing
		plans.known[t] = p
	}
	return p, nil
}

func makePlan(t reflect.Type, made map[reflect.Type]*plan) (*plan, error) {
	if p := plans.known[t]; p != nil {
		return p, nil
	}
	if p := made[t]; p != nil {
		return p, nil
	}
	p := &plan{typ: t}
	made[t] = p // before its parts: SDK types are recursive
	var err error
	switch {
	case t == reflect.TypeFor[time.Time]():
		p.kind = kindTime
	case t == reflect.TypeFor[[]byte]():
		p.kind = kindBlob
	case documents[t] != nil:
		p.kind = kindDocument
	default:
		err = p.workOut(made)
	}
	return p, err
}

func (p *plan) workOut(made map[reflect.Type]*plan) (err error) {
	switch p.typ.Kind() {
	case reflect.String:
		p.kind = kindString
	case reflect.Bool:
		p.kind = kindBool
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		p.kind = kindInt
	case reflect.Float32, reflect.Float64:
		p.kind = kindFloat
	case reflect.Pointer:
		p.kind = kindPointer
		p.elem, err = makePlan(p.typ.Elem(), made)
	case reflect.Slice:
		p.kind = kindList
		p.elem, err = makePlan(p.typ.Elem(), made)
	case reflect.Map:
		p.kind = kindMap
		p.elem, err = makePlan(p.typ.Elem(), made)
	case reflect.Struct:
		p.kind = kindStruct
		err = p.fillFields(made)
	case reflect.Interface:
		p.kind = kindUnion
		err = p.fillVariants(made)
	default:
		err = fmt.Errorf("planning %s: no protocol carries a %s", p.typ, p.typ.Kind())
	}
	return err
}

// irregulars are members whose names on the wire do not follow from their Go names, of types that carry no schema
// (https://docs.aws.amazon.com/apigateway/latest/api/API_GetDeployments.html).
var irregulars = map[string]string{"GetDeploymentsOutput.Items": "item", "GetRestApisOutput.Items": "item"}

func (p *plan) fillFields(made map[reflect.Type]*plan) error {
	p.byName = [3]map[string]*field{{}, {}, {}}
	model := modelOf(p.typ)
	for i := range p.typ.NumField() {
		f := p.typ.Field(i)
		// Not members of the shape: the SDK's own bookkeeping.
		if !f.IsExported() || f.Name == "ResultMetadata" || f.Name == "ErrorCodeOverride" {
			continue
		}
		if f.Type.Implements(readerType) {
			p.streams = append(p.streams, &field{index: i, name: f.Name, plan: &plan{kind: kindStream, typ: f.Type}})
			continue
		}
		if f.Type.Implements(documentType) && documents[f.Type] == nil {
			continue // a free-form document, which no operation here takes
		}
		part, err := makePlan(f.Type, made)
		if err != nil {
			return fmt.Errorf("planning %s.%s: %w", p.typ, f.Name, err)
		}
		member := &field{index: i, name: f.Name, wire: [3]string{lowerFirst(f.Name), f.Name, f.Name}, plan: part}
		if irregular := irregulars[p.typ.Name()+"."+f.Name]; irregular != "" {
			member.wire[lowerCamel] = irregular
		}
		model.refine(member)
		p.fields = append(p.fields, member)
		for s, name := range member.wire {
			p.byName[s][name] = member
		}
	}
	return nil
}

func (p *plan) field(goName string) *field {
	for _, f := range p.fields {
		if f.name == goName {
			return f
		}
	}
	return nil
}

// body is a member that may be a whole body.
func (p *plan) body(goName string) *field {
	for _, f := range p.streams {
		if f.name == goName {
			return f
		}
	}
	return p.field(goName)
}

// whole says whether a body is taken as it is.
func (p *plan) whole() bool { return p.kind == kindBlob || p.kind == kindStream }

// without is the plan of the same structure less some members: those that travel outside the body.
func (p *plan) without(goNames map[string]bool) *plan {
	if len(goNames) == 0 {
		return p
	}
	c := *p
	c.fields, c.byName = nil, [3]map[string]*field{{}, {}, {}}
	for _, f := range p.fields {
		if goNames[f.name] {
			continue
		}
		c.fields = append(c.fields, f)
		for s, name := range f.wire {
			c.byName[s][name] = f
		}
	}
	return &c
}

func lowerFirst(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	return string(unicode.ToLower(r)) + s[n:]
}

func upperFirst(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	return strings.ToUpper(string(r)) + s[n:]
}
