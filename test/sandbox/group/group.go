//go:build unix

// Package group ends processes together with all that they have started.
package group

import "syscall"

// Kill ends a process and all it started. That it is gone already is no error.
func Kill(pid int) { _ = syscall.Kill(-pid, syscall.SIGKILL) }
