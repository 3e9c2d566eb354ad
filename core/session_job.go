package core

import "context"

// Job returns a job of ours that the person may see.
func (s *Session) Job(ctx context.Context, id JobID) (Job, error) { panic("stub") }

// JobLog returns the lines of a job's log after a serial, at most limit (0:
// 1000), oldest first. An empty answer means: nothing new yet.
func (s *Session) JobLog(ctx context.Context, id JobID, after int64, limit int) ([]LogLine, error) {
	panic("stub")
}

// WaitJob returns the job when it is final or has log lines after a serial, or
// when ctx ends.
func (s *Session) WaitJob(ctx context.Context, id JobID, after int64) (Job, error) { panic("stub") }
