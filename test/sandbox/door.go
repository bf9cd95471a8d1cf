package sandbox

import (
	"net"
	"net/http"
	"strings"
)

// A door stands before the port. Any page that a browser on this machine shows may send requests to it, so the door lets
// in only what names this server and does not come from another site's page. Who calls the APIs is asked further
// inside, by the signature (wire.Server.Keys).
type door struct {
	address string // host and port that the server listens on
	region  string
	inside  http.Handler
}

// ServeHTTP is part of http.Handler.
func (d door) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch {
	case !d.own(r.Host):
		// Otherwise a page could point a name of its own at 127.0.0.1, and be of one origin with this server (DNS rebinding).
		http.Error(w, "sandbox: this server is not "+r.Host+"; it answers to http://"+d.address+" and to the addresses of its functions", http.StatusMisdirectedRequest)
	case !sameSite(r) && !isLink(r):
		http.Error(w, "sandbox: a page of another site may link to this server, and nothing else; open http://"+d.address+" in a tab of its own", http.StatusForbidden)
	default:
		d.inside.ServeHTTP(w, r)
	}
}

// own says whether a host is this server: by its address, by the name of this machine, or by the address of a function.
func (d door) own(host string) bool {
	name, port, err := net.SplitHostPort(host)
	if err != nil { // browsers leave out the port of plain HTTP
		name, port = host, "80"
	}
	address, listens, _ := net.SplitHostPort(d.address)
	if port != listens {
		return false
	}
	id, function := strings.CutSuffix(name, ".lambda-url."+d.region+".localhost")
	return name == address || name == "localhost" || function && id != "" && !strings.Contains(id, ".")
}

// sameSite says that no page of another origin made the browser send this. What is no browser sends neither header.
//
// https://developer.mozilla.org/en-US/docs/Web/HTTP/Reference/Headers/Sec-Fetch-Site
// https://developer.mozilla.org/en-US/docs/Web/HTTP/Reference/Headers/Origin
func sameSite(r *http.Request) bool {
	if site := r.Header.Get("Sec-Fetch-Site"); site != "" { // no page can set it; Origin is "null" where a page hides itself
		return site == "same-origin" || site == "none"
	}
	origin := r.Header.Get("Origin")
	return origin == "" || origin == "http://"+r.Host
}

// isLink says that somebody follows a link in a tab: the answer is shown to them alone, and a GET changes nothing.
func isLink(r *http.Request) bool {
	return r.Method == http.MethodGet && r.Header.Get("Sec-Fetch-Mode") == "navigate" && r.Header.Get("Sec-Fetch-Dest") == "document"
}
