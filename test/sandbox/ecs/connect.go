package ecs

import (
	"io"
	"maps"
	"net"
	"net/http"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

// connected is a service as those see it that reach it through Service Connect. The proxies beside their tasks divide requests between two revisions,
// and count them for the service as a whole (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/available-metrics.html).
type connected struct {
	in        *Service
	of        *service
	discovery string
}

// connectTo has a service answer at the addresses of its client aliases.
func (s *Service) connectTo(sv *service) {
	if sv.connect == nil || !sv.connect.Enabled {
		return
	}
	for _, c := range sv.connect.Services {
		for _, alias := range c.ClientAliases {
			discovery := aws.ToString(c.DiscoveryName)
			if discovery == "" {
				discovery = aws.ToString(c.PortName)
			}
			address := net.JoinHostPort(aws.ToString(alias.DnsName), strconv.Itoa(int(aws.ToInt32(alias.Port))))
			sv.disconnect = append(sv.disconnect, s.o.Balancing.Network().Serve(address, connected{s, sv, discovery}))
		}
	}
}

// share remembers the weight that the proxies have, for a deployment without listener rule, too.
func (sv *service) share(d *serviceDeployment, percent float64) {
	sv.target, sv.percent = d.target, percent
}

// ServeHTTP passes a request on to a task of the revision whose turn it is.
func (c connected) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	began := time.Now()
	status := http.StatusServiceUnavailable
	if address := c.choose(); address != "" {
		out := r.Clone(r.Context())
		out.RequestURI, out.URL.Scheme, out.URL.Host = "", "http", address
		if answer, err := c.in.o.Balancing.Network().RoundTrip(out); err == nil {
			defer answer.Body.Close()
			maps.Copy(w.Header(), answer.Header)
			w.WriteHeader(answer.StatusCode)
			_, _ = io.Copy(w, answer.Body)
			c.count(answer.StatusCode, time.Since(began))
			return
		}
	}
	w.WriteHeader(status)
	c.count(status, time.Since(began))
}

// choose is the address of a task that is next: of the target with the chance that the deployment gave it.
func (c connected) choose() string {
	defer c.in.lock()()
	var candidates, others []*task
	for _, t := range c.of.wanted() {
		switch {
		case t.status != runs:
		case t.deployment.revision == c.of.target:
			candidates = append(candidates, t)
		default:
			others = append(others, t)
		}
	}
	c.of.turn += c.of.percent
	from := others
	if c.of.turn >= 100 || len(others) == 0 {
		c.of.turn, from = max(0, c.of.turn-100), candidates
	}
	if len(from) == 0 {
		from = others
	}
	if len(from) == 0 {
		return ""
	}
	c.of.asked++
	t := from[c.of.asked%len(from)]
	return net.JoinHostPort(t.ip, strconv.Itoa(int(t.port)))
}

func (c connected) count(status int, took time.Duration) {
	if c.in.o.Record == nil {
		return
	}
	dimensions := map[string]string{"ClusterName": c.of.of.name, "ServiceName": c.of.name, "DiscoveryName": c.discovery}
	at := time.Now()
	c.in.o.Record("AWS/ECS", "RequestCount", dimensions, "Count", 1, at)
	c.in.o.Record("AWS/ECS", "HTTPCode_Target_"+strconv.Itoa(status/100)+"XX_Count", dimensions, "Count", 1, at)
	c.in.o.Record("AWS/ECS", "TargetResponseTime", dimensions, "Milliseconds", float64(took.Milliseconds()), at)
}

// checkConnect refuses what cannot be reached (https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ServiceConnectService.html).
func checkConnect(given *types.ServiceConnectConfiguration, d *definition) error {
	if given == nil || !given.Enabled {
		return nil
	}
	for _, c := range given.Services {
		if !d.hasPort(aws.ToString(c.PortName)) {
			return invalid("The port name " + aws.ToString(c.PortName) + " is not in the task definition.")
		}
		for _, alias := range c.ClientAliases {
			if aws.ToInt32(alias.Port) == 0 || aws.ToString(alias.DnsName) == "" {
				return invalid("A client alias needs a port and, here, a DNS name.")
			}
		}
	}
	return nil
}

func (d *definition) hasPort(name string) bool {
	for _, c := range d.ContainerDefinitions {
		for _, p := range c.PortMappings {
			if aws.ToString(p.Name) == name && name != "" {
				return true
			}
		}
	}
	return false
}
