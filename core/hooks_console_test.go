package core

import (
	"context"
	"time"
)

// SeatsTaken lists all seats, whoever may know of them.
func (s *Session) SeatsTaken() (infos []SeatInfo) {
	for _, seat := range s.core.seats.list() {
		infos = append(infos, seat.info)
	}
	return infos
}

// PruneRecordings is a run of the keeper of recordings with a time to keep.
func (c *Core) PruneRecordings(ctx context.Context, keep time.Duration) error {
	c.tuning.RecordingKeep = keep
	return c.pruneRecordings(ctx)
}

// CloseReels is what Run begins with.
func (c *Core) CloseReels(ctx context.Context) error { return c.closeReels(ctx) }

// Session is whose seat it is.
func (s *Seat) Session() *Session { return s.session }
