package core

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// maxAttempts bounds how often a transaction is tried against others.
const maxAttempts = 10

// txn is one transaction on the store: what is read in it must not have changed
// when it is committed, what is written in it is written as a whole.
type txn struct {
	ctx     context.Context
	core    *Core
	now     time.Time // UTC; the same for everything in the transaction
	people  *people   // see rights and advance
	guarded bool      // the picture of people that it began with must still be the latest
	conds   map[string]uint64
	puts    map[string][]byte
	deletes map[string]bool
	records []Record
	quiet   map[Ref]bool    // VMs whose tags do not follow what is changed here
	news    map[string]bool // keys of people that were written since the last advance
	own     map[string]bool // prefixes whose maps in people are this transaction's alone
	shift   shift           // how the owners that were written change what personas use
	snap    *Snapshot       // that quotas are reckoned from; the same for everything in the transaction
	jobs    []Job
	ending  *Job // whose end is written, for what its Op settles
	book    book // what is reserved, with the jobs of this transaction

	afterwards []func() // see after
}

// update runs change in a transaction and commits it together with the audit
// records that change made. Where somebody else was faster, change runs again on
// fresh data: it must not keep anything from an earlier run. An error of change
// is returned as it is and nothing was written; every other error is
// CodeInternal, and nothing was written either or its fate is not known.
func (c *Core) update(ctx context.Context, change func(tx *txn) error) error {
	old := c.people.Load()
	tx, err := c.inTurn(ctx, change)
	if c.people.Load() != old {
		c.peopleChanged(old)
	}
	if err != nil {
		return err
	}
	for _, then := range tx.afterwards {
		then()
	}
	if len(tx.jobs) == 0 {
		return nil
	}
	c.engine.runner.wake(tx.jobs...)
	c.changed()
	return nil
}

// recordAlone appends one record to the audit log, of what changes nothing else.
func (c *Core) recordAlone(ctx context.Context, r Record) error {
	return c.update(ctx, func(tx *txn) error {
		tx.record(r)
		return nil
	})
}

// inTurn tries change until it was committed.
func (c *Core) inTurn(ctx context.Context, change func(tx *txn) error) (*txn, error) {
	if err := c.takeTurn(ctx); err != nil {
		return nil, err
	}
	defer c.giveTurn()
	for n := range maxAttempts {
		tx := &txn{ctx: ctx, core: c, now: time.Now().UTC().Round(0)}
		tx.reset()
		if err := change(tx); err != nil {
			return nil, err
		}
		if err := tx.keepTags(); err != nil {
			return nil, err
		}
		err := tx.commit()
		if err == nil {
			return tx, nil
		}
		if !errors.Is(err, ErrConflict) {
			return nil, notSaved(err)
		}
		if err := c.loadPeople(ctx); err != nil {
			return nil, notSaved(err)
		}
		if err := pause(ctx, time.Duration(n)*5*time.Millisecond); err != nil {
			return nil, notSaved(err)
		}
	}
	return nil, Errorf(CodeConflict, "nothing was done: others change the same records all the time").
		WithHint("try again in a moment")
}

// takeTurn waits until no other update of this process is under way, so that
// they do not fail each other's conditions. It ends with giveTurn.
func (c *Core) takeTurn(ctx context.Context) error {
	select {
	case <-c.turn:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("wait for other changes: %w", ctx.Err())
	}
}

func (c *Core) giveTurn() { c.turn <- struct{}{} }

// notSaved is the answer where the store failed.
func notSaved(err error) error {
	return &Error{
		Code: CodeInternal, Message: "nothing was done: gwm could not write its records and its audit log",
		Hint: "ask the administrator to look at the disk and the log of gwm", Err: err,
	}
}

// damaged is the answer where a record cannot be read back.
func damaged(key string) error {
	return Errorf(CodeInternal, "a record of gwm is damaged: %s", key).WithHint("restore a backup")
}

// pause waits for d or until ctx ends.
func pause(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// reset forgets everything that was read and written so far.
func (tx *txn) reset() {
	tx.conds, tx.puts, tx.deletes = map[string]uint64{}, map[string][]byte{}, map[string]bool{}
	tx.records, tx.jobs, tx.guarded, tx.quiet, tx.afterwards = nil, nil, false, map[Ref]bool{}, nil
	tx.news, tx.own, tx.shift = map[string]bool{}, map[string]bool{}, shift{}
	tx.book = tx.core.ledger.load() // before snap, which then shows all that is settled in it
	tx.snap = tx.core.snap.Load()
	tx.people = tx.core.people.Load() // it changes only in the turn that tx has
}

// rights returns the picture of people, which must still hold at the commit.
func (tx *txn) rights() *people {
	tx.guarded = true
	return tx.people
}

// advance lets rights show what was written so far, so that the Ops of one
// transaction build on each other.
func (tx *txn) advance() error {
	if len(tx.news) == 0 {
		return nil
	}
	puts, deletes, had := map[string][]byte{}, []string{}, map[Ref]Ref{}
	for key := range tx.news {
		if value, ok := tx.puts[key]; ok {
			puts[key] = value
		} else {
			deletes = append(deletes, key)
		}
		if vm, err := ParseRef(strings.TrimPrefix(key, prefixOwner)); err == nil && prefixOf(key) == prefixOwner {
			had[vm] = tx.people.owners[vm].Owner
		}
	}
	next, err := tx.people.step(puts, deletes, tx.own)
	if err != nil {
		return err
	}
	for vm, owner := range had {
		tx.shift.move(vm, owner, next.owners[vm].Owner, tx.snap)
	}
	tx.people, tx.news = next, map[string]bool{}
	return nil
}

// wrote remembers for advance that a key was written or deleted.
func (tx *txn) wrote(key string) {
	if slices.Contains(peoplePrefixes[:], prefixOf(key)) {
		tx.news[key] = true
	}
}

// read decodes the value of key into v; ok is false where there is none.
func (tx *txn) read(key string, v any) (ok bool, err error) {
	if tx.deletes[key] {
		return false, nil
	}
	value, ok := tx.puts[key]
	if !ok {
		it, found, err := tx.core.store.Read(tx.ctx, key)
		if err != nil {
			return false, notSaved(err)
		}
		tx.conds[key] = it.Rev
		if !found {
			tx.conds[key] = 0
			return false, nil
		}
		value = it.Value
	}
	if err := json.Unmarshal(value, v); err != nil {
		return false, damaged(key)
	}
	return true, nil
}

// put writes v as the value of key.
func (tx *txn) put(key string, v any) error {
	value, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("encode %s: %w", key, err)
	}
	tx.puts[key] = value
	delete(tx.deletes, key)
	tx.wrote(key)
	return nil
}

// putJob stores a job and tells the runner of it after the commit.
func (tx *txn) putJob(j Job) error {
	tx.jobs = append(tx.jobs, j)
	tx.book = tx.book.note(&j, time.Now())
	return tx.put(jobKey(j.ID), j)
}

// remove deletes key.
func (tx *txn) remove(key string) {
	delete(tx.puts, key)
	tx.deletes[key] = true
	tx.wrote(key)
}

// after has something done once everything is committed, outside the turn.
func (tx *txn) after(then func()) { tx.afterwards = append(tx.afterwards, then) }

// record appends to the audit log.
func (tx *txn) record(r Record) {
	r.At = tx.now
	tx.records = append(tx.records, r)
}

// touchesPeople tells whether the picture of people changes.
func (tx *txn) touchesPeople() bool {
	about := func(key string) bool {
		return slices.ContainsFunc(peoplePrefixes[:], func(p string) bool { return strings.HasPrefix(key, p) })
	}
	for key := range tx.puts {
		if about(key) {
			return true
		}
	}
	for key := range tx.deletes {
		if about(key) {
			return true
		}
	}
	return false
}

func (tx *txn) commit() error {
	if len(tx.puts)+len(tx.deletes)+len(tx.records) == 0 {
		return nil
	}
	if err := tx.chain(); err != nil {
		return err
	}
	changesPeople := tx.touchesPeople()
	if changesPeople {
		if err := tx.put(keyPeople, tx.now); err != nil {
			return err
		}
	}
	if tx.guarded || changesPeople {
		tx.conds[keyPeople] = tx.people.rev
	}
	var b Batch
	for _, key := range slices.Sorted(maps.Keys(tx.conds)) {
		b.If = append(b.If, Cond{Key: key, Rev: tx.conds[key]})
	}
	for _, key := range slices.Sorted(maps.Keys(tx.puts)) {
		b.Put = append(b.Put, Item{Key: key, Value: tx.puts[key]})
	}
	b.Delete = slices.Sorted(maps.Keys(tx.deletes))
	rev, err := tx.core.store.Commit(tx.ctx, b)
	if err != nil {
		return err
	}
	tx.core.ledger.store(tx.book.settled(tx.core.snap.Load()))
	if !changesPeople {
		return nil
	}
	next, err := tx.people.apply(rev, tx.puts, b.Delete)
	if err != nil {
		return err
	}
	tx.core.people.Store(next)
	return nil
}
