package core

import (
	"context"
	"encoding/json"
)

// password reads a cluster's password and the revision at which it was last
// set; a cluster without one has revision 0.
func (e *engine) password(ctx context.Context, cluster string) (Secret, uint64, error) {
	it, ok, err := e.core.store.Read(ctx, passwordKey(cluster))
	if err != nil {
		return Secret{}, 0, err
	}
	if !ok {
		return Secret{}, 0, nil
	}
	var text string
	if err := json.Unmarshal(it.Value, &text); err != nil {
		return Secret{}, it.Rev, err
	}
	return NewSecret(text), it.Rev, nil
}
