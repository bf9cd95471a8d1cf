package cloudfront

import "time"

// count publishes what one request counts for, under the distribution that served it. Rates are percentages, of which CloudWatch takes the
// average: each request is a 0 or a 100 (Types of metrics for CloudFront). AWS publishes them in us-east-1, whatever Region calls.
func (s *Service) count(distribution string, status int) {
	of := map[string]string{"DistributionId": distribution, "Region": "Global"}
	rate := func(name string, hit bool) {
		value := 0.0
		if hit {
			value = 100
		}
		s.o.Record("AWS/CloudFront", name, of, "Percent", value, time.Now())
	}
	s.o.Record("AWS/CloudFront", "Requests", of, "None", 1, time.Now())
	rate("4xxErrorRate", status >= 400 && status < 500)
	rate("5xxErrorRate", status >= 500)
	rate("TotalErrorRate", status >= 400)
}
