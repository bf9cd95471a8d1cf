package group

import "syscall"

// Attributes puts a process at the head of its own group, and has the kernel kill it when the sandbox dies,
// however that dies.
func Attributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}
