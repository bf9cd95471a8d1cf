package dynamo

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"sluice/events"
)

// deliveryLife is how long a delivery is remembered: as long as Step Functions remembers the name of an execution.
const deliveryLife = 90 * 24 * time.Hour

// pushLife is how long the content of a push is kept: a workflow that runs for the push has ended by then.
const pushLife = 35 * 24 * time.Hour

func deliveryKey(name string) item { return key("delivery#"+name, "told") }

// Delivered says whether the bus was told of a delivery before.
func (s *Store) Delivered(ctx context.Context, name string) (bool, error) {
	err := s.get(ctx, deliveryKey(name), &struct{}{})
	switch {
	case err == nil:
		return true, nil
	case IsNotFound(err):
		return false, nil
	}
	return false, fmt.Errorf("looking for delivery %s: %w", name, err)
}

// KeepDelivery writes that the bus was told of a delivery. timed says whether the delivery carries its own time. One that does not
// is kept for good: nothing else would keep it from being told again a year later.
func (s *Store) KeepDelivery(ctx context.Context, name string, timed bool, now time.Time) error {
	kept := map[string]int64{}
	if timed {
		kept["ttl"] = now.Add(deliveryLife).Unix()
	}
	err := s.put(ctx, deliveryKey(name), kept)
	if err != nil && !IsConflict(err) {
		return fmt.Errorf("keeping delivery %s: %w", name, err)
	}
	return nil
}

// broughtItem is what a push brought, as the JSON text of an events.Push.
type broughtItem struct {
	Push string `json:"push"`
	TTL  int64  `json:"ttl"`
}

func broughtKey(name string) item { return key("delivery#"+name, "push") }

// KeepPush writes what a push brought, under a name. The first one stays.
func (s *Store) KeepPush(ctx context.Context, name string, p events.Push, now time.Time) error {
	text, err := json.Marshal(p)
	if err != nil {
		return fmt.Errorf("encoding a push: %w", err)
	}
	err = s.put(ctx, broughtKey(name), broughtItem{Push: string(text), TTL: now.Add(pushLife).Unix()})
	if err != nil && !IsConflict(err) {
		return fmt.Errorf("keeping push %s: %w", name, err)
	}
	return nil
}

// Push reads what a push brought; ErrNotFound when none did, or long ago.
func (s *Store) Push(ctx context.Context, name string) (events.Push, error) {
	var kept broughtItem
	var p events.Push
	if err := s.get(ctx, broughtKey(name), &kept); err != nil {
		return p, fmt.Errorf("reading push %s: %w", name, err)
	}
	return p, json.Unmarshal([]byte(kept.Push), &p)
}
