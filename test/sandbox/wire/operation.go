package wire

import (
	"context"
	"fmt"
	"reflect"
	"strings"
)

// A service is a registered Service with its operations found.
type service struct {
	Service
	spell      spelling // of JSON and CBOR members
	operations map[string]*operation
	byInput    map[reflect.Type]*operation // by *xxx.GetAliasInput
	routes     []*route
}

// An operation is one method of a Service.Impl with the plans of its types.
type operation struct {
	name    string
	service *service
	method  reflect.Value
	in, out *plan // of the structures, not of the pointers to them
	route   *route
}

var (
	contextType = reflect.TypeFor[context.Context]()
	errorType   = reflect.TypeFor[error]()
)

// newService finds the operations among the methods of an implementation.
func newService(s Service) (*service, error) {
	found := &service{Service: s, operations: map[string]*operation{}, byInput: map[reflect.Type]*operation{}}
	if s.UpperCamel {
		found.spell = upperCamel
	}
	impl := reflect.ValueOf(s.Impl)
	if !impl.IsValid() {
		return nil, fmt.Errorf("registering %s: it has no Impl", s.Name)
	}
	for i := range impl.NumMethod() {
		name := impl.Type().Method(i).Name
		if !isOperation(name, impl.Method(i).Type()) {
			continue
		}
		op, err := newOperation(found, name, impl.Method(i))
		if err != nil {
			return nil, fmt.Errorf("registering %s: %w", s.Name, err)
		}
		found.operations[name], found.byInput[impl.Method(i).Type().In(1)] = op, op
	}
	if len(found.operations) == 0 {
		return nil, fmt.Errorf("registering %s: %s has no method of the shape of an SDK operation", s.Name, impl.Type())
	}
	return found, nil
}

// isOperation knows an operation by its shape: (context, *XxxInput) (*XxxOutput, error) with the SDK's own types.
func isOperation(name string, t reflect.Type) bool {
	return t.NumIn() == 2 && t.NumOut() == 2 && t.In(0) == contextType && t.Out(1) == errorType &&
		isShape(t.In(1), name+"Input") && isShape(t.Out(0), name+"Output")
}

func isShape(t reflect.Type, name string) bool {
	return t.Kind() == reflect.Pointer && t.Elem().Name() == name && fromSDK(t.Elem())
}

// fromSDK says whether a type is one of the SDK's, or of the one service that AWS does not have.
func fromSDK(t reflect.Type) bool {
	return strings.HasPrefix(t.PkgPath(), "github.com/aws/aws-sdk-go-v2/service/") || t.PkgPath() == "sluice/test/sandbox/memory"
}

func newOperation(s *service, name string, method reflect.Value) (*operation, error) {
	in, err := planOf(method.Type().In(1).Elem())
	if err != nil {
		return nil, err
	}
	out, err := planOf(method.Type().Out(0).Elem())
	if err != nil {
		return nil, err
	}
	return &operation{name: name, service: s, method: method, in: in, out: out}, nil
}

// perform is the innermost Handler: it runs the operation itself.
func (op *operation) perform(ctx context.Context, call *Call) (any, error) {
	if admit := op.service.Admit; admit != nil {
		if err := admit(op.name); err != nil {
			return nil, err
		}
	}
	results := op.method.Call([]reflect.Value{reflect.ValueOf(ctx), reflect.ValueOf(call.Input)})
	if err, _ := results[1].Interface().(error); err != nil {
		return nil, err
	}
	return results[0].Interface(), nil
}

// call decodes nothing: it says in IAM's words what the decoded input asks for.
func (op *operation) call(ctx context.Context, input any) *Call {
	c := &Call{Service: op.service.Name, Operation: op.name, Caller: Caller(ctx), Input: input}
	if op.service.Scope != nil {
		c.Grants = op.service.Scope(op.name, input)
	} else {
		c.Grants = []Grant{{Action: op.service.Name + ":" + op.name, Resource: "*"}}
	}
	return c
}
