// Package addition says what one more definition adds to an engine: what else its functions may touch, which other events they hear, and what
// they read. It needs no CDK. Package stack makes an engine of what all its definitions add, and `make run` adds a person's own service to an
// engine that is there.
package addition
