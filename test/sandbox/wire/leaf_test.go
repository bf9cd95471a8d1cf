package wire

import (
	"encoding/json"
	"math"
	"reflect"
	"testing"
	"time"
)

func typeOf[T any]() reflect.Type { return reflect.TypeFor[T]() }

// read1 reads a leaf into a fresh T.
func read1[T any](src any) (got T, err error) {
	p, err := planOf(typeOf[T]())
	if err == nil {
		err = reader{}.read(p, reflect.ValueOf(&got).Elem(), src)
	}
	return got, err
}

func accepts[T comparable](t *testing.T, src any, want T) {
	t.Helper()
	if got, err := read1[T](src); err != nil || got != want {
		t.Errorf("%T %v as %T: got %v, %v; want %v", src, src, want, got, err, want)
	}
}

func refuses[T any](t *testing.T, src any) {
	t.Helper()
	if got, err := read1[T](src); err == nil {
		t.Errorf("%T %v was taken as %T %v", src, src, got, got)
	}
}

func TestLeavesConvertAsTheirProtocolAllows(t *testing.T) {
	accepts(t, json.Number("7"), int32(7))
	accepts(t, json.Number("7.0"), int32(7))
	accepts(t, json.Number("7e2"), int64(700))
	accepts(t, text("-7"), int32(-7))
	accepts(t, float64(7), int64(7)) // CBOR may shorten
	refuses[int32](t, json.Number("7.5"))
	refuses[int32](t, json.Number("3000000000"))
	refuses[int64](t, float64(math.MaxUint64))
	refuses[int32](t, "7")
	refuses[int32](t, text("seven"))

	accepts(t, json.Number("1.5"), 1.5)
	accepts(t, int64(2), 2.0)
	accepts(t, text("2.5"), 2.5)
	accepts(t, "Infinity", math.Inf(1))
	accepts(t, "-Infinity", math.Inf(-1))
	if x, err := read1[float64]("NaN"); err != nil || !math.IsNaN(x) {
		t.Errorf("NaN: got %v, %v", x, err)
	}
	refuses[float64](t, "1.5")
	refuses[float64](t, true)

	accepts(t, true, true)
	accepts(t, text("true"), true)
	accepts(t, text("false"), false)
	refuses[bool](t, "true")
	refuses[bool](t, text("yes"))

	accepts(t, text("x"), "x")
	refuses[string](t, json.Number("1"))
	refuses[[]byte](t, "not base64!")
	refuses[[]byte](t, json.Number("1"))
	refuses[[]string](t, text("x"))
}

func TestTimesAreReadInEveryFormat(t *testing.T) {
	want := time.Date(2026, 11, 23, 1, 2, 3, 500e6, time.UTC)
	for _, src := range []any{
		want, json.Number("1795395723.5"), float64(1795395723.5), text("1795395723.5"), "2026-11-23T01:02:03.5Z", text("2026-11-23T02:02:03.500+01:00"),
	} {
		accepts(t, src, want)
	}
	accepts(t, text("Mon, 23 Nov 2026 01:02:03 GMT"), want.Truncate(time.Second))
	refuses[time.Time](t, "yesterday")
	refuses[time.Time](t, true)
}

func TestTypesThatNoProtocolCarriesAreRefused(t *testing.T) {
	for _, typ := range []reflect.Type{typeOf[chan int](), typeOf[struct{ F func() }](), typeOf[struct{ E error }]()} {
		if _, err := planOf(typ); err == nil {
			t.Errorf("%s was planned", typ)
		}
	}
}
