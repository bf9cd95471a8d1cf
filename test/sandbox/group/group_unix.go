//go:build unix && !linux

package group

import "syscall"

// Attributes puts a process at the head of its own group. Only Linux can tie its life to the sandbox's.
func Attributes() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setpgid: true} }
