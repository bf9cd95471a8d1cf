package elbv2

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
)

// front is a listener as clients meet it.
type front struct {
	*Service
	arn string
}

// Handler takes the requests of a listener. A connection to one that does not exist is cut. WebSockets are not passed on.
func (s *Service) Handler(listenerARN string) http.Handler { return front{s, listenerARN} }

// Listen serves a listener on a loopback address, "127.0.0.1:0" for any free port, and tells which. It ends with the service's context.
func (s *Service) Listen(listenerARN, address string) (served string, err error) {
	s.mu.Lock()
	l, err := s.listener(&listenerARN)
	s.mu.Unlock()
	if err != nil || l.protocol != types.ProtocolEnumHttp {
		return "", errors.Join(fmt.Errorf("listening for a load balancer: there is no listener %s for HTTP", listenerARN), err)
	}
	socket, err := net.Listen("tcp", address)
	if err != nil {
		return "", fmt.Errorf("listening for a load balancer: %w", err)
	}
	if !socket.Addr().(*net.TCPAddr).IP.IsLoopback() {
		return "", errors.Join(fmt.Errorf("listening for a load balancer: %s is not a loopback address", address), socket.Close())
	}
	server := &http.Server{Handler: s.Handler(listenerARN), ReadHeaderTimeout: time.Minute}
	go func() { _ = server.Serve(socket) }()
	go func() {
		<-s.o.Context.Done()
		_ = server.Close()
	}()
	return socket.Addr().String(), nil
}

// route is where a request goes.
type route struct {
	balancer *balancer
	idle     time.Duration // for which a target may be silent
	fixed    *types.FixedResponseActionConfig
	group    *group
	target   *types.TargetDescription // nil: there is none in the group, or no group has a weight
	open     bool                     // too few targets are healthy, so that all get requests
	cookies  []*http.Cookie
	login    *types.AuthenticateOidcActionConfig // what comes first; nobody has a session here
	https    bool
}

// ServeHTTP has the first rule that a request meets decide.
func (f front) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	to, exists := f.route(r)
	switch {
	case !exists:
		panic(http.ErrAbortHandler)
	case to.login != nil && to.login.OnUnauthenticatedRequest != types.AuthenticateOidcActionConditionalBehaviorEnumAllow:
		f.ask(w, to)
	case to.fixed != nil:
		f.o.Record(namespace, "HTTP_Fixed_Response_Count", to.balancer.inBalancer(), "Count", 1, time.Now())
		status, _ := strconv.Atoi(*to.fixed.StatusCode)
		w.Header().Set("Content-Type", aws.ToString(or(to.fixed.ContentType, aws.String("text/plain"))))
		w.WriteHeader(status)
		_, _ = w.Write([]byte(aws.ToString(to.fixed.MessageBody)))
	case to.target == nil:
		f.fail(w, to, http.StatusServiceUnavailable)
	default:
		f.forwarded(w, r, to)
	}
}

func (f front) route(r *http.Request) (to route, exists bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	l, err := f.listener(&f.arn)
	if err != nil {
		return to, false
	}
	to = route{balancer: l.of, https: l.protocol == types.ProtocolEnumHttps}
	seconds, _ := strconv.Atoi(l.of.attributes["idle_timeout.timeout_seconds"])
	to.idle = time.Duration(seconds) * time.Second
	for _, met := range l.rules {
		if met.isDefault() || meets(met.Conditions, r) {
			to.login = loginOf(met.Actions)
			f.choose(&to, met.Actions[len(met.Actions)-1], r)
			break
		}
	}
	return to, true
}

// choose follows an action to a target.
func (s *Service) choose(to *route, a types.Action, r *http.Request) {
	if a.FixedResponseConfig != nil {
		to.fixed = a.FixedResponseConfig
		return
	}
	now := time.Now()
	arn, cookies := stickyGroup(*a.ForwardConfig, r, now), []*http.Cookie(nil)
	if arn == "" {
		arn = byWeight(a.ForwardConfig.TargetGroups, s.o.Chance())
		cookies = groupCookies(*a.ForwardConfig, arn, now)
	}
	g, err := s.group(&arn)
	if err != nil { // all weights are 0
		return
	}
	g.forget(now)
	pool, open := g.pool()
	chosen := g.stickyTarget(pool, r, now)
	if chosen == nil {
		chosen = g.next(pool, now)
		cookies = append(cookies, g.targetCookies(chosen, now)...)
	}
	to.group, to.open, to.cookies = g, open, cookies
	if chosen != nil {
		to.target = &chosen.TargetDescription
	}
}

// fail answers what the load balancer answers by itself. Such answers are counted for the load balancer alone.
func (s *Service) fail(w http.ResponseWriter, to route, status int) {
	for _, name := range []string{"HTTPCode_ELB_5XX_Count", fmt.Sprintf("HTTPCode_ELB_%d_Count", status)} {
		s.o.Record(namespace, name, to.balancer.inBalancer(), "Count", 1, time.Now())
	}
	title := strconv.Itoa(status) + " " + http.StatusText(status)
	if status == http.StatusServiceUnavailable {
		title = "503 Service Temporarily Unavailable"
	}
	w.Header().Set("Server", "awselb/2.0")
	w.Header().Set("Content-Type", "text/html")
	w.WriteHeader(status)
	_, _ = fmt.Fprintf(w, "<html>\r\n<head><title>%s</title></head>\r\n<body>\r\n<center><h1>%[1]s</h1></center>\r\n</body>\r\n</html>\r\n", title)
}
