package memo

import (
	"errors"
	"testing"
)

func TestResultIsMadeOnceAndAnErrorIsNotRemembered(t *testing.T) {
	asked := map[string]int{}
	length := Of(2, func(text string) (int, error) {
		asked[text]++
		if text == "" {
			return 0, errors.New("nothing to measure")
		}
		return len(text), nil
	})
	for range 2 {
		if n, err := length("four"); n != 4 || err != nil {
			t.Errorf("got %d, %v", n, err)
		}
		if _, err := length(""); err == nil {
			t.Error("the error is gone")
		}
	}
	if asked["four"] != 1 || asked[""] != 2 {
		t.Errorf("asked %v, want four once and the one that fails each time", asked)
	}
}

func TestMemoryIsBounded(t *testing.T) {
	asked := 0
	f := Of(2, func(text string) (string, error) { asked++; return text, nil })
	for _, text := range []string{"a", "b", "c", "a"} {
		if got, _ := f(text); got != text {
			t.Errorf("got %q of %q", got, text)
		}
	}
	if asked != 4 {
		t.Errorf("asked %d times; a was forgotten when c came", asked)
	}
}
