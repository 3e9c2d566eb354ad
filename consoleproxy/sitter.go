package consoleproxy

import (
	"context"

	"gwm/core"
)

// sitter is what a line needs of a core.Seat.
type sitter interface {
	host
	Info() core.SeatInfo
	Done() <-chan struct{}
	Err() error
	// Endpoint says where the console is now.
	Endpoint(ctx context.Context) (core.Endpoint, error)
	// Took records that the keyboard was taken from somebody.
	Took(ctx context.Context, from core.SeatInfo) error
	// Keyboard tells that the person has the keyboard of the line now, or has it no
	// more. It does not wait.
	Keyboard(has bool)
	// Trusted holds a value after a key of a node of the cluster was trusted.
	Trusted() <-chan struct{}
	// Recording is what the cluster wants kept now.
	Recording() core.RecordingPolicy
	beginRecording(ctx context.Context) (*reel, error)
}

// host lets gwm into nodes: it holds gwm's own key and knows the nodes' keys.
type host interface {
	// CheckHost says whether a node may be trusted that showed this public key.
	CheckHost(ctx context.Context, node string, key []byte) error
	// KeyTypes are the types of keys of which the node has one that is trusted;
	// nil: it is met for the first time.
	KeyTypes(ctx context.Context, node string) ([]string, error)
	// Identity is gwm's own private key, PKCS #8 in PEM.
	Identity(ctx context.Context) (core.Secret, error)
}

// seated is a core.Seat as a line uses it.
type seated struct{ *core.Seat }

func (s seated) beginRecording(ctx context.Context) (*reel, error) {
	r, err := s.BeginRecording(ctx)
	if err != nil {
		return nil, err
	}
	return &reel{id: r.ID, key: r.Key, title: r.Title, began: r.Began, end: r.End}, nil
}
