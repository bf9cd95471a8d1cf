package wire

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
)

// bodyLimit bounds a request's body, packed and unpacked. The largest lawful one is Lambda's 6 MB payload:
// https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
const bodyLimit = 8 << 20

// A Server answers AWS API calls with the registered services. It is an http.Handler, safe for concurrent use; its
// set-up (Keys, Use, Add) comes before the first request, except that Add may also come later.
type Server struct {
	// Keys knows the keys that requests may be signed with, by access key id; all others are refused. Nil means that
	// nobody has to sign, and everybody is the person at the keyboard.
	Keys func(accessKeyID string) (key Key, known bool)

	home     Home
	requests atomic.Uint64

	mu         sync.RWMutex
	services   []*service
	middleware []Middleware
}

// NewServer makes a server of the given services. It panics when a Service is not well formed, which only its author
// can mend.
func NewServer(home Home, services ...Service) *Server {
	s := &Server{home: home}
	for _, service := range services {
		s.Add(service)
	}
	return s
}

// Home says where the server's resources live.
func (s *Server) Home() Home { return s.home }

// Add registers one more service.
func (s *Server) Add(described Service) {
	found, err := newService(described)
	if err == nil {
		err = found.addRoutes()
	}
	if err == nil {
		err = found.nameItems()
	}
	if err != nil {
		panic(err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.services = append(slices.Clip(s.services), found)
}

// Use wraps every call in a middleware; the first one used is the outermost.
func (s *Server) Use(m Middleware) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.middleware = append(slices.Clip(s.middleware), m)
}

func (s *Server) registered() ([]*service, []Middleware) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.services, s.middleware
}

// ServeHTTP answers one call, in the protocol in which it is asked.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	services, middleware := s.registered()
	ex := &exchange{Request: r, w: w, id: s.requestID()}
	protocol := protocolOf(r, services)
	ctx, err := s.receive(ex)
	if err != nil {
		protocol.fail(ex, faultOf(err))
		return
	}
	input, err := protocol.decode(ex, services)
	if err != nil {
		protocol.fail(ex, faultOf(err))
		return
	}
	output, err := carryOut(ctx, ex.op, input, middleware)
	switch {
	case errors.Is(err, ErrHangUp):
		panic(http.ErrAbortHandler)
	case err != nil:
		protocol.fail(ex, faultOf(err))
	default:
		if err := protocol.answer(ex, reflect.ValueOf(output).Elem()); err != nil {
			protocol.fail(ex, faultOf(err))
		}
	}
}

// carryOut runs the operation inside all middlewares.
func carryOut(ctx context.Context, op *operation, input any, middleware []Middleware) (any, error) {
	handler := op.perform
	for _, m := range slices.Backward(middleware) {
		handler = m(handler)
	}
	output, err := handler(ctx, op.call(ctx, input))
	if err != nil {
		return nil, err
	}
	if v := reflect.ValueOf(output); v.Kind() != reflect.Pointer || v.Type().Elem() != op.out.typ || v.IsNil() {
		return nil, fmt.Errorf("answering %s:%s: got %T instead of its output", op.service.Name, op.name, output)
	}
	return output, nil
}

// requestID numbers the answers in the shape of AWS's request ids.
func (s *Server) requestID() string {
	return fmt.Sprintf("00000000-0000-4000-8000-%012x", s.requests.Add(1))
}

// receive reads the body, and who sends it: the signature is of the body as it came.
func (s *Server) receive(ex *exchange) (context.Context, error) {
	var body []byte
	if ex.Body != nil && ex.Body != http.NoBody {
		var err error
		if body, err = readAtMost(ex.Body); err != nil {
			return nil, err
		}
	}
	ctx, err := s.identify(ex.Request, body)
	if err != nil {
		return nil, err
	}
	ex.body, err = unpacked(ex.Request, body)
	return ctx, err
}

func unpacked(r *http.Request, body []byte) ([]byte, error) {
	if len(body) == 0 || !strings.EqualFold(r.Header.Get("Content-Encoding"), "gzip") {
		return body, nil
	}
	packed, err := gzip.NewReader(bytes.NewReader(body))
	if err != nil {
		return nil, &Error{Code: "SerializationException", Message: "sandbox: the body is not gzip: " + err.Error()}
	}
	return readAtMost(packed)
}

func readAtMost(r io.Reader) ([]byte, error) {
	body, err := io.ReadAll(io.LimitReader(r, bodyLimit+1))
	if err != nil {
		return nil, &Error{Code: "SerializationException", Message: "sandbox: reading the body: " + err.Error()}
	}
	if len(body) > bodyLimit {
		return nil, &Error{
			Status: http.StatusRequestEntityTooLarge, Code: "RequestEntityTooLargeException",
			Message: fmt.Sprintf("sandbox: the body is larger than %d bytes", bodyLimit),
		}
	}
	return body, nil
}
