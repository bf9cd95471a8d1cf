package traffic_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"sluice/shared/kind"
	"sluice/shared/rollout"
	"sluice/shared/traffic"
)

// stood is a front that leads to every revision already.
type stood struct{}

func (stood) Point(context.Context, rollout.Target, string) (traffic.Pointed, error) {
	return traffic.Stood, nil
}

func TestRequestOfATestPassesByItsStatusAlone(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/slow":
			select {
			case <-r.Context().Done():
			case <-time.After(10 * time.Second):
			}
		case "/cut":
			panic(http.ErrAbortHandler)
		case "/echo":
			if r.Method == http.MethodPost && r.Host == "shop.example" && r.Header.Get("X-Tester") == "1" && r.URL.RawQuery == "a=b" {
				w.WriteHeader(http.StatusAccepted)
			}
		default:
			http.Error(w, "no\x1b[31m database\nat all", http.StatusServiceUnavailable)
		}
	}))
	defer server.Close()
	tester := traffic.TesterOf(traffic.Ports{Front: stood{}}, server.Client())
	target := rollout.Target{ALBRule: &kind.ALBRule{Test: &kind.ALBFront{URL: server.URL}}}
	for name, c := range map[string]struct {
		asked rollout.TestRequest
		says  string
	}{
		"as asked":      {rollout.TestRequest{Method: "POST", Path: "/echo?a=b", Headers: map[string]string{"Host": "shop.example", "X-Tester": "1"}, Status: 202}, ""},
		"another 2xx":   {rollout.TestRequest{Path: "/echo", Status: 202}, "/echo was answered 200, and not 202"},
		"broken":        {rollout.TestRequest{}, "/ was answered 503, and not 2xx: no"},
		"broken, as it": {rollout.TestRequest{Status: 503}, ""},
		"cut":           {rollout.TestRequest{Path: "/cut"}, "/cut got no answer: EOF"},
		"slow":          {rollout.TestRequest{Path: "/slow", Within: rollout.Duration(time.Second)}, "/slow was not answered within 1s"},
	} {
		failure, err := tester.Test(t.Context(), target, "2", rollout.Test{Request: &c.asked})
		if err != nil || (failure == "") != (c.says == "") || !strings.Contains(failure, c.says) || strings.ContainsAny(failure, "\x1b\n") {
			t.Errorf("%s: %q, %v", name, failure, err)
		}
	}
}
