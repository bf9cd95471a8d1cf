//go:build !one || featureFlag

package main

import "sluice/test/sandbox/run/exhibit/flag"

func init() { linked["flag"] = flag.Exhibit }
