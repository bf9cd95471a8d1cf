//go:build !one || ecsService

package main

import "sluice/test/sandbox/run/exhibit/ecs"

func init() { linked["ecs"] = ecs.Exhibit }
