package cloudfront

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudfront/types"
)

// Edges is how many edges there are.
func (s *Service) Edges() int { return s.o.Edges }

// An Edge is one place at which viewers' requests arrive.
type Edge struct {
	service *Service
	late    func(takes time.Duration) time.Duration // how much later than the API it learns of a change
	origins http.RoundTripper
}

// Edge is the edge of a number. Changes come to the first one soonest. It asks origins by the given transport.
func (s *Service) Edge(number int, origins http.RoundTripper) *Edge {
	return &Edge{s, func(takes time.Duration) time.Duration {
		return takes * time.Duration(number+1) / time.Duration(s.o.Edges)
	}, origins}
}

// ServeHTTP serves a viewer's request by the distribution that has the request's host as its domain name or as an alias.
func (e *Edge) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	chosen, cookie := e.choose(r)
	if chosen == nil { // viewers cannot reach a staging distribution by its name, either
		http.Error(w, "Bad request. We can't connect to the server for this app or website at this time.", http.StatusForbidden)
		return
	}
	if cookie != nil {
		http.SetCookie(w, cookie)
	}
	status := e.forward(w, r, chosen.config)
	e.service.count(chosen.id, status)
}

// forward asks the origin and passes its answer on. A configuration is never changed, so it can be read without the lock.
func (e *Edge) forward(w http.ResponseWriter, r *http.Request, c *types.DistributionConfig) (status int) {
	request, err := e.toOrigin(r, c)
	if errors.As(err, new(failed)) {
		http.Error(w, "503 ERROR: "+err.Error(), http.StatusServiceUnavailable)
		return http.StatusServiceUnavailable
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return http.StatusBadGateway
	}
	answer, err := e.origins.RoundTrip(request)
	if err != nil { // https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/http-502-bad-gateway.html
		http.Error(w, "502 ERROR: CloudFront wasn't able to connect to the origin.", http.StatusBadGateway)
		return http.StatusBadGateway
	}
	defer answer.Body.Close()
	for name, values := range answer.Header {
		w.Header()[name] = values
	}
	w.WriteHeader(answer.StatusCode)
	_, _ = io.Copy(w, answer.Body) // a viewer that hangs up is no matter of the edge
	return answer.StatusCode
}

// failed is a function that failed: its viewer gets a 503
// (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/http-503-service-unavailable.html). That an origin that there is not is such a
// failure is undocumented.
type failed struct{ error }

// toOrigin is the request that an edge makes of an origin.
func (e *Edge) toOrigin(r *http.Request, c *types.DistributionConfig) (*http.Request, error) {
	path := r.URL.Path
	if path == "/" && aws.ToString(c.DefaultRootObject) != "" {
		path = "/" + *c.DefaultRootObject
	}
	wanted, functions := behaves(c, path)
	var added http.Header
	if run, values := e.function(functions); run != nil {
		rewritten, headers, origin, err := run.code.run(r, values)
		if err != nil {
			return nil, failed{err}
		}
		if added = headers; rewritten != r.URL.Path {
			path = rewritten
		}
		if origin != "" {
			wanted = origin
		}
		if !slices.ContainsFunc(c.Origins.Items, func(o types.Origin) bool { return aws.ToString(o.Id) == wanted }) {
			return nil, failed{fmt.Errorf("function %s selects origin %s, which there is not", run.name, wanted)}
		}
	}
	for _, o := range c.Origins.Items {
		if aws.ToString(o.Id) == wanted {
			request, err := requestOf(r, o, path)
			if err == nil && added.Get("Sluice-Pool") != "" { // as if the cache policy names it
				request.Header.Set("Sluice-Pool", added.Get("Sluice-Pool"))
			}
			return request, err
		}
	}
	return nil, fmt.Errorf("the sandbox's edges know no origin groups, such as %s", wanted)
}

// behaves is the origin that a path's behavior names, and what runs on its requests. What a function makes of the path chooses no other behavior.
func behaves(c *types.DistributionConfig, path string) (origin string, functions *types.FunctionAssociations) {
	if c.CacheBehaviors != nil {
		for _, b := range c.CacheBehaviors.Items { // the first that matches counts
			if covers(aws.ToString(b.PathPattern), path) {
				return aws.ToString(b.TargetOriginId), b.FunctionAssociations
			}
		}
	}
	return aws.ToString(c.DefaultCacheBehavior.TargetOriginId), c.DefaultCacheBehavior.FunctionAssociations
}

// function is what runs on viewers' requests, with what its store has as this edge knows it; nil where nothing runs.
func (e *Edge) function(associations *types.FunctionAssociations) (*function, map[string]string) {
	s := e.service
	s.mu.Lock()
	defer s.mu.Unlock()
	f := s.published(associations)
	if f == nil || f.config.KeyValueStoreAssociations == nil || len(f.config.KeyValueStoreAssociations.Items) == 0 {
		return f, nil
	}
	store := s.stores[aws.ToString(f.config.KeyValueStoreAssociations.Items[0].KeyValueStoreARN)]
	return f, store.at(time.Now().Add(-e.late(s.o.Reads)))
}

func requestOf(r *http.Request, o types.Origin, path string) (*http.Request, error) {
	scheme := "https"
	if o.CustomOriginConfig != nil && o.CustomOriginConfig.OriginProtocolPolicy == types.OriginProtocolPolicyHttpOnly {
		scheme = "http"
	}
	host := aws.ToString(o.DomainName)
	if o.CustomOriginConfig != nil && scheme == "http" && aws.ToInt32(o.CustomOriginConfig.HTTPPort) != 80 {
		host = fmt.Sprintf("%s:%d", host, aws.ToInt32(o.CustomOriginConfig.HTTPPort))
	}
	address := *r.URL
	address.Scheme, address.Host, address.Path = scheme, host, aws.ToString(o.OriginPath)+path
	request, err := http.NewRequestWithContext(r.Context(), r.Method, address.String(), r.Body)
	if err != nil {
		return nil, fmt.Errorf("asking origin %s: %w", aws.ToString(o.Id), err)
	}
	if o.CustomHeaders != nil {
		for _, h := range o.CustomHeaders.Items {
			request.Header.Set(aws.ToString(h.HeaderName), aws.ToString(h.HeaderValue))
		}
	}
	return request, nil
}

// covers says whether a path pattern matches, in which * is anything and ? one character
// (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/DownloadDistValuesCacheBehavior.html#DownloadDistValuesPathPattern).
func covers(pattern, path string) bool {
	expression := regexp.QuoteMeta("/" + strings.TrimPrefix(pattern, "/"))
	expression = strings.NewReplacer(`\*`, `.*`, `\?`, `.`).Replace(expression)
	return regexp.MustCompile("^" + expression + "$").MatchString(path)
}
