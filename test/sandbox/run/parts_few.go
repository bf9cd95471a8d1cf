//go:build !everything

package main

import "sluice/test/sandbox"

// more are the services that the show does not need: they are compiled only with EVERYTHING=1.
func more() []sandbox.Part { return nil }
