package sandbox_test

import (
	"testing"

	"sluice/test/sandbox"
)

// A grant that AWS makes nothing of fails the first release, on AWS alone.
func TestEveryGrantOfTheTemplateIsOneThatAWSAsksFor(t *testing.T) {
	for _, doubt := range boot(t, sandbox.Options{Template: golden(t)}).Doubts() {
		t.Error(doubt)
	}
}
