//go:build unix && !linux

package lambda

import "syscall"

// processAttributes puts a process at the head of its own group. Only Linux can tie its life to the sandbox's.
func processAttributes() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setpgid: true} }
