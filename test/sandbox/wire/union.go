package wire

import (
	"fmt"
	"reflect"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// The SDK models a union as an interface and one type per member ("AttributeValueMemberS"). Reflection cannot list the
// types that implement an interface, so the unions that are read from requests are declared.
var unions = map[reflect.Type][]reflect.Type{
	reflect.TypeFor[types.AttributeValue](): {
		reflect.TypeFor[types.AttributeValueMemberB](),
		reflect.TypeFor[types.AttributeValueMemberBOOL](),
		reflect.TypeFor[types.AttributeValueMemberBS](),
		reflect.TypeFor[types.AttributeValueMemberL](),
		reflect.TypeFor[types.AttributeValueMemberM](),
		reflect.TypeFor[types.AttributeValueMemberN](),
		reflect.TypeFor[types.AttributeValueMemberNS](),
		reflect.TypeFor[types.AttributeValueMemberNULL](),
		reflect.TypeFor[types.AttributeValueMemberS](),
		reflect.TypeFor[types.AttributeValueMemberSS](),
	},
}

// unionLike tells an SDK union from other interfaces: it is closed by one unexported method "isXxx".
func unionLike(t reflect.Type) bool {
	return t.NumMethod() == 1 && t.Method(0).Name == "is"+t.Name()
}

func (p *plan) fillVariants(made map[reflect.Type]*plan) error {
	if !unionLike(p.typ) {
		return fmt.Errorf("planning %s: the interface is not a union", p.typ)
	}
	p.variants = map[string]*plan{}
	for _, t := range unions[p.typ] {
		v, err := makePlan(t, made)
		if err != nil {
			return fmt.Errorf("planning union %s: %w", p.typ, err)
		}
		p.variants[variantName(t)] = v
	}
	return nil
}

// variantName is the union member's name on the wire: "S" of AttributeValueMemberS.
func variantName(t reflect.Type) string {
	_, name, _ := strings.Cut(t.Name(), "Member")
	return name
}

// unionOf returns the plan of a variant's Value and its name, for a non-nil union value.
func unionOf(v reflect.Value) (name string, value reflect.Value, p *plan, err error) {
	v = reflect.Indirect(v.Elem()) // through the interface and the pointer to the variant
	if v.Kind() != reflect.Struct {
		return "", v, nil, fmt.Errorf("writing union: it has no member")
	}
	holder, err := planOf(v.Type())
	if err != nil {
		return "", v, nil, err
	}
	f := holder.field("Value")
	if f == nil {
		return "", v, nil, fmt.Errorf("writing union: %s has no Value", v.Type())
	}
	return variantName(v.Type()), v.Field(f.index), f.plan, nil
}
