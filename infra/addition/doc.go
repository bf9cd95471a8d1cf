// Package addition says what one more definition adds to an engine: what its functions may touch besides, which events they hear besides, and
// what they read. It needs no CDK. Package stack makes an engine of what all its definitions add, and `make run` adds one's own service to an engine
// that is there.
package addition
