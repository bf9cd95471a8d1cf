package wire

import (
	"encoding/json"
	"fmt"
	"reflect"

	"github.com/aws/aws-sdk-go-v2/service/ecs/document"
	smithydocument "github.com/aws/smithy-go/document"
)

// The SDK has an interface of its own for the free-form documents of each service, of which reflection can make none. So those that are read from
// requests are declared; the others are left out. https://smithy.io/2.0/spec/simple-types.html#document
var documents = map[reflect.Type]func(value any) any{
	reflect.TypeFor[document.Interface](): func(value any) any { return document.NewLazyDocument(value) },
}

var documentType = reflect.TypeFor[smithydocument.Marshaler]()

func (r reader) readDocument(p *plan, dst reflect.Value, src any) error {
	dst.Set(reflect.ValueOf(documents[p.typ](plain(src))))
	return nil
}

// plain is a tree with numbers as the SDK's documents have them.
func plain(tree any) any {
	switch tree := tree.(type) {
	case json.Number:
		return smithydocument.Number(tree)
	case []any:
		for i, item := range tree {
			tree[i] = plain(item)
		}
	case map[string]any:
		for name, value := range tree {
			tree[name] = plain(value)
		}
	}
	return tree
}

// writeDocument writes a document as it is, in JSON, which is the only form in which one travels here.
func (w writer) writeDocument(p *plan, v reflect.Value) error {
	j, ok := w.sink.(*jsonSink)
	if !ok {
		return fmt.Errorf("writing %s: free-form documents are written in JSON alone", p.typ)
	}
	text, err := v.Interface().(smithydocument.Marshaler).MarshalSmithyDocument()
	if err != nil {
		return fmt.Errorf("writing %s: %w", p.typ, err)
	}
	j.b = append(j.b, text...)
	return nil
}
