package sfn

import (
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"maps"
	"math"
	"math/rand/v2"
	"strings"
)

// intrinsics are all functions that AWS documents. It is filled in init because States.… calls nest.
var intrinsics map[string]intrinsic

func init() {
	intrinsics = map[string]intrinsic{
		"States.Format":         {1, -1, format},
		"States.StringToJson":   {1, 1, stringToJSON},
		"States.JsonToString":   {1, 1, func(_ scope, a []any) (any, error) { return encode(a[0]), nil }},
		"States.JsonMerge":      {3, 3, jsonMerge},
		"States.StringSplit":    {2, 2, stringSplit},
		"States.Base64Encode":   {1, 1, base64Encode},
		"States.Base64Decode":   {1, 1, base64Decode},
		"States.Hash":           {2, 2, hashOf},
		"States.MathAdd":        {2, 2, mathAdd},
		"States.MathRandom":     {2, 3, mathRandom},
		"States.UUID":           {0, 0, func(s scope, _ []any) (any, error) { return s.context.run.service.random.uuid(), nil }},
		"States.Array":          {0, -1, func(_ scope, a []any) (any, error) { return a, nil }},
		"States.ArrayPartition": {2, 2, arrayPartition},
		"States.ArrayContains":  {2, 2, arrayContains},
		"States.ArrayRange":     {3, 3, arrayRange},
		"States.ArrayGetItem":   {2, 2, arrayGetItem},
		"States.ArrayLength":    {1, 1, arrayLength},
		"States.ArrayUnique":    {1, 1, arrayUnique},
	}
}

func wantString(v any) (string, error) {
	s, ok := v.(string)
	if !ok {
		return "", fmt.Errorf("%s is not a string", encode(v))
	}
	return s, nil
}

// wantInteger rounds as AWS documents for its numeric arguments.
func wantInteger(v any) (int64, error) {
	n, ok := v.(json.Number)
	if !ok {
		return 0, fmt.Errorf("%s is not a number", encode(v))
	}
	if i, err := n.Int64(); err == nil {
		return i, nil
	}
	f, err := n.Float64()
	if err != nil || math.Abs(f) >= math.MaxInt64 {
		return 0, fmt.Errorf("%s is out of range", n)
	}
	return int64(math.Round(f)), nil
}

func wantIntegers(values ...any) ([]int64, error) {
	out := make([]int64, len(values))
	for i, v := range values {
		n, err := wantInteger(v)
		if err != nil {
			return nil, err
		}
		out[i] = n
	}
	return out, nil
}

// format fills each {} of the template; \{ and \} are braces.
func format(_ scope, args []any) (any, error) {
	template, err := wantString(args[0])
	if err != nil {
		return nil, err
	}
	values := args[1:]
	var b strings.Builder
	for i := 0; i < len(template); i++ {
		switch {
		case template[i] == '\\' && i+1 < len(template) && (template[i+1] == '{' || template[i+1] == '}'):
			i++
			b.WriteByte(template[i])
		case strings.HasPrefix(template[i:], "{}"):
			if len(values) == 0 {
				return nil, errors.New("more {} than arguments")
			}
			b.WriteString(display(values[0]))
			values = values[1:]
			i++
		default:
			b.WriteByte(template[i])
		}
	}
	if len(values) > 0 {
		return nil, errors.New("more arguments than {}")
	}
	return b.String(), nil
}

func display(v any) string {
	if s, ok := v.(string); ok {
		return s
	}
	return encode(v)
}

func stringToJSON(_ scope, args []any) (any, error) {
	s, err := wantString(args[0])
	if err != nil {
		return nil, err
	}
	return decode(s)
}

// jsonMerge is shallow, as on AWS: the third argument must be false.
func jsonMerge(_ scope, args []any) (any, error) {
	a, okA := args[0].(map[string]any)
	b, okB := args[1].(map[string]any)
	if !okA || !okB || args[2] != false {
		return nil, errors.New("needs two objects and false: only shallow merging exists")
	}
	merged := maps.Clone(a)
	maps.Copy(merged, b)
	return merged, nil
}

// stringSplit cuts at each character of the second argument and drops empty pieces, as AWS does.
func stringSplit(_ scope, args []any) (any, error) {
	s, err := wantString(args[0])
	if err != nil {
		return nil, err
	}
	cutset, err := wantString(args[1])
	if err != nil {
		return nil, err
	}
	out := []any{}
	for _, piece := range strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune(cutset, r) }) {
		out = append(out, piece)
	}
	return out, nil
}

func base64Encode(_ scope, args []any) (any, error) {
	s, err := wantString(args[0])
	return base64.StdEncoding.EncodeToString([]byte(s)), err
}

func base64Decode(_ scope, args []any) (any, error) {
	s, err := wantString(args[0])
	if err != nil {
		return nil, err
	}
	b, err := base64.StdEncoding.DecodeString(s)
	return strings.ToValidUTF8(string(b), "\uFFFD"), err
}

var hashes = map[string]func() hash.Hash{
	"MD5": md5.New, "SHA-1": sha1.New, "SHA-256": sha256.New, "SHA-384": sha512.New384, "SHA-512": sha512.New,
}

func hashOf(_ scope, args []any) (any, error) {
	algorithm, _ := args[1].(string)
	open, ok := hashes[algorithm]
	if !ok {
		return nil, fmt.Errorf("hash algorithm %s is not known", encode(args[1]))
	}
	h := open()
	h.Write([]byte(display(args[0])))
	return hex.EncodeToString(h.Sum(nil)), nil
}

func mathAdd(_ scope, args []any) (any, error) {
	n, err := wantIntegers(args...)
	if err != nil {
		return nil, err
	}
	return number(n[0] + n[1]), nil
}

// mathRandom is uniform from the first argument up to, not including, the second; a third makes it repeatable.
func mathRandom(s scope, args []any) (any, error) {
	n, err := wantIntegers(args...)
	if err != nil {
		return nil, err
	}
	span := n[1] - n[0]
	if span <= 0 {
		return nil, errors.New("the end must be greater than the start")
	}
	if len(n) == 3 {
		return number(n[0] + rand.New(rand.NewPCG(uint64(n[2]), 0)).Int64N(span)), nil
	}
	return number(n[0] + s.context.run.service.random.below(span)), nil
}
