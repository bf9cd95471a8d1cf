package main

import "testing"

func TestAnswerSaysWhichVersionItIsOf(t *testing.T) {
	for failed, status := range map[bool]int{false: 200, true: 503} {
		if r := answer("7", failed); r.StatusCode != status || r.Headers["X-Version"] != "7" {
			t.Errorf("failed %v: %+v", failed, r)
		}
	}
}
