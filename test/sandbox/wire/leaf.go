package wire

import (
	"encoding/base64"
	"encoding/json"
	"math"
	"reflect"
	"strconv"
	"time"

	smithytime "github.com/aws/smithy-go/time"
)

// readLeaf converts a leaf of a request's tree to a scalar.
func readLeaf(p *plan, dst reflect.Value, src any) error {
	ok := false
	switch p.kind {
	case kindString:
		ok = set(src, asString, dst.SetString)
	case kindBool:
		ok = set(src, asBool, dst.SetBool)
	case kindInt:
		n, isInt := asInt(src)
		if ok = isInt && !dst.OverflowInt(n); ok {
			dst.SetInt(n)
		}
	case kindFloat:
		ok = set(src, asFloat, dst.SetFloat)
	case kindBlob:
		ok = set(src, asBlob, dst.SetBytes)
	case kindTime:
		ok = set(src, asTime, func(t time.Time) { dst.Set(reflect.ValueOf(t)) })
	}
	if !ok {
		return mismatch(p, src)
	}
	return nil
}

func set[T any](src any, read func(any) (T, bool), store func(T)) (ok bool) {
	v, ok := read(src)
	if ok {
		store(v)
	}
	return ok
}

func asString(src any) (string, bool) {
	switch src := src.(type) {
	case string:
		return src, true
	case text:
		return string(src), true
	}
	return "", false
}

func asBool(src any) (value, ok bool) {
	switch src := src.(type) {
	case bool:
		return src, true
	case text:
		return src == "true", src == "true" || src == "false"
	}
	return false, false
}

func asInt(src any) (int64, bool) {
	switch src := src.(type) {
	case int64:
		return src, true
	case text:
		n, err := strconv.ParseInt(string(src), 10, 64)
		return n, err == nil
	case json.Number:
		if n, err := strconv.ParseInt(string(src), 10, 64); err == nil {
			return n, true
		}
	}
	x, ok := asFloat(src) // 60.0 and 6e1 are integers too
	return int64(x), ok && x == math.Trunc(x) && math.Abs(x) < 1<<63
}

// asFloat knows that JSON has no NaN, so Smithy spells those out as strings.
func asFloat(src any) (float64, bool) {
	switch src := src.(type) {
	case float64:
		return src, true
	case int64:
		return float64(src), true
	case json.Number:
		x, err := src.Float64()
		return x, err == nil
	case text:
		x, err := strconv.ParseFloat(string(src), 64)
		return x, err == nil
	case string:
		x, err := strconv.ParseFloat(src, 64)
		return x, err == nil && (math.IsNaN(x) || math.IsInf(x, 0))
	}
	return 0, false
}

func asBlob(src any) ([]byte, bool) {
	if b, ok := src.([]byte); ok {
		return b, true
	}
	s, ok := asString(src)
	if !ok {
		return nil, false
	}
	b, err := base64.StdEncoding.DecodeString(s)
	return b, err == nil
}

// asTime accepts each format that the model may prescribe: epoch seconds, date-time and HTTP date.
func asTime(src any) (time.Time, bool) {
	switch src := src.(type) {
	case time.Time:
		return src, true
	case text:
		if x, err := strconv.ParseFloat(string(src), 64); err == nil {
			return epoch(x), true
		}
		return parseTime(string(src))
	case string:
		return parseTime(src)
	}
	x, ok := asFloat(src)
	return epoch(x), ok
}

// epoch rounds to milliseconds, where the SDK's own conversion cuts and so loses one now and then.
func epoch(seconds float64) time.Time { return time.UnixMilli(int64(math.Round(seconds * 1e3))).UTC() }

func parseTime(s string) (time.Time, bool) {
	if t, err := time.Parse(time.RFC3339Nano, s); err == nil {
		return t.UTC(), true
	}
	t, err := smithytime.ParseHTTPDate(s)
	return t, err == nil
}
