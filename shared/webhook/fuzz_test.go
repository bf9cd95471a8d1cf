package webhook_test

import (
	"encoding/json"
	"errors"
	"testing"

	"sluice/events"
	"sluice/shared/webhook"
)

// FuzzRead sends anything under a right signature, since a host's account may be stolen, and under a wrong one.
func FuzzRead(f *testing.F) {
	for name := range files {
		f.Add(name, sample(f, name))
	}
	f.Fuzz(func(t *testing.T, name, body string) {
		if _, known := files[name]; !known {
			return
		}
		d := delivery(name, body)
		pushes, note, refusal := webhook.Read(d, []string{secret}, now)
		if refusal != nil {
			tellsNothing(t, refusal, []string{secret})
			if refusal.Status == 401 || pushes != nil || note != "" {
				t.Errorf("%v with %v, note %q", refusal, pushes, note)
			}
		} else if (len(pushes) == 0) != (note != "") {
			t.Errorf("%d pushes, note %q", len(pushes), note)
		}
		names := map[string]bool{}
		for _, p := range pushes {
			asEvent(t, p)
			names[p.Delivery] = true
		}
		if len(names) != len(pushes) {
			t.Errorf("%d pushes have %d names", len(pushes), len(names))
		}
		if pushes, _, refusal := webhook.Read(d, []string{"other"}, now); refusal == nil || pushes != nil {
			t.Errorf("a wrong secret is let in: %v", pushes)
		}
	})
}

// asEvent is what becomes of a push: it must be readable on the bus.
func asEvent(t *testing.T, p events.Push) {
	t.Helper()
	text, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	_, err = events.ReadPush(events.Raw{Detail: text})
	var m *events.Malformed
	if errors.As(err, &m) {
		t.Errorf("a push was told that the bus refuses: %v", m)
	}
	if len(text) > 200_000 {
		t.Errorf("%d bytes", len(text))
	}
}
