package wire

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"
)

// A sink takes the pieces of an answer in order and spells them in one format. Lists, maps and structures nest.
type sink interface {
	openStruct()
	member(name string) // before each member
	closeStruct()
	openList(n int)
	item() // before each item
	closeList()
	openMap(n int)
	key(name string) // before each value
	closeMap()

	str(s string)
	boolean(b bool)
	integer(n int64)
	float(x float64)
	blob(b []byte)
	instant(t time.Time)
}

// A writer walks SDK types into a sink.
type writer struct {
	sink
	spell spelling
}

func (w writer) write(p *plan, v reflect.Value) error {
	switch p.kind {
	case kindPointer:
		return w.write(p.elem, v.Elem())
	case kindString:
		w.str(v.String())
	case kindBool:
		w.boolean(v.Bool())
	case kindInt:
		w.integer(v.Int())
	case kindFloat:
		w.float(v.Float())
	case kindBlob:
		w.blob(v.Bytes())
	case kindTime:
		w.instant(v.Interface().(time.Time))
	case kindStruct:
		w.openStruct()
		if err := w.writeMembers(p, v); err != nil {
			return err
		}
		w.closeStruct()
	case kindList:
		return w.writeList(p, v)
	case kindMap:
		return w.writeMap(p, v)
	case kindUnion:
		return w.writeUnion(v)
	case kindDocument:
		return w.writeDocument(p, v)
	default:
		return fmt.Errorf("writing %s: unknown kind %d", p.typ, p.kind)
	}
	return nil
}

func (w writer) writeMembers(p *plan, v reflect.Value) error {
	for _, f := range p.fields {
		value := v.Field(f.index)
		if absent(f.plan, value) {
			continue
		}
		w.member(f.wire[w.spell])
		if x, ok := w.sink.(*xmlSink); ok {
			x.layOut(p, f)
		}
		if err := w.write(f.plan, value); err != nil {
			return err
		}
	}
	return nil
}

// absent members are left out: nil pointers, lists, maps and unions, and the empty string of an enum.
func absent(p *plan, v reflect.Value) bool {
	switch p.kind {
	case kindPointer, kindList, kindMap, kindBlob, kindUnion, kindDocument:
		return v.IsNil()
	case kindString:
		return v.Len() == 0
	}
	return false
}

func (w writer) writeList(p *plan, v reflect.Value) error {
	w.openList(v.Len())
	for i := range v.Len() {
		w.item()
		if err := w.write(p.elem, v.Index(i)); err != nil {
			return err
		}
	}
	w.closeList()
	return nil
}

func (w writer) writeMap(p *plan, v reflect.Value) error {
	w.openMap(v.Len())
	keys := v.MapKeys() // sorted, so that equal answers are equal bytes
	slices.SortFunc(keys, func(a, b reflect.Value) int { return strings.Compare(a.String(), b.String()) })
	for _, k := range keys {
		w.key(k.String())
		if err := w.write(p.elem, v.MapIndex(k)); err != nil {
			return err
		}
	}
	w.closeMap()
	return nil
}

func (w writer) writeUnion(v reflect.Value) error {
	name, value, p, err := unionOf(v)
	if err != nil {
		return err
	}
	w.openStruct()
	w.member(name)
	if err := w.write(p, value); err != nil {
		return err
	}
	w.closeStruct()
	return nil
}
