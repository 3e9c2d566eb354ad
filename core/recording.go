package core

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"
	"sync"
	"time"
)

// Recording is what is known of something that was recorded of a serial console.
type Recording struct {
	ID     string    `json:"id"` // sorts by Began; fit for the name of a file
	VM     Ref       `json:"vm"`
	UUID   string    `json:"uuid,omitempty"` // of the VM: another one of the same name has another
	Node   string    `json:"node,omitempty"`
	Began  time.Time `json:"began"`
	Ended  time.Time `json:"ended,omitzero"` // zero: it still goes on
	Bytes  int64     `json:"bytes"`          // of the file
	People []string  `json:"people"`         // who sat at the console meanwhile
	// Failure says why the recording is not complete; empty: it is.
	Failure string `json:"failure,omitempty"`
}

// The Ops of the audit records of recordings.
const (
	opRecord       = "recording.begin"
	opRecorded     = "recording.end"
	opReplay       = "recording.replay"
	opPruneReels   = "recording.prune"
	lostReel       = "gwm was stopped while it recorded this"
	reelIDTime     = "20060102-150405"
	reelKeyBytes   = 32
	maxReelFailure = 300
)

// Reel is a recording that goes on. Whoever writes it ends it.
type Reel struct {
	ID    string
	Key   Secret // 32 bytes in hex: the file is encrypted under it
	VM    Ref
	Title string    // fit to be shown: for the header of the file
	Began time.Time // UTC

	session *Session
	once    sync.Once
}

// reels is the set of the recordings that go on.
type reels struct {
	mu   sync.Mutex
	live map[string]*Reel // by id
}

// of lists the recordings of a VM that go on.
func (l *reels) of(vm Ref) []*Reel {
	l.mu.Lock()
	defer l.mu.Unlock()
	var found []*Reel
	for _, r := range l.live {
		if r.VM == vm {
			found = append(found, r)
		}
	}
	return found
}

func (l *reels) put(r *Reel) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.live == nil {
		l.live = map[string]*Reel{}
	}
	l.live[r.ID] = r
}

func (l *reels) drop(id string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.live, id)
}

func (l *reels) has(id string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.live[id] != nil
}

// Recording tells whether what the console shows is to be recorded now.
func (s *Seat) Recording() RecordingPolicy {
	return s.session.core.people.Load().clusters[s.info.VM.Cluster].Recording
}

// BeginRecording begins a recording of the serial line that the seat is at, for
// everybody who sits there, and records that. What the file is encrypted under is
// in the Reel and, sealed, in the store.
func (s *Seat) BeginRecording(ctx context.Context) (*Reel, error) {
	if err := s.Err(); err != nil {
		return nil, err
	}
	c, vm := s.session.core, s.info.VM
	key := make([]byte, reelKeyBytes)
	_, _ = rand.Read(key) // never fails (crypto/rand)
	began := time.Now().UTC().Round(0)
	reel := &Reel{
		ID:  began.Format(reelIDTime) + "-" + strings.ToLower(rand.Text()[:12]),
		Key: NewSecret(hex.EncodeToString(key)), VM: vm, Title: Printable(vm.String()), Began: began, session: s.session,
	}
	c.reels.put(reel)
	err := c.update(ctx, func(tx *txn) error {
		// Who sits down from here on is added by joined.
		rec := Recording{ID: reel.ID, VM: vm, Began: began, People: c.seats.people(vm)}
		if found := tx.snap.vm(vm); found != nil {
			rec.UUID, rec.Node = found.UUID, found.Node
		}
		if err := tx.put(reelSecretKey(reel.ID), reel.Key.Reveal()); err != nil {
			return err
		}
		r := s.session.record(EventDone, opRecord)
		r.Target, r.Args = vm, map[string]string{"recording": reel.ID}
		tx.record(r)
		if err := tx.put(openReelKey(reel.ID), tx.now); err != nil {
			return err
		}
		return tx.put(reelKey(reel.ID), rec)
	})
	if err != nil {
		c.reels.drop(reel.ID)
		return nil, err
	}
	c.consolesChanged()
	return reel, nil
}

// End ends the recording: bytes is the size of its file, failure why it is not
// complete. It may be called twice; the first one counts.
func (r *Reel) End(ctx context.Context, bytes int64, failure string) (err error) {
	r.once.Do(func() { err = r.end(ctx, bytes, cut(Printable(failure))) })
	return err
}

func (r *Reel) end(ctx context.Context, bytes int64, failure string) error {
	c := r.session.core
	defer c.consolesChanged()
	defer c.reels.drop(r.ID)
	return c.update(ctx, func(tx *txn) error {
		var rec Recording
		if ok, err := tx.read(reelKey(r.ID), &rec); err != nil || !ok {
			return err
		}
		rec.Ended, rec.Bytes, rec.Failure = tx.now, bytes, failure
		tx.recordReel(rec, r.session.actor())
		tx.remove(openReelKey(r.ID))
		return tx.put(reelKey(r.ID), rec)
	})
}

// recordReel records the end of a recording.
func (tx *txn) recordReel(rec Recording, by string) {
	r := Record{Event: EventDone, Op: opRecorded, Target: rec.VM, By: by, Result: rec.Failure, Args: map[string]string{
		"recording": rec.ID, "lasted": rec.Ended.Sub(rec.Began).Round(time.Second).String(), "people": joinWords(rec.People),
	}}
	if rec.Failure != "" {
		r.Event = EventFailed
	}
	tx.record(r)
}

// people lists who sits at the serial console of a VM, by name.
func (l *seats) people(vm Ref) []string {
	names := []string{}
	for _, s := range l.list() {
		if s.info.VM == vm && s.info.Kind == ConsoleSerial {
			names = append(names, s.info.User)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// joined adds somebody to the recordings of a console that go on.
func (c *Core) joined(ctx context.Context, vm Ref, who string) error {
	going := c.reels.of(vm)
	if len(going) == 0 {
		return nil
	}
	return c.update(ctx, func(tx *txn) error {
		for _, reel := range going {
			var rec Recording
			ok, err := tx.read(reelKey(reel.ID), &rec)
			if err != nil {
				return err
			}
			if !ok || !rec.Ended.IsZero() || slices.Contains(rec.People, who) {
				continue
			}
			rec.People = append(rec.People, who)
			slices.Sort(rec.People)
			if err := tx.put(reelKey(reel.ID), rec); err != nil {
				return err
			}
		}
		return nil
	})
}

// closeReels ends the recordings that an earlier run of gwm left open: how long
// they are is not known. It reads those and no others. One that cannot be read
// stays as it is and does not keep gwm from starting.
func (c *Core) closeReels(ctx context.Context) error {
	return c.update(ctx, func(tx *txn) error {
		var open []string
		err := c.store.List(ctx, prefixOpen, "", func(it Item) bool {
			if id := strings.TrimPrefix(it.Key, prefixOpen); !c.reels.has(id) {
				open = append(open, id)
			}
			return true
		})
		if err != nil {
			return notRead(err)
		}
		for _, id := range open {
			if err := tx.closeReel(id); err != nil {
				return err
			}
		}
		return nil
	})
}

// closeReel ends one of them.
func (tx *txn) closeReel(id string) error {
	it, ok, err := tx.core.store.Read(tx.ctx, reelKey(id))
	if err != nil {
		return notRead(err)
	}
	tx.remove(openReelKey(id))
	if !ok {
		return nil
	}
	var rec Recording
	if err := json.Unmarshal(it.Value, &rec); err != nil {
		tx.core.log.Error("cannot read what is known of a recording", "recording", id, "err", err)
		return nil
	}
	rec.Ended, rec.Failure = tx.now, lostReel
	tx.recordReel(rec, recordingKeeper)
	return tx.put(reelKey(id), rec)
}
