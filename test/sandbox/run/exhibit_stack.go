//go:build !one || stack

package main

import templates "sluice/test/sandbox/run/exhibit/stack"

func init() { linked["stack"] = templates.Exhibit }
