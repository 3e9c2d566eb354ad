package core

import (
	"context"
	"slices"
)

// SyncTags makes the tags of ours on a VM what gwm's records say of its owner and
// its grants. Other tags are not touched. With Only, just these of ours are
// looked at: gwm itself asks for that after a change of the records, so that what
// somebody else wrote into the tags is left for a person to decide. It adds
// before it removes, does only what is needed when it runs, and may be repeated.
type SyncTags struct {
	VM    Ref      `json:"vm"`
	Only  []string `json:"only,omitempty"`
	Cause JobID    `json:"cause,omitempty"` // the job that changed the records
}

// Bounds of one request and of one job. Ganeti takes tags from the query string,
// whose length its server limits.
const (
	tagsAtOnce = 16
	tagSteps   = 100
	tagOpID    = "owner.sync"
)

// Spec describes the change.
func (o SyncTags) Spec() Spec {
	return Spec{
		ID: tagOpID, Title: "sync the owner tags of " + o.VM.Name, Verb: VerbAdmin, Target: o.VM, Remote: true,
		Effect:  "the tags of " + o.VM.Name + " on the cluster say what gwm's records say of its owner and rights",
		Command: []string{"owner", "sync", o.VM.String()},
	}
}

func (o SyncTags) check() error {
	for _, tag := range o.Only {
		if !isTagOfOurs(tag) {
			return Errorf(CodeInvalid, "%q is not a tag that gwm writes", Printable(tag))
		}
	}
	return checkKind(o.VM, KindVM)
}

func (o SyncTags) run(ctx context.Context, w *worker) error {
	for range tagSteps {
		sent, more := false, false
		err := w.submit(ctx, func(p Platform, reason string) (string, error) {
			add, remove, err := o.open(ctx, w, p)
			if err != nil || len(add)+len(remove) == 0 {
				return "", err
			}
			sent, more = true, len(add) > tagsAtOnce || len(remove) > tagsAtOnce || len(add) > 0 && len(remove) > 0
			if len(add) > 0 {
				return p.Submit(ctx, AddTags{o.VM, add[:min(len(add), tagsAtOnce)]}, reason)
			}
			return p.Submit(ctx, RemoveTags{o.VM, remove[:min(len(remove), tagsAtOnce)]}, reason)
		})
		if err == nil && !sent && w.job.Upstream != "" { // sent before a restart
			more, err = o.unfinished(ctx, w)
		}
		if err != nil || !more {
			return err
		}
		if err := w.another(ctx); err != nil {
			return err
		}
	}
	return Errorf(CodeConflict, "somebody else changes the tags of %s all the time", o.VM.Name).
		WithHint("look who does: another gwm may serve the same cluster")
}

// open asks the cluster which tags are still to be added and removed.
func (o SyncTags) open(ctx context.Context, w *worker, p Platform) (add, remove []string, err error) {
	vm, _, err := p.VM(ctx, o.VM.Name)
	if err != nil {
		return nil, nil, err
	}
	add, remove = o.difference(vm.Tags, w.core.people.Load().tags(o.VM))
	return add, remove, nil
}

// unfinished tells whether something is left to do after a request that was
// carried out. A cluster that does not answer is asked again: what it did must not
// look like a failure.
func (o SyncTags) unfinished(ctx context.Context, w *worker) (bool, error) {
	for attempt := 0; ; attempt++ {
		p, err := w.core.engine.inventory.Platform(o.VM.Cluster)
		if err != nil {
			return false, err
		}
		add, remove, err := o.open(ctx, w, p)
		switch {
		case err == nil:
			return len(add)+len(remove) > 0, nil
		case CodeOf(err) == CodeNotFound || w.canceled():
			return false, nil
		}
		if err := w.pause(ctx, backoff(attempt, w.core.tuning.BackoffMax), false); err != nil {
			return false, err
		}
	}
}

// difference compares the tags that a VM has with those that it should have, which
// are sorted.
func (o SyncTags) difference(have, want []string) (add, remove []string) {
	have = tagsOfOurs(have)
	look := o.Only
	if len(look) == 0 {
		look = slices.Concat(want, have)
		slices.Sort(look)
		look = slices.Compact(look)
	}
	for _, tag := range look {
		_, has := slices.BinarySearch(have, tag)
		_, wanted := slices.BinarySearch(want, tag)
		if wanted && !has {
			add = append(add, tag)
		} else if has && !wanted {
			remove = append(remove, tag)
		}
	}
	return add, remove
}

// tags lists the tags that a VM should have, sorted.
func (p *people) tags(vm Ref) []string { return writeTags(p.owners[vm].Owner, p.grantsOn[vm]) }
