package core

import (
	"context"
	"io"
)

// Backuper is a Store that can write a consistent copy of itself while it
// serves. Sealed values stay sealed in the copy.
type Backuper interface {
	Backup(ctx context.Context, w io.Writer) error
}

// Backup writes a consistent copy of the store to w. For site administrators;
// it is recorded as a read of everything. The error is CodeUnsupported where the
// store has its own tools for that.
func (s *Session) Backup(ctx context.Context, w io.Writer) error {
	if _, err := s.reader(ctx); err != nil {
		return err
	}
	if !s.isAdmin() {
		return Errorf(CodeDenied, "only a site administrator may take a backup")
	}
	b, ok := s.core.store.(Backuper)
	if !ok {
		return Errorf(CodeUnsupported, "this store cannot be backed up through gwm").WithHint("use the tools of the store itself")
	}
	if err := s.recordRead(ctx, "backup"); err != nil {
		return err
	}
	return b.Backup(ctx, w)
}
