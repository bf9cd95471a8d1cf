package lambda
import "context"

// Processes run versions as operating system processes.
type Processes struct{}
type pool struct{}
func newPool(Processes, Options) *pool { return nil }
func (*pool) close() {}
func (*pool) acquire(ctx context.Context, v *version) (environment, error) { return nil, nil }
