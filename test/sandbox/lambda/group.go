//go:build unix

package lambda

import "syscall"

// killGroup ends a process and all it started. That it is gone already is no error.
func killGroup(pid int) { _ = syscall.Kill(-pid, syscall.SIGKILL) }
