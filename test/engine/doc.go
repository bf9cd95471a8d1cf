// Package engine has tests of one engine that carries many services: that it can be synthesised and deployed within AWS's
// limits, and that its functions may touch what the definitions name and nothing else. They need Node, for the CDK.
package engine
