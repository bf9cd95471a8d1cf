//go:build !one || albRule

package main

import "sluice/test/sandbox/run/exhibit/alb"

func init() { linked["alb"] = alb.Exhibit }
