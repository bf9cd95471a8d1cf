package wire

import (
	"encoding/json"
	"math"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/aws/smithy-go/encoding/cbor"
	"pgregory.net/rapid"
)

func TestJSONStringsReadBackAsWritten(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := string(rapid.SliceOf(rapid.OneOf(rapid.Byte(), rapid.SampledFrom([]byte("\"\\\n\r\t\x00\x1f<é")))).Draw(t, "bytes"))
		j := &jsonSink{b: []byte{'['}}
		j.item()
		j.str(want)
		j.closeList()
		var got []string
		if err := json.Unmarshal(j.b, &got); err != nil {
			t.Fatalf("%q: %v", j.b, err)
		}
		if !utf8.Valid(j.b) {
			t.Fatalf("wrote %q", j.b)
		}
		if len(got) != 1 || got[0] != strings.Map(func(r rune) rune { return r }, want) { // Map, too, replaces each stray byte
			t.Fatalf("wrote %q, read %q", want, got)
		}
	})
}

func TestJSONNumbersAndTimes(t *testing.T) {
	at := time.Date(2026, 11, 23, 1, 2, 3, 0, time.UTC)
	for _, c := range []struct {
		write func(*jsonSink)
		want  string
	}{
		{func(j *jsonSink) { j.float(0.1) }, `0.1`},
		{func(j *jsonSink) { j.float(math.NaN()) }, `"NaN"`},
		{func(j *jsonSink) { j.float(math.Inf(1)) }, `"Infinity"`},
		{func(j *jsonSink) { j.float(math.Inf(-1)) }, `"-Infinity"`},
		{func(j *jsonSink) { j.instant(at) }, `1795395723`},
		{func(j *jsonSink) { j.instant(at.Add(time.Millisecond)) }, `1795395723.001`},
	} {
		j := &jsonSink{}
		c.write(j)
		if string(j.b) != c.want {
			t.Errorf("got %s, want %s", j.b, c.want)
		}
	}
}

func TestXMLFloatsAndTimes(t *testing.T) {
	for x, want := range map[float64]string{0.5: "0.5", math.Inf(1): "Infinity", math.Inf(-1): "-Infinity"} {
		s := &xmlSink{name: "x"}
		s.float(x)
		if got := s.b.String(); got != "<x>"+want+"</x>" {
			t.Errorf("got %s, want %s", got, want)
		}
	}
	s := &xmlSink{name: "x"}
	s.instant(time.Date(2026, 11, 23, 2, 2, 3, 5e6, time.FixedZone("", 3600)))
	if got := s.b.String(); got != "<x>2026-11-23T01:02:03.005Z</x>" {
		t.Errorf("got %s", got)
	}
}

func TestCBORReadsBackAsWritten(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.OneOf(rapid.Int64(), rapid.Int64Range(-70000, 70000), rapid.SampledFrom([]int64{math.MinInt64 + 1, math.MaxInt64, math.MaxUint32, math.MaxUint32 + 1, -24, -25, 23, 24, 255, 256})).Draw(t, "n")
		x := rapid.Float64().Draw(t, "x")
		s := rapid.String().Draw(t, "s")
		ms := rapid.Int64Range(0, 4102444800000).Draw(t, "ms")
		c := &cborSink{}
		c.openStruct()
		for name, write := range map[string]func(){
			"n": func() { c.integer(n) }, "x": func() { c.float(x) }, "s": func() { c.str(s) }, "b": func() { c.blob([]byte(s)) },
			"t": func() { c.instant(time.UnixMilli(ms)) }, "yes": func() { c.boolean(true) }, "no": func() { c.boolean(false) },
		} {
			c.member(name)
			write()
		}
		c.closeStruct()
		v, err := cbor.Decode(c.b)
		if err != nil {
			t.Fatal(err)
		}
		got := cborTree(v).(map[string]any)
		if got["n"] != n || got["x"] != x || got["s"] != s || string(got["b"].([]byte)) != s || got["yes"] != true || got["no"] != false {
			t.Fatalf("wrote %d %v %q, read %v", n, x, s, got)
		}
		if at := got["t"].(time.Time); at.UnixMilli() != ms {
			t.Fatalf("wrote %d ms, read %v", ms, at)
		}
	})
}

func TestCBORTakesOnlyTagOneForATime(t *testing.T) {
	for _, c := range []struct {
		in   cbor.Value
		want any
	}{
		{&cbor.Tag{ID: 1, Value: cbor.Uint(5)}, time.Unix(5, 0).UTC()},
		{&cbor.Tag{ID: 1, Value: cbor.NegInt(5)}, time.Unix(-5, 0).UTC()},
		{&cbor.Tag{ID: 1, Value: cbor.Uint(1 << 53)}, time.Unix(1<<53, 0).UTC()},
		{&cbor.Tag{ID: 1, Value: cbor.Float64(1.5)}, time.UnixMilli(1500).UTC()},
		{&cbor.Tag{ID: 4, Value: cbor.Uint(5)}, int64(5)},
		{&cbor.Tag{ID: 1, Value: cbor.String("x")}, "x"},
		{cbor.Float32(1.5), 1.5},
		{cbor.Uint(math.MaxUint64), float64(math.MaxUint64)},
		{&cbor.Nil{}, nil},
	} {
		if got := cborTree(c.in); got != c.want {
			t.Errorf("%#v: got %v, want %v", c.in, got, c.want)
		}
	}
}
