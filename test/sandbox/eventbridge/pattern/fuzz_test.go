package pattern

import (
	"errors"
	"flag"
	"strings"
	"testing"
)

func FuzzPattern(f *testing.F) {
	for _, d := range documented {
		f.Add(d.pattern, d.match[0])
		f.Add(d.pattern, d.refuse[0])
	}
	if !mutating() {
		f.Add(strings.Repeat(`{"a":`, 10_000), strings.Repeat(`{"a":`, 9000)+`1`+strings.Repeat("}", 9000))
	}
	f.Fuzz(func(t *testing.T, source, event string) {
		p, err := Compile(source)
		var refused *SyntaxError
		if err != nil {
			if !errors.As(err, &refused) || refused.Reason == "" || refused.Line < 1 || refused.Column < 1 {
				t.Errorf("refused without a place: %#v", err)
			}
			return
		}
		v, err := Decode([]byte(event))
		if err != nil {
			return
		}
		if first, again := p.Match(v), p.Match(v); first != again {
			t.Error("the same event matches only sometimes")
		}
	})
}

// mutating says whether this process looks for new inputs: the largest seeds would take all of its time.
func mutating() bool { return flag.Lookup("test.fuzz").Value.String() != "" }
