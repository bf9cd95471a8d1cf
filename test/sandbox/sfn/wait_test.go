package sfn_test

import (
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/sfn/types"
)

func TestWaits(t *testing.T) {
	for field, want := range map[string]time.Duration{
		`"Timestamp":"2000-01-01T02:00:00+01:00"`: time.Hour,

		`"Seconds":172800`:                   48 * time.Hour,
		`"Seconds":0`:                        0,
		`"SecondsPath":"$.n"`:                90 * time.Second,
		`"Timestamp":"1999-01-01T00:00:00Z"`: 0,
		`"TimestampPath":"$.at"`:             24 * time.Hour,
	} {
		t.Run(field, func(t *testing.T) {
			inHouse(t, func(t *testing.T, h *house) {
				got := h.run(`"A":{"Type":"Wait",`+field+`,"End":true}`, `{"n":90,"at":"2000-01-02T00:00:00Z"}`)
				if took := got.StopDate.Sub(*got.StartDate); took != want {
					t.Errorf("%s after %v, want %v", got.Status, took, want)
				}
			})
		})
	}
}

func TestWaitPathsMustMakeSense(t *testing.T) {
	for _, field := range []string{`"SecondsPath":"$.n"`, `"SecondsPath":"$.missing"`, `"TimestampPath":"$.n"`} {
		t.Run(field, func(t *testing.T) {
			inHouse(t, func(t *testing.T, h *house) {
				wantError(t, h.run(`"A":{"Type":"Wait",`+field+`,"End":true}`, `{"n":-1}`), types.ExecutionStatusFailed, "States.Runtime")
			})
		})
	}
}
