package wire

import (
	"fmt"
	"reflect"
)

// Every protocol first turns a request into a tree of
//
//	nil, bool, string, json.Number, []byte, int64, float64, time.Time, text, []any, map[string]any, form, *element
//
// and read puts the tree into the SDK's type. The kind of a leaf says where it came from: a text may be a number or a
// flag, for a JSON string that is an error.
type text string // a header, a path label or a form value

// A mismatch is a request that does not fit the operation's input; AWS calls it a SerializationException.
func mismatch(p *plan, src any) error {
	return &Error{Code: "SerializationException", Message: fmt.Sprintf("%T can not be converted to %s", src, p.typ)}
}

// A reader fills SDK types from trees.
type reader struct {
	spell spelling
}

func (r reader) read(p *plan, dst reflect.Value, src any) error {
	if src == nil { // an explicit null is an absent member
		return nil
	}
	switch p.kind {
	case kindPointer:
		v := reflect.New(p.elem.typ)
		dst.Set(v)
		return r.read(p.elem, v.Elem(), src)
	case kindStruct:
		return r.readStruct(p, dst, src)
	case kindUnion:
		return r.readUnion(p, dst, src)
	case kindList:
		return r.readList(p, dst, src)
	case kindMap:
		return r.readMap(p, dst, src)
	case kindDocument:
		return r.readDocument(p, dst, src)
	}
	if leaf, ok := src.(*element); ok {
		src = text(leaf.text.String())
	}
	return readLeaf(p, dst, src)
}

func (r reader) readStruct(p *plan, dst reflect.Value, src any) error {
	var members map[string]any
	switch src := src.(type) {
	case map[string]any:
		members = src
	case form:
		members = src
	case *element:
		members = src.members()
	default:
		return mismatch(p, src)
	}
	for name, value := range members {
		f := p.byName[r.spell][name]
		if f == nil {
			continue // AWS ignores members it does not know
		}
		if err := r.read(f.plan, dst.Field(f.index), value); err != nil {
			return err
		}
	}
	return nil
}

func (r reader) readUnion(p *plan, dst reflect.Value, src any) error {
	members, ok := src.(map[string]any)
	if !ok || len(members) != 1 {
		return mismatch(p, src)
	}
	for name, value := range members {
		variant := p.variants[name]
		if variant == nil {
			return &Error{Code: "SerializationException", Message: fmt.Sprintf("sandbox: member %q of %s is not implemented", name, p.typ)}
		}
		v := reflect.New(variant.typ)
		f := variant.field("Value")
		if err := r.read(f.plan, v.Elem().Field(f.index), value); err != nil {
			return err
		}
		dst.Set(v)
	}
	return nil
}

func (r reader) readList(p *plan, dst reflect.Value, src any) error {
	var items []any
	switch src := src.(type) {
	case []any:
		items = src
	case form:
		var ok bool
		if items, ok = src.items("member"); !ok {
			return mismatch(p, src)
		}
	case *element:
		items = src.items()
	case text:
		if src != "" { // "Dimensions=" is the query protocol's empty list
			return mismatch(p, src)
		}
	default:
		return mismatch(p, src)
	}
	list := reflect.MakeSlice(p.typ, len(items), len(items))
	for i, item := range items {
		if err := r.read(p.elem, list.Index(i), item); err != nil {
			return err
		}
	}
	dst.Set(list)
	return nil
}

func (r reader) readMap(p *plan, dst reflect.Value, src any) error {
	entries, ok := src.(map[string]any)
	if f, isForm := src.(form); isForm {
		entries, ok = f.entries()
	}
	if !ok {
		return mismatch(p, src)
	}
	m := reflect.MakeMapWithSize(p.typ, len(entries))
	for key, value := range entries {
		v := reflect.New(p.elem.typ).Elem()
		if err := r.read(p.elem, v, value); err != nil {
			return err
		}
		m.SetMapIndex(reflect.ValueOf(key).Convert(p.typ.Key()), v)
	}
	dst.Set(m)
	return nil
}
