package core

import (
	"context"
	"encoding/json"
	"io"
	"slices"
	"time"
)

// RecordingQuery selects recordings; zero fields select all.
type RecordingQuery struct {
	VM      Ref       // of one VM
	Cluster string    // of the VMs of one cluster
	User    string    // at which this person sat
	Since   time.Time // begun at or after
	Until   time.Time // begun before
	Before  string    // older than the recording with this ID: the next page
	Limit   int       // at most so many; 0: 100
}

// maxRecordings is how many recordings one question is answered with at most.
const maxRecordings = 1000

func (q RecordingQuery) matches(r Recording) bool {
	switch {
	case !q.VM.IsZero() && r.VM != q.VM,
		q.Cluster != "" && r.VM.Cluster != q.Cluster,
		q.User != "" && !slices.Contains(r.People, q.User),
		!q.Since.IsZero() && r.Began.Before(q.Since),
		!q.Until.IsZero() && !r.Began.Before(q.Until):
		return false
	}
	return true
}

// Recordings lists recordings, newest first: those of the VMs and clusters that
// the person administers, and those of consoles that they may still use and at
// which nobody but them sat.
func (s *Session) Recordings(ctx context.Context, q RecordingQuery) ([]Recording, error) {
	p, err := s.reader(ctx)
	if err != nil {
		return nil, err
	}
	limit := q.Limit
	if limit <= 0 {
		limit = 100
	}
	limit = min(limit, maxRecordings)
	var found []Recording
	before := ""
	if q.Before != "" {
		before = reelKey(q.Before)
	}
	err = s.core.store.ListBack(ctx, prefixReel, before, func(it Item) bool {
		var r Recording
		if json.Unmarshal(it.Value, &r) == nil && q.matches(r) && s.mayReplay(p, r) {
			found = append(found, r)
		}
		return len(found) < limit
	})
	if err != nil {
		return nil, notRead(err)
	}
	return found, nil
}

// mayReplay tells whether the person may see a recording. What was recorded of a
// VM is not for who administers another one that got its name later.
func (s *Session) mayReplay(p *people, r Recording) bool {
	if s.holds(p, VerbAdmin, ClusterRef(r.VM.Cluster)) {
		return true
	}
	vm := s.core.snap.Load().vm(r.VM)
	if vm == nil || vm.UUID != r.UUID {
		return false
	}
	own := len(r.People) == 1 && r.People[0] == s.who
	return s.holds(p, VerbAdmin, r.VM) || own && s.holds(p, VerbConsole, r.VM)
}

// Replay opens a recording: asciicast v2 text. It is recorded as a read.
func (s *Session) Replay(ctx context.Context, id string) (Recording, io.ReadCloser, error) {
	p, err := s.reader(ctx)
	if err != nil {
		return Recording{}, nil, err
	}
	if s.core.consoles == nil {
		return Recording{}, nil, errNoConsoles()
	}
	rec, err := s.core.recording(ctx, id)
	if err != nil {
		return Recording{}, nil, err
	}
	if !s.mayReplay(p, rec) {
		return Recording{}, nil, unknownRecording(id)
	}
	it, ok, err := s.core.store.Read(ctx, reelSecretKey(id))
	if err != nil {
		return Recording{}, nil, notRead(err)
	}
	var key string
	if !ok || json.Unmarshal(it.Value, &key) != nil {
		return Recording{}, nil, Errorf(CodeInternal, "the key of the recording %s is gone", id).WithHint("restore a backup")
	}
	r := s.record(EventRead, opReplay)
	r.Target, r.Args = rec.VM, map[string]string{"recording": id}
	if err := s.core.recordAlone(ctx, r); err != nil {
		return Recording{}, nil, err
	}
	text, err := s.core.consoles.Replay(ctx, id, NewSecret(key))
	if err != nil {
		return Recording{}, nil, err
	}
	return rec, text, nil
}

// recording reads what is known of a recording.
func (c *Core) recording(ctx context.Context, id string) (Recording, error) {
	if !isReelID(id) {
		return Recording{}, unknownRecording(id)
	}
	it, ok, err := c.store.Read(ctx, reelKey(id))
	if err != nil {
		return Recording{}, notRead(err)
	}
	var rec Recording
	if !ok || json.Unmarshal(it.Value, &rec) != nil {
		return Recording{}, unknownRecording(id)
	}
	return rec, nil
}

// isReelID tells whether a text has the form of the ID of a recording, which
// becomes part of a key and of a file's name.
func isReelID(id string) bool {
	if len(id) != len(reelIDTime)+1+12 {
		return false
	}
	for _, r := range id {
		if r != '-' && (r < '0' || r > '9') && (r < 'a' || r > 'z') {
			return false
		}
	}
	return true
}

func unknownRecording(id string) *Error { return Unknown("recording", cut(id)) }
