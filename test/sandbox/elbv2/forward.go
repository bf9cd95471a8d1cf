package elbv2

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"strconv"
	"time"
)

// forwarded passes a request on to the target that was chosen for it, and counts it when it is over.
// Which failure is which status: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html.
func (s *Service) forwarded(w http.ResponseWriter, r *http.Request, to route) {
	ctx, cancel := context.WithCancelCause(r.Context())
	defer cancel(nil)
	patience := time.AfterFunc(to.idle, func() { cancel(context.DeadlineExceeded) })
	began := time.Now()
	response, err := s.o.Network.RoundTrip(passedOn(r.WithContext(ctx), to))
	patience.Stop()
	if err == nil {
		defer response.Body.Close()
		s.countAnswer(to, response.StatusCode, time.Since(began))
		maps.Copy(w.Header(), response.Header)
		for _, c := range to.cookies {
			http.SetCookie(w, c)
		}
		w.WriteHeader(response.StatusCode)
		if _, err := io.Copy(w, response.Body); err != nil {
			panic(http.ErrAbortHandler) // the answer has begun: all that is left is to cut it off
		}
		return
	}
	s.countRequest(to)
	var dial *net.OpError
	unconnected := errors.As(err, &dial) && dial.Op == "dial"
	if unconnected {
		s.recordGroup(to, "TargetConnectionErrorCount", "Count", 1)
	}
	switch {
	case r.Context().Err() != nil: // the client has gone: 460, which nobody sees
		s.o.Record(namespace, "HTTPCode_ELB_4XX_Count", to.balancer.inBalancer(), "Count", 1, time.Now())
	case unconnected && dial.Timeout(), errors.Is(context.Cause(ctx), context.DeadlineExceeded):
		s.fail(w, to, http.StatusGatewayTimeout)
	default:
		s.fail(w, to, http.StatusBadGateway)
	}
}

// passedOn is the request as a target gets it (https://docs.aws.amazon.com/elasticloadbalancing/latest/application/x-forwarded-headers.html).
func passedOn(r *http.Request, to route) *http.Request {
	out := r.Clone(r.Context())
	out.RequestURI, out.Close = "", false
	out.URL.Scheme, out.URL.Host = "http", net.JoinHostPort(*to.target.Id, strconv.Itoa(int(*to.target.Port)))
	for _, name := range []string{"Connection", "Keep-Alive", "Proxy-Connection", "Te", "Trailer", "Transfer-Encoding", "Upgrade"} {
		out.Header.Del(name)
	}
	if client, _, err := net.SplitHostPort(r.RemoteAddr); err == nil {
		if before := r.Header.Get("X-Forwarded-For"); before != "" {
			client = before + ", " + client
		}
		out.Header.Set("X-Forwarded-For", client)
	}
	proto := "http"
	if to.https {
		proto = "https"
	}
	out.Header.Set("X-Forwarded-Proto", proto)
	return out
}

// countAnswer counts a request that its target has answered.
func (s *Service) countAnswer(to route, status int, took time.Duration) {
	s.countRequest(to)
	s.recordGroup(to, fmt.Sprintf("HTTPCode_Target_%dXX_Count", status/100), "Count", 1)
	s.recordGroup(to, "TargetResponseTime", "Seconds", took.Seconds())
}

// countRequest counts a request for which a target was found, whether or not it answered. Requests are counted when they are over, so that a
// minute's requests and answers are the same ones.
func (s *Service) countRequest(to route) {
	s.recordGroup(to, "RequestCount", "Count", 1)
	if to.open {
		s.recordGroup(to, "UnhealthyRoutingRequestCount", "Count", 1)
	}
}

// recordGroup records a value for the load balancer and for the target group behind it.
func (s *Service) recordGroup(to route, name, unit string, value float64) {
	at := time.Now()
	s.o.Record(namespace, name, to.balancer.inBalancer(), unit, value, at)
	s.o.Record(namespace, name, to.balancer.inGroup(to.group), unit, value, at)
}
