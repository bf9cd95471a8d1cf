package lambda

import "syscall"

// processAttributes puts a process at the head of its own group, and has the kernel kill it when the sandbox dies,
// however that dies.
func processAttributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}
