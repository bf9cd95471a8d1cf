//go:build everything

package main

import (
	"sluice/test/sandbox"
	"sluice/test/sandbox/parts"
)

// more are the services that the show does not need.
func more() []sandbox.Part { return parts.All() }
