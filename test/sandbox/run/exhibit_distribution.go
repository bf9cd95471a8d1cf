//go:build !one || distribution

package main

import "sluice/test/sandbox/run/exhibit/edge"

func init() { linked["edge"] = edge.Exhibit }
