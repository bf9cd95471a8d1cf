package route53

import (
	"context"
	"fmt"
	"net"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/route53/types"
	"github.com/miekg/dns"
)

// Listen has a name server answer on a port of this machine, over UDP and TCP, until the context ends. It answers as if asked from a VPC; an empty
// one is the rest of the world.
func (s *Service) Listen(ctx context.Context, vpc string) (address string, err error) {
	packets, streams, err := free()
	if err != nil {
		return "", fmt.Errorf("listening for questions: %w", err)
	}
	address = packets.LocalAddr().String()
	handler := dns.HandlerFunc(func(w dns.ResponseWriter, q *dns.Msg) { _ = w.WriteMsg(s.reply(vpc, q)) })
	for _, server := range []*dns.Server{{PacketConn: packets, Handler: handler}, {Listener: streams, Handler: handler}} {
		go func() { _ = server.ActivateAndServe() }()
		context.AfterFunc(ctx, func() { _ = server.Shutdown() })
	}
	return address, nil
}

// free finds a port of 127.0.0.1 that nobody has, neither for packets nor for streams: one that is free for packets may be taken for streams.
func free() (packets net.PacketConn, streams net.Listener, err error) {
	for range 50 {
		if packets, err = net.ListenPacket("udp", "127.0.0.1:0"); err != nil {
			return nil, nil, err
		}
		if streams, err = net.Listen("tcp", packets.LocalAddr().String()); err == nil {
			return packets, streams, nil
		}
		_ = packets.Close()
	}
	return nil, nil, err
}

// reply answers a question as an authoritative name server does.
func (s *Service) reply(vpc string, q *dns.Msg) *dns.Msg {
	m := new(dns.Msg)
	m.SetReply(q)
	m.Authoritative = true
	if len(q.Question) != 1 {
		m.Rcode = dns.RcodeFormatError
		return m
	}
	asked := q.Question[0]
	a := s.Ask(vpc, asked.Name, types.RRType(dns.TypeToString[asked.Qtype]))
	if !a.Exists {
		m.Rcode = dns.RcodeNameError
		return m
	}
	for _, v := range a.Values {
		text := fmt.Sprintf("%s %d IN %s %s", asked.Name, int(a.TTL/time.Second), a.Kind, v)
		if a.Kind == types.RRTypeCname {
			text = strings.TrimSuffix(text, ".") + "."
		}
		record, err := dns.NewRR(text)
		if err != nil {
			m.Rcode = dns.RcodeServerFailure
			return m
		}
		m.Answer = append(m.Answer, record)
	}
	return m
}
