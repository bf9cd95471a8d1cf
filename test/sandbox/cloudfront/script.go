package cloudfront

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"strings"
	"sync"

	"github.com/dop251/goja"
)

// A script is a function's code in an interpreter of JavaScript. It runs one request after the other: what it may take of a processor is not measured.
type script struct {
	mu      sync.Mutex
	vm      *goja.Runtime
	handler goja.Callable
	call    call // the request that is under way
}

// A call is one run of a script.
type call struct {
	values map[string]string // of its key value store
	origin string            // that it selects
}

// imported is the one module that a script may import here, in the words of the guide
// (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/functions-custom-methods.html). The interpreter knows no modules.
const imported = "import cf from 'cloudfront';"

func compiled(name string, code []byte) (*script, error) {
	text := strings.Replace(string(code), imported, "const cf = __cloudfront;", 1)
	s := &script{vm: goja.New()}
	s.vm.SetRandSource(rand.Float64)
	module := s.vm.NewObject()
	errs := []error{
		module.Set("kvs", func() *goja.Object { return s.kvs() }),
		module.Set("selectRequestOriginById", func(id string) { s.call.origin = id }),
		s.vm.Set("__cloudfront", module),
	}
	_, err := s.vm.RunScript(name, text)
	if err = errors.Join(append(errs, err)...); err != nil {
		return nil, err
	}
	handler, ok := goja.AssertFunction(s.vm.Get("handler"))
	if !ok {
		return nil, errors.New("there is no function handler")
	}
	s.handler = handler
	return s, nil
}

// kvs is the store as the script has it: get promises a value, or an error where there is none.
func (s *script) kvs() *goja.Object {
	store := s.vm.NewObject()
	err := store.Set("get", func(in goja.FunctionCall) goja.Value {
		promise, resolve, reject := s.vm.NewPromise()
		value, there := s.call.values[in.Argument(0).String()]
		var settled error
		switch format := s.format(in.Argument(1)); {
		case !there:
			settled = reject(s.vm.ToValue("KeyNotFound"))
		case format == "json":
			var parsed any
			if err := json.Unmarshal([]byte(value), &parsed); err != nil {
				settled = reject(s.vm.ToValue(err.Error()))
				break
			}
			settled = resolve(parsed)
		default:
			settled = resolve(value)
		}
		if settled != nil {
			panic(s.vm.NewGoError(settled))
		}
		return s.vm.ToValue(promise)
	})
	if err != nil {
		panic(s.vm.NewGoError(err))
	}
	return store
}

func (s *script) format(options goja.Value) string {
	if o, is := options.(*goja.Object); is && o.Get("format") != nil {
		return o.Get("format").String()
	}
	return "string"
}

// run has the script see a viewer's request. It returns the path, headers that it added, and the origin that it selects, if any. A script that answers by
// itself, without an origin, is more than the sandbox knows.
func (s *script) run(r *http.Request, values map[string]string) (path string, added http.Header, origin string, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.call = call{values: values}
	returned, err := s.handler(goja.Undefined(), s.vm.ToValue(event(r)))
	if err != nil {
		return "", nil, "", fmt.Errorf("running a function: %w", err)
	}
	if promise, is := returned.Export().(*goja.Promise); is {
		if promise.State() != goja.PromiseStateFulfilled {
			return "", nil, "", fmt.Errorf("running a function: its promise is not kept: %v", promise.Result())
		}
		returned = promise.Result()
	}
	request, is := returned.Export().(map[string]any)
	uri, _ := request["uri"].(string)
	if !is || uri == "" {
		return "", nil, "", errors.New("running a function: it returns no request")
	}
	added = http.Header{}
	headers, _ := request["headers"].(map[string]any)
	for name, header := range headers {
		if h, is := header.(map[string]any); is {
			added.Set(name, fmt.Sprint(h["value"]))
		}
	}
	return uri, added, s.call.origin, nil
}

// event is what a function is told (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/functions-event-structure.html).
func event(r *http.Request) map[string]any {
	headers := map[string]any{"host": map[string]any{"value": r.Host}}
	for name := range r.Header {
		headers[strings.ToLower(name)] = map[string]any{"value": r.Header.Get(name)}
	}
	ip, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		ip = r.RemoteAddr
	}
	return map[string]any{
		"version": "1.0", "context": map[string]any{"eventType": "viewer-request"}, "viewer": map[string]any{"ip": ip},
		"request": map[string]any{"method": r.Method, "uri": r.URL.Path, "querystring": map[string]any{}, "headers": headers, "cookies": map[string]any{}},
	}
}
