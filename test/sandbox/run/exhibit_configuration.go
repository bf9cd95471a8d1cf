//go:build !one || configuration

package main

import "sluice/test/sandbox/run/exhibit/flags"

func init() { linked["flags"] = flags.Exhibit }
