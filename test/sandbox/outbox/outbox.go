// Package outbox is the lock of a service that tells others what happens in it.
package outbox

import "sync"

// A Lock is a mutex, and what waits to be told. Whoever hears of something may ask the service about it, so nothing is told while the lock is held.
type Lock struct {
	sync.Mutex
	told []func()
}

// Hold takes the lock. What it returns gives it back, and then tells what there is to tell, in its order.
func (l *Lock) Hold() (release func()) {
	l.Lock()
	return func() {
		told := l.told
		l.told = nil
		l.Unlock()
		for _, tell := range told {
			tell()
		}
	}
}

// Tell has something told once the lock is given back. The caller holds it.
func (l *Lock) Tell(tell func()) { l.told = append(l.told, tell) }
