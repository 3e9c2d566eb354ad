package core

import (
	"context"
	"encoding/json"
	"strconv"
	"time"
)

// recordingKeeper is who ends and removes recordings without being asked: gwm
// itself.
const recordingKeeper = "recordings@" + localName

// pruneReels is how many recordings are removed in one transaction.
const pruneReels = 100

// keepRecordings removes recordings that ended longer than Tuning.RecordingKeep
// ago, until ctx ends.
func (c *Core) keepRecordings(ctx context.Context) {
	for ctx.Err() == nil {
		if err := c.pruneRecordings(ctx); err != nil && ctx.Err() == nil {
			c.log.Error("cannot remove old recordings", "err", err)
		}
		_ = pause(ctx, pruneLook)
	}
}

// pruneRecordings removes what is too old now.
func (c *Core) pruneRecordings(ctx context.Context) error {
	limit := time.Now().Add(-c.tuning.RecordingKeep)
	for {
		n, err := c.pruneSomeReels(ctx, limit)
		if err != nil || n < pruneReels {
			return err
		}
	}
}

// pruneSomeReels removes some recordings that ended before limit: files first, so
// that none is left that nobody knows of.
func (c *Core) pruneSomeReels(ctx context.Context, limit time.Time) (int, error) {
	var ids []string
	err := c.store.List(ctx, prefixReel, "", func(it Item) bool {
		var r Recording
		if json.Unmarshal(it.Value, &r) == nil && !r.Ended.IsZero() && r.Ended.Before(limit) {
			ids = append(ids, r.ID)
		}
		return len(ids) < pruneReels
	})
	if err != nil {
		return 0, notRead(err)
	}
	if len(ids) == 0 {
		return 0, nil
	}
	for _, id := range ids {
		if c.consoles == nil {
			break
		}
		if err := c.consoles.Discard(ctx, id); err != nil {
			return 0, err
		}
	}
	return len(ids), c.update(ctx, func(tx *txn) error {
		for _, id := range ids {
			tx.removeRecording(id)
		}
		tx.record(Record{Event: EventDone, Op: opPruneReels, Target: Site(), By: recordingKeeper, Rule: "local", Args: map[string]string{
			"recordings": strconv.Itoa(len(ids)), "ended before": limit.UTC().Format(time.RFC3339),
		}})
		return nil
	})
}

// removeRecording forgets a recording and its key, without which its file is noise.
func (tx *txn) removeRecording(id string) {
	tx.remove(reelKey(id))
	tx.remove(reelSecretKey(id))
}

// RemoveRecording removes a recording before its time. It is for site
// administrators: a recording may be evidence against who administers the VM.
type RemoveRecording struct {
	ID string `json:"id"`
}

// Spec describes the removal.
func (o RemoveRecording) Spec() Spec {
	return Spec{
		ID: "recording.remove", Title: "remove the recording " + o.ID, Verb: VerbAdmin, Target: Site(), Danger: Destructive,
		Effect:  "nobody can see again what the recording " + o.ID + " shows",
		Command: []string{"recording", "remove", o.ID, "--yes"},
		Diff:    []Change{{Field: "recording", From: o.ID}},
	}
}

func (o RemoveRecording) check() error {
	if !isReelID(o.ID) {
		return unknownRecording(o.ID)
	}
	return nil
}

func (o RemoveRecording) run(_ context.Context, w *worker) error {
	var rec Recording
	switch ok, err := w.tx.read(reelKey(o.ID), &rec); {
	case err != nil:
		return err
	case !ok:
		return unknownRecording(o.ID)
	case rec.Ended.IsZero():
		return Errorf(CodeState, "this recording still goes on").WithHint("end the console first: console list")
	}
	w.tx.removeRecording(o.ID)
	w.tx.after(func() {
		w.core.consolesChanged()
		if w.core.consoles == nil {
			return
		}
		ctx, cancel := context.WithTimeout(context.Background(), logoutWait)
		defer cancel()
		if err := w.core.consoles.Discard(ctx, o.ID); err != nil {
			w.core.log.Error("cannot remove the file of a recording, which nobody can read any more", "recording", o.ID, "err", err)
		}
	})
	return nil
}
