package dynamo

import (
	"context"
	"fmt"
	"time"
)

// deliveryLife is how long a delivery is remembered: as long as the name of an execution is.
const deliveryLife = 90 * 24 * time.Hour

func deliveryKey(name string) item { return key("delivery#"+name, "told") }

// Delivered says whether a delivery was told of before.
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

// KeepDelivery writes that a delivery was told of.
func (s *Store) KeepDelivery(ctx context.Context, name string, now time.Time) error {
	err := s.put(ctx, deliveryKey(name), map[string]int64{"ttl": now.Add(deliveryLife).Unix()})
	if err != nil && !IsConflict(err) {
		return fmt.Errorf("keeping delivery %s: %w", name, err)
	}
	return nil
}
