package wire

import (
	"encoding/binary"
	"math"
	"time"
)

// A cborSink writes CBOR (RFC 8949). Structures, whose members are counted only as they come, are of indefinite length.
type cborSink struct{ b []byte }

// Major types, in the upper three bits of an item's first byte.
const (
	cborUint   = 0 << 5
	cborNegInt = 1 << 5
	cborBytes  = 2 << 5
	cborText   = 3 << 5
	cborList   = 4 << 5
	cborMap    = 5 << 5
	cborTag1   = 6<<5 | 1
	cborFalse  = 7<<5 | 20
	cborTrue   = 7<<5 | 21
	cborDouble = 7<<5 | 27

	cborOpenMap = 5<<5 | 31
	cborBreak   = 7<<5 | 31
)

// head writes a major type and its number in the fewest bytes.
func (c *cborSink) head(major byte, n uint64) {
	switch {
	case n < 24:
		c.b = append(c.b, major|byte(n))
	case n <= math.MaxUint8:
		c.b = append(c.b, major|24, byte(n))
	case n <= math.MaxUint16:
		c.b = binary.BigEndian.AppendUint16(append(c.b, major|25), uint16(n))
	case n <= math.MaxUint32:
		c.b = binary.BigEndian.AppendUint32(append(c.b, major|26), uint32(n))
	default:
		c.b = binary.BigEndian.AppendUint64(append(c.b, major|27), n)
	}
}

func (c *cborSink) openStruct()        { c.b = append(c.b, cborOpenMap) }
func (c *cborSink) member(name string) { c.str(name) }
func (c *cborSink) closeStruct()       { c.b = append(c.b, cborBreak) }
func (c *cborSink) openList(n int)     { c.head(cborList, uint64(n)) }
func (c *cborSink) item()              {}
func (c *cborSink) closeList()         {}
func (c *cborSink) openMap(n int)      { c.head(cborMap, uint64(n)) }
func (c *cborSink) key(name string)    { c.str(name) }
func (c *cborSink) closeMap()          {}

func (c *cborSink) str(s string) {
	c.head(cborText, uint64(len(s)))
	c.b = append(c.b, s...)
}

func (c *cborSink) blob(b []byte) {
	c.head(cborBytes, uint64(len(b)))
	c.b = append(c.b, b...)
}

func (c *cborSink) boolean(b bool) {
	if b {
		c.b = append(c.b, cborTrue)
		return
	}
	c.b = append(c.b, cborFalse)
}

func (c *cborSink) integer(n int64) {
	if n < 0 {
		c.head(cborNegInt, uint64(-1-n))
		return
	}
	c.head(cborUint, uint64(n))
}

func (c *cborSink) float(x float64) {
	c.b = binary.BigEndian.AppendUint64(append(c.b, cborDouble), math.Float64bits(x))
}

// instant is tag 1, epoch seconds; a fraction only where there is one.
func (c *cborSink) instant(t time.Time) {
	c.b = append(c.b, cborTag1)
	if ms := t.UnixMilli(); ms%1000 != 0 {
		c.float(float64(ms) / 1000)
		return
	}
	c.integer(t.Unix())
}
