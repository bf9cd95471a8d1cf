package wire

import (
	"math/big"
	"reflect"
	"time"

	"github.com/aws/smithy-go"
	"github.com/aws/smithy-go/document"
	"github.com/aws/smithy-go/traits"
)

// A model is the Smithy schema that newer SDK types carry with them: the true spelling of every member, the HTTP
// bindings of restJson, the status of an error. Older generations (sfn, sns, sts in 2026) carry none; for them a nil
// model leaves the naming rules of the service in force.
type model struct{ schema *smithy.Schema }

// modelOf asks a type for its schema. The schema is reachable only through the type's own Serialize, which names it
// first of all; so an empty value is serialised into a serializer that listens to that and drops the rest.
func modelOf(t reflect.Type) model {
	v, ok := reflect.New(t).Interface().(smithy.Serializable)
	if !ok {
		return model{}
	}
	var l listener
	v.Serialize(&l)
	return model{schema: l.first}
}

// member finds the schema of a Go field, whose name is the member's with a capital first letter.
func (m model) member(goName string) *smithy.Schema {
	if m.schema == nil {
		return nil
	}
	if s := m.schema.Member(goName); s != nil {
		return s
	}
	if s := m.schema.Member(lowerFirst(goName)); s != nil {
		return s
	}
	for name, s := range m.schema.Members() {
		if upperFirst(name) == goName {
			return s
		}
	}
	return nil
}

// refine corrects what the naming rule guessed about a member with what the model says.
func (m model) refine(f *field) {
	s := m.member(f.name)
	if s == nil {
		return
	}
	f.wire = [3]string{s.MemberName(), s.MemberName(), upperFirst(s.MemberName())}
	if t, ok := smithy.SchemaTrait[*traits.XMLName](s); ok {
		f.wire[queryNames] = t.Name
	}
	if _, ok := smithy.SchemaTrait[*traits.XMLFlattened](s); ok {
		f.layout = &layout{flat: true, item: "member", key: xmlName(s.MapKey(), "key"), value: xmlName(s.MapValue(), "value")}
	}
}

func xmlName(s *smithy.Schema, usual string) string {
	if t, ok := smithy.SchemaTrait[*traits.XMLName](s); ok {
		return t.Name
	}
	return usual
}

// A listener is a serializer that only remembers the first structure it is told of.
type listener struct{ first *smithy.Schema }

var _ smithy.ShapeSerializer = (*listener)(nil)

// WriteStruct remembers the schema.
func (l *listener) WriteStruct(s *smithy.Schema) {
	if l.first == nil {
		l.first = s
	}
}

// The rest of smithy.ShapeSerializer, to which a listener is deaf.

func (*listener) Bytes() []byte                                { return nil }
func (*listener) WriteInt8(*smithy.Schema, int8)               {}
func (*listener) WriteInt16(*smithy.Schema, int16)             {}
func (*listener) WriteInt32(*smithy.Schema, int32)             {}
func (*listener) WriteInt64(*smithy.Schema, int64)             {}
func (*listener) WriteFloat32(*smithy.Schema, float32)         {}
func (*listener) WriteFloat64(*smithy.Schema, float64)         {}
func (*listener) WriteBool(*smithy.Schema, bool)               {}
func (*listener) WriteString(*smithy.Schema, string)           {}
func (*listener) WriteBigInt(*smithy.Schema, *big.Int)         {}
func (*listener) WriteBigFloat(*smithy.Schema, *big.Float)     {}
func (*listener) WriteBlob(*smithy.Schema, []byte)             {}
func (*listener) WriteTime(*smithy.Schema, time.Time)          {}
func (*listener) WriteUnion(*smithy.Schema, *smithy.Schema)    {}
func (*listener) CloseUnion()                                  {}
func (*listener) WriteDocument(*smithy.Schema, document.Value) {}
func (*listener) WriteNil(*smithy.Schema)                      {}
func (*listener) CloseStruct()                                 {}
func (*listener) WriteList(*smithy.Schema)                     {}
func (*listener) CloseList()                                   {}
func (*listener) WriteMap(*smithy.Schema)                      {}
func (*listener) WriteKey(*smithy.Schema, string)              {}
func (*listener) CloseMap()                                    {}
