package core

import "context"

// Job returns a job of ours that the person may see.
func (s *Session) Job(ctx context.Context, id JobID) (Job, error) {
	if _, err := s.reader(ctx); err != nil {
		return Job{}, err
	}
	job, _, err := s.job(id)
	return job, err
}

// job returns a job that the person may see and a channel that is closed when
// some job changes.
func (s *Session) job(id JobID) (Job, <-chan struct{}, error) {
	j, bell := s.core.engine.runner.find(id)
	if j == nil {
		stored, err := s.core.readJob(id)
		if err != nil {
			return Job{}, bell, err
		}
		j = &stored
	}
	if !s.View().seesJob(j) {
		return Job{}, bell, Unknown(KindJob, id.String())
	}
	return *j, bell, nil
}

// JobLog returns the lines of a job's log after a serial, at most limit (0:
// 1000), oldest first. An empty answer means: nothing new yet.
func (s *Session) JobLog(ctx context.Context, id JobID, after int64, limit int) ([]LogLine, error) {
	if _, err := s.Job(ctx, id); err != nil {
		return nil, err
	}
	if limit <= 0 {
		limit = 1000
	}
	return s.core.readLog(ctx, id, after, limit)
}

// WaitJob returns the job when it is final or has log lines after a serial, or
// when ctx ends.
func (s *Session) WaitJob(ctx context.Context, id JobID, after int64) (Job, error) {
	for {
		if err := s.Err(); err != nil {
			return Job{}, err
		}
		job, bell, err := s.job(id)
		if err != nil || job.State.Final() || job.LogLines > after {
			return job, err
		}
		select {
		case <-ctx.Done():
			return job, ctx.Err()
		case <-s.Done():
			return job, s.Err()
		case <-bell:
		}
	}
}
