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
func readLeaf(p *plan, dst reflect.Value, src any) (err error) {
	switch p.kind {
	case kindString:
		s, ok := asString(src)
		if !ok {
			return mismatch(p, src)
		}
		dst.SetString(s)
	case kindBool:
		b, ok := asBool(src)
		if !ok {
			return mismatch(p, src)
		}
		dst.SetBool(b)
	case kindInt:
		n, ok := asInt(src)
		if !ok || dst.OverflowInt(n) {
			return mismatch(p, src)
		}
		dst.SetInt(n)
	case kindFloat:
		x, ok := asFloat(src)
		if !ok {
			return mismatch(p, src)
		}
		dst.SetFloat(x)
	case kindBlob:
		b, ok := asBlob(src)
		if !ok {
			return mismatch(p, src)
		}
		dst.SetBytes(b)
	case kindTime:
		t, ok := asTime(src)
		if !ok {
			return mismatch(p, src)
		}
		dst.Set(reflect.ValueOf(t))
	}
	return nil
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
			return smithytime.ParseEpochSeconds(x).UTC(), true
		}
		return parseTime(string(src))
	case string:
		return parseTime(src)
	}
	x, ok := asFloat(src)
	return smithytime.ParseEpochSeconds(x).UTC(), ok
}

func parseTime(s string) (time.Time, bool) {
	if t, err := time.Parse(time.RFC3339Nano, s); err == nil {
		return t.UTC(), true
	}
	t, err := smithytime.ParseHTTPDate(s)
	return t, err == nil
}
