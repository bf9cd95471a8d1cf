package start

import (
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"syscall"
	"time"
)

// public is a client that connects to addresses of the internet alone, whatever a name stands for when it is looked up. So no definition makes a
// function ask what only this function can reach: its own runtime, or a metadata service. On a machine where AWS itself is on loopback (the
// sandbox), loopback is reached, too. The client follows no redirect, and keeps no connection.
func public(sandboxed bool) *http.Client {
	dialer := net.Dialer{Timeout: Answers, Control: func(_, address string, _ syscall.RawConn) error {
		at, err := netip.ParseAddrPort(address)
		if err != nil {
			return fmt.Errorf("reading the address %q: %w", address, err)
		}
		return barred(at.Addr().Unmap(), sandboxed)
	}}
	return &http.Client{
		Transport:     &http.Transport{DialContext: dialer.DialContext, DisableKeepAlives: true, TLSHandshakeTimeout: Answers, ResponseHeaderTimeout: time.Minute},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// reserved says whether an address is in a network that is no part of the internet, beside those that net/netip knows
// (https://www.iana.org/assignments/iana-ipv4-special-registry/, https://www.iana.org/assignments/iana-ipv6-special-registry/).
// An address of NAT64 stands for an IPv4 address that is not looked at here.
func reserved(at netip.Addr) bool {
	return slices.ContainsFunc([]string{"0.0.0.0/8", "100.64.0.0/10", "192.0.0.0/24", "198.18.0.0/15", "240.0.0.0/4", "64:ff9b::/96", "64:ff9b:1::/48"}, func(network string) bool {
		return netip.MustParsePrefix(network).Contains(at)
	})
}

// barred says why an address is not connected to.
func barred(at netip.Addr, sandboxed bool) error {
	inner := at.IsPrivate() || !at.IsGlobalUnicast() || reserved(at)
	if !inner || sandboxed && at.IsLoopback() {
		return nil
	}
	return fmt.Errorf("%s is no address of the internet, and Sluice's functions are in no VPC: name a URL that the internet reaches", at)
}

// loopback says whether an address of the web is on this machine.
func loopback(address string) bool {
	u, err := url.Parse(address)
	if err != nil {
		return false
	}
	at, err := netip.ParseAddr(u.Hostname())
	return u.Hostname() == "localhost" || err == nil && at.IsLoopback()
}
