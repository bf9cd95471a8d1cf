package keyvaluestore_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"sluice/shared/kind"
)

// origins answer with their name, and with the pool that they are told.
type origins struct{}

func (origins) RoundTrip(r *http.Request) (*http.Response, error) {
	return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(r.URL.Host + " " + r.Header.Get("Sluice-Pool")))}, nil
}

// met is what a viewer at an address gets.
func (f *fixture) met(ip string) string {
	answer, request := httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "http://shop.example/cart", nil)
	request.RemoteAddr = ip + ":1234"
	f.edge.Edge(0, origins{}).ServeHTTP(answer, request)
	return strings.TrimSpace(answer.Body.String())
}

func (f *fixture) divided(weight int, sticky bool) {
	f.t.Helper()
	green := f.target.Pool("green")
	f.put(kind.EdgeSplit{Stable: f.target.Pool("blue"), Candidate: &green, Weight: weight, Sticky: sticky})
}

func TestTheFunctionSendsRequestsByWeight(t *testing.T) {
	f := newFixture(t)
	if got := f.met("192.0.2.1"); got != "shop-blue.example blue" {
		t.Fatalf("without a candidate: %q", got)
	}
	for _, weight := range []int{0, 150, 3000, 10000} {
		f.divided(weight, false)
		green := 0
		for range 4000 {
			if f.met("192.0.2.1") == "shop-green.example green" {
				green++
			}
		}
		if want := 4000 * weight / 10000; green < want-120 || green > want+120 {
			t.Errorf("weight %d: %d of 4000 requests met green", weight, green)
		}
	}
}

// With sticky, a viewer meets one pool, and who met the candidate goes on meeting it while its weight grows.
func TestAViewerKeepsItsPool(t *testing.T) {
	f := newFixture(t)
	met := map[string]bool{}
	for _, weight := range []int{500, 2500, 6000} {
		f.divided(weight, true)
		green := 0
		for i := range 4000 {
			ip := fmt.Sprintf("198.51.%d.%d", i/256, i%256)
			got := f.met(ip)
			if got != f.met(ip) {
				t.Fatalf("%s met both pools", ip)
			}
			is := got == "shop-green.example green"
			if met[ip] && !is {
				t.Fatalf("%s lost the candidate when its weight grew to %d", ip, weight)
			}
			if met[ip] = is; is {
				green++
			}
		}
		if want := 4000 * weight / 10000; green < want-160 || green > want+160 {
			t.Errorf("weight %d: %d of 4000 viewers met green", weight, green)
		}
	}
}

// What cannot be read takes nobody's page away.
func TestWithoutASplitTheBehaviorsOriginServes(t *testing.T) {
	for _, text := range []string{"", "{", "null", "{}"} {
		f := newFixture(t)
		f.write(text)
		if got := f.met("192.0.2.1"); got != "shop-blue.example" {
			t.Errorf("%q: %q", text, got)
		}
	}
}
