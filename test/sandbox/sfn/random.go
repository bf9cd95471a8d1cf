package sfn

import (
	crand "crypto/rand"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"sync"
)

// random is a source that many executions share.
type random struct {
	mu sync.Mutex
	r  *rand.Rand
}

func newRandom(source rand.Source) *random {
	if source == nil {
		var seed [32]byte
		_, _ = crand.Read(seed[:]) // never fails: crypto/rand crashes the program instead
		source = rand.NewChaCha8(seed)
	}
	return &random{r: rand.New(source)}
}

// fraction is uniform in [0, 1).
func (r *random) fraction() float64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.r.Float64()
}

func (r *random) bytes() (b [16]byte) {
	r.mu.Lock()
	defer r.mu.Unlock()
	binary.LittleEndian.PutUint64(b[:8], r.r.Uint64())
	binary.LittleEndian.PutUint64(b[8:], r.r.Uint64())
	return b
}

// uuid is a version 4 UUID, as unnamed executions want it.
func (r *random) uuid() string {
	b := r.bytes()
	b[6] = b[6]&0x0f | 0x40
	b[8] = b[8]&0x3f | 0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}
