//go:build !one || apiStage

package main

import "sluice/test/sandbox/run/exhibit/apistage"

func init() { linked["api"] = apistage.Exhibit }
