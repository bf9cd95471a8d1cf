package wire

import (
	"encoding/base64"
	"math"
	"strconv"
	"time"
	"unicode/utf8"
)

// A jsonSink writes JSON as awsJson and restJson1 want it: timestamps as epoch seconds, unless they are to be date-times, blobs as base64.
type jsonSink struct {
	b     []byte
	dates bool
}

// comma goes before every member, key or item but the first, which follows an opening bracket.
func (j *jsonSink) comma() {
	switch j.b[len(j.b)-1] {
	case '{', '[':
	default:
		j.b = append(j.b, ',')
	}
}

func (j *jsonSink) openStruct()  { j.b = append(j.b, '{') }
func (j *jsonSink) closeStruct() { j.b = append(j.b, '}') }
func (j *jsonSink) openMap(int)  { j.b = append(j.b, '{') }
func (j *jsonSink) closeMap()    { j.b = append(j.b, '}') }
func (j *jsonSink) openList(int) { j.b = append(j.b, '[') }
func (j *jsonSink) closeList()   { j.b = append(j.b, ']') }
func (j *jsonSink) item()        { j.comma() }

func (j *jsonSink) member(name string) { j.key(name) }

func (j *jsonSink) key(name string) {
	j.comma()
	j.str(name)
	j.b = append(j.b, ':')
}

func (j *jsonSink) boolean(b bool)  { j.b = strconv.AppendBool(j.b, b) }
func (j *jsonSink) integer(n int64) { j.b = strconv.AppendInt(j.b, n, 10) }

func (j *jsonSink) float(x float64) {
	switch {
	case math.IsNaN(x):
		j.str("NaN")
	case math.IsInf(x, 1):
		j.str("Infinity")
	case math.IsInf(x, -1):
		j.str("-Infinity")
	default:
		j.b = strconv.AppendFloat(j.b, x, 'g', -1, 64)
	}
}

func (j *jsonSink) blob(b []byte) {
	j.b = append(j.b, '"')
	j.b = base64.StdEncoding.AppendEncode(j.b, b)
	j.b = append(j.b, '"')
}

// instant writes milliseconds, the precision that AWS has; whole seconds stay whole.
func (j *jsonSink) instant(t time.Time) {
	if j.dates {
		j.str(t.UTC().Format("2006-01-02T15:04:05.000Z"))
		return
	}
	ms := t.UnixMilli()
	if ms%1000 == 0 {
		j.integer(ms / 1000)
		return
	}
	j.b = strconv.AppendFloat(j.b, float64(ms)/1000, 'f', 3, 64)
}

const hexDigits = "0123456789abcdef"

// str writes a JSON string; bytes that are not UTF-8 become the replacement character, as encoding/json has it.
func (j *jsonSink) str(s string) {
	b := append(j.b, '"')
	start := 0
	for i := 0; i < len(s); {
		c := s[i]
		if c >= 0x20 && c != '"' && c != '\\' && c < utf8.RuneSelf {
			i++
			continue
		}
		r, n := utf8.DecodeRuneInString(s[i:])
		if c >= utf8.RuneSelf && (r != utf8.RuneError || n > 1) {
			i += n
			continue
		}
		b = append(b, s[start:i]...)
		b = appendEscape(b, c)
		i += n
		start = i
	}
	b = append(b, s[start:]...)
	j.b = append(b, '"')
}

func appendEscape(b []byte, c byte) []byte {
	switch {
	case c == '"' || c == '\\':
		return append(b, '\\', c)
	case c == '\n':
		return append(b, '\\', 'n')
	case c == '\r':
		return append(b, '\\', 'r')
	case c == '\t':
		return append(b, '\\', 't')
	case c >= utf8.RuneSelf:
		return append(b, `\ufffd`...)
	}
	return append(b, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
}
