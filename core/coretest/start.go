package coretest

import (
	"context"
	"encoding/base64"
	"encoding/binary"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"gwm/core"
	"gwm/core/inventory"
)

// World is a running core on a store in memory and the clusters berlin and
// paris. Its people: admin is a site administrator, ann operates (power,
// console) berlin/web1.example.org and sees nothing else, bob is in the group
// ops, which sees all of berlin.
type World struct {
	Core   *core.Core
	Store  *Store
	Berlin *Platform
	Paris  *Platform

	t    testing.TB
	stop context.CancelFunc
	done chan struct{}
	once sync.Once
}

// Options change what Start makes.
type Options struct {
	Store        *Store        // nil: a new one. One that was used by another World keeps its people and jobs
	Berlin       *Platform     // nil: NewBerlin
	Paris        *Platform     // nil: NewParis
	Tuning       core.Tuning   // zero fields take the defaults
	Registration bool          // somebody without an account may ask for one
	Tags         bool          // owner and grants are written as tags
	Consoles     core.Consoles // nil: there are none
	DontRun      bool          // no poller and no runner: the test calls Run, Wait and Grant
	DontWait     bool          // return before the clusters answered: the test calls Wait and Grant
}

// Start makes a World and returns after both clusters answered once. It is
// stopped when the test ends, or before by Stop. It works inside and outside of
// a synctest bubble and leaves no goroutine.
func Start(t testing.TB) *World {
	t.Helper()
	return StartWith(t, Options{})
}

// Bubble starts a World with options inside a synctest bubble and hands it to
// check.
func Bubble(t *testing.T, o Options, check func(t *testing.T, w *World)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) { check(t, StartWith(t, o)) })
}

// StartWith is Start with options.
func StartWith(t testing.TB, o Options) *World {
	t.Helper()
	w := &World{Store: o.Store, Berlin: o.Berlin, Paris: o.Paris, t: t}
	if w.Berlin == nil {
		w.Berlin = NewBerlin()
	}
	if w.Paris == nil {
		w.Paris = NewParis()
	}
	used := w.Store != nil
	if !used {
		w.Store = NewStore()
	}
	c, err := core.New(t.Context(), core.Config{
		Store: w.Store, Open: map[string]core.Opener{"ganeti": Opener(w.Berlin, w.Paris)}, Inventory: inventory.New, Tuning: o.Tuning, Tags: o.Tags, Registration: o.Registration, Consoles: o.Consoles,
	})
	if err != nil {
		t.Fatal(err)
	}
	w.Core = c
	if !used {
		w.populate()
	}
	if o.DontRun {
		return w
	}
	w.Run()
	if o.DontWait {
		return w
	}
	w.Wait()
	if !used {
		w.Grant()
	}
	return w
}

// Run starts inventory and runner.
func (w *World) Run() {
	ctx, stop := context.WithCancel(context.WithoutCancel(w.t.Context()))
	w.stop, w.done = stop, make(chan struct{})
	go func() {
		defer close(w.done)
		if err := w.Core.Run(ctx); err != nil {
			w.t.Errorf("core.Run: %v", err)
		}
	}()
	w.t.Cleanup(w.Stop)
}

// Stop ends the world's goroutines and sessions and waits for them. It may be
// called twice.
func (w *World) Stop() {
	if w.stop == nil {
		return
	}
	w.once.Do(func() {
		w.stop()
		<-w.done
	})
}

// Wait returns after both clusters answered or failed once.
func (w *World) Wait() {
	w.t.Helper()
	s := w.Local()
	defer s.Close()
	w.Until(s, "the clusters were asked", func(v *core.View) bool {
		for _, c := range v.Clusters() {
			if c.Health.Loading {
				return false
			}
		}
		return len(v.Clusters()) == 2
	})
}

// Until returns when what s shows fulfils a condition, and fails the test where
// it does not within an hour (of the bubble's clock, or really). It looks each second
// too: a screen on the same session may take the signal.
func (w *World) Until(s *core.Session, what string, condition func(*core.View) bool) {
	w.t.Helper()
	late := time.NewTimer(time.Hour)
	defer late.Stop()
	for !condition(s.View()) {
		select {
		case <-s.Changed():
		case <-time.After(time.Second):
		case <-late.C:
			w.t.Fatalf("waited an hour until %s", what)
		}
	}
}

// Login opens a session of a user: admin, ann or bob.
func (w *World) Login(user string) *core.Session {
	w.t.Helper()
	s, err := w.Core.Login(w.t.Context(), core.Credential{
		User: user, Key: UserKey(user).Fingerprint, Addr: "192.0.2.99:50000", Via: "tui",
	})
	if err != nil {
		w.t.Fatalf("login %s: %v", user, err)
	}
	return s
}

// Local opens a session of somebody at the machine itself.
func (w *World) Local() *core.Session {
	w.t.Helper()
	s, err := w.Core.Local(w.t.Context(), "", "local")
	if err != nil {
		w.t.Fatalf("local session: %v", err)
	}
	return s
}

// Do carries out an Op as somebody and fails the test where it is refused.
func (w *World) Do(s *core.Session, op core.Op) core.JobID {
	w.t.Helper()
	id, err := s.Do(w.t.Context(), op)
	if err != nil {
		w.t.Fatalf("%s: %v", op.Spec().Title, err)
	}
	return id
}

// UserKey is the key that a user of the world logs in with.
func UserKey(user string) core.Key {
	text := make([]byte, 32)
	copy(text, user)
	var blob []byte
	for _, part := range [][]byte{[]byte("ssh-ed25519"), text} {
		blob = binary.BigEndian.AppendUint32(blob, uint32(len(part)))
		blob = append(blob, part...)
	}
	key, err := core.ParseKey("ssh-ed25519 " + base64.StdEncoding.EncodeToString(blob) + " " + user + "@laptop")
	if err != nil {
		panic(err)
	}
	return key
}

// populate adds the clusters, people and rights.
func (w *World) populate() {
	s := w.Local()
	defer s.Close()
	for _, c := range []core.Cluster{
		{Name: Berlin, Description: "production", Platform: "ganeti", URL: "https://berlin.example.org:5080", User: "gwm"},
		{Name: Paris, Description: "second site", Platform: "ganeti", URL: "https://paris.example.org:5080", User: "gwm"},
	} {
		w.Do(s, core.AddCluster{Cluster: c, Password: core.NewSecret("s3cret")})
	}
	for _, u := range []core.User{
		{Name: "admin", Comment: "Ada Admin", Admin: true}, {Name: "ann", Comment: "Ann Operator"}, {Name: "bob", Comment: "Bob of ops"},
	} {
		w.Do(s, core.AddUser{User: u, Keys: []core.Key{UserKey(u.Name)}})
	}
	w.Do(s, core.AddGroup{Group: core.Group{Name: "ops", Comment: "operations", Members: []string{"bob"}}})
}

// Grant gives ann and bob their rights; the clusters must have answered.
func (w *World) Grant() {
	w.t.Helper()
	s := w.Local()
	defer s.Close()
	w.Do(s, core.SetGrant{
		Who: core.UserRef("ann"), On: core.VMRef(Berlin, Web1), Verbs: []core.Verb{core.VerbPower, core.VerbConsole},
	})
	w.Do(s, core.SetGrant{Who: core.GroupRef("ops"), On: core.ClusterRef(Berlin), Verbs: []core.Verb{core.VerbSee}})
}
