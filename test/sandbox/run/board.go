package main

import "sync"

// A board takes what others than the follower want to say on the screen, until the follower shows it.
type board struct {
	mu    sync.Mutex
	notes []entry
}

func (b *board) pin(e entry) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.notes = append(b.notes, e)
}

// take is what was pinned since the last time.
func (b *board) take() []entry {
	b.mu.Lock()
	defer b.mu.Unlock()
	notes := b.notes
	b.notes = nil
	return notes
}
