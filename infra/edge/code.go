// Package edge holds the CloudFront Function that sends viewers' requests to one of two origins, for targets of the kind keyValueStore.
package edge

import _ "embed"

// Split is the function's code, for the runtime cloudfront-js-2.0.
//
//go:embed split.js
var Split []byte
