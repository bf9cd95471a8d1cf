package main

import "testing"

func TestFailureIsAnError(t *testing.T) {
	if _, err := pay(true); err == nil {
		t.Error("a payment that fails is answered")
	}
	if said, err := pay(false); err != nil || said == "" {
		t.Errorf("a payment is answered %q, %v", said, err)
	}
}
