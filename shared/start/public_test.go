package start

import (
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
)

func TestOnlyTheInternetIsAskedForAnAddressOfADefinition(t *testing.T) {
	for address, want := range map[string]bool{
		"52.94.236.248": true, "2600:1f18::1": true,
		"127.0.0.1": false, "::1": false, "10.0.0.7": false, "172.31.0.4": false, "192.168.1.1": false, "100.64.0.1": false, "0.0.0.0": false,
		"169.254.169.254": false, "169.254.170.2": false, "fe80::1": false, "fd00:ec2::254": false, "::ffff:169.254.169.254": false, "64:ff9b::a9fe:a9fe": false, "224.0.0.1": false,
	} {
		if err := barred(netip.MustParseAddr(address).Unmap(), false); (err == nil) != want {
			t.Errorf("%s: %v", address, err)
		}
	}
	if err := barred(netip.MustParseAddr("127.0.0.1"), true); err != nil {
		t.Errorf("the sandbox's own load balancer is refused: %v", err)
	}
	if barred(netip.MustParseAddr("169.254.169.254"), true) == nil {
		t.Error("a sandbox asks a metadata service")
	}
}

// What a name stands for counts, and not the name; and no answer sends the function elsewhere.
func TestAddressIsLookedAtWhenItIsConnectedTo(t *testing.T) {
	here := httptest.NewServer(http.RedirectHandler("http://169.254.169.254/", http.StatusFound))
	defer here.Close()
	byName := strings.Replace(here.URL, "127.0.0.1", "localhost", 1)
	if answer, err := public(false).Get(byName); err == nil {
		answer.Body.Close()
		t.Errorf("%s is asked", byName)
	} else if !strings.Contains(err.Error(), "no address of the internet") {
		t.Errorf("it says %v", err)
	}
	answer, err := public(true).Get(here.URL)
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	if answer.StatusCode != http.StatusFound {
		t.Errorf("a redirect is followed: %d", answer.StatusCode)
	}
}
