package console

import (
	"net/http"
	"strings"

	"sluice/shared/console"
	"sluice/shared/start"
)

// cookie is the name of the cookie that holds the session. A browser takes a cookie of that name only from this very host, over TLS, for
// all of its paths: no neighbour under lambda-url.<region>.on.aws can put its own in place of it
// (https://developer.mozilla.org/en-US/docs/Web/HTTP/Reference/Headers/Set-Cookie#cookie_prefixes).
const cookie = "__Host-" + local

// local is the cookie's name on somebody's own machine, where the sandbox listens without TLS. Browsers take Secure cookies there, but
// many do not take the prefix (https://github.com/httpwg/http-extensions/issues/2605).
const local = "sluice"

// isLocal says whether a request came to somebody's own machine, by the host under which Lambda serves the function. AWS's are below on.aws
// (https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html), and names below localhost are this machine's (RFC 6761, 6.3).
func isLocal(r start.Request) bool { return strings.HasSuffix(r.Host, ".localhost") }

func cookieName(r start.Request) string {
	if isLocal(r) {
		return local
	}
	return cookie
}

// setCookie keeps a session in the browser. It is Lax because the first visit comes from a link on another site. Forms are signed besides.
func setCookie(r start.Request, session string) string {
	return cookieName(r) + "=" + session + "; Path=/; Max-Age=" + seconds(console.SessionLife) + "; HttpOnly; Secure; SameSite=Lax"
}

// origin is what a browser calls these pages.
func origin(r start.Request) string {
	if isLocal(r) {
		return "http://" + r.Header["host"] // with its port
	}
	return "https://" + r.Host
}

// foreign says whether a page of another site made the browser send this; a neighbour under the same domain is another site, too. No page
// can choose these headers, and other clients than browsers send neither
// (https://developer.mozilla.org/en-US/docs/Web/HTTP/Reference/Headers/Sec-Fetch-Site). Our own pages send "Origin: null", since they
// let no referrer out (https://fetch.spec.whatwg.org/#origin-header). That is believed only together with Sec-Fetch-Site.
func foreign(r start.Request) bool {
	from := r.Header["origin"]
	own := from == "" || from == origin(r)
	switch r.Header["sec-fetch-site"] {
	case "same-origin", "none":
		return !own && from != "null"
	case "":
		return !own
	}
	return true
}

func elsewhere() start.Answer {
	return refused(http.StatusForbidden, "That did not come from our page", "Another site's page sent this, or a browser that does not say whose page did.",
		"Open the link from Slack or your mail in a tab of its own, in a current browser.")
}
