// Package addition says what one more definition adds to an engine that is there already, without the CDK: what its functions may
// touch besides, which events they hear besides, and what they read. `make run` adds one's own service with it. A test holds it to what
// package stack makes of the same definition.
package addition
