// Package memo remembers what a pure function made of a text. A search boots the same template a hundred thousand times; with
// this, each policy, pattern and state machine in it is read only once.
package memo

import "sync"

// Of is the function, remembering up to limit of its results; one more, and it begins anew. Errors are not remembered. Whoever gets
// a result shares it with others and must not change it.
func Of[V any](limit int, function func(text string) (V, error)) func(text string) (V, error) {
	var mu sync.RWMutex
	known := map[string]V{}
	return func(text string) (V, error) {
		mu.RLock()
		v, ok := known[text]
		mu.RUnlock()
		if ok {
			return v, nil
		}
		v, err := function(text)
		if err != nil {
			return v, err
		}
		mu.Lock()
		defer mu.Unlock()
		if len(known) >= limit {
			clear(known)
		}
		known[text] = v
		return v, nil
	}
}
