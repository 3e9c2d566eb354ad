package core_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"gwm/core"
	"gwm/core/coretest"
	"gwm/core/inventory"
)

// The keys of the house. They are real in form only: nobody has their other half.
const (
	annKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEB ann@desk"
	bobKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIC bob@desk"
	eveKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMD eve@desk"
)

var (
	web1 = core.VMRef("berlin", "web1")
	web2 = core.VMRef("berlin", "web2")
)

// house is a core over a store in memory: the cluster berlin with the VMs web1
// and web2 and the node n1; the site administrator ann; bob and eve, who have no
// rights; the group ops with bob in it.
type house struct {
	t     *testing.T
	store *coretest.Store
	core  *core.Core
	root  *core.Session // at the machine itself

	consoles *fakeConsoles
}

func newHouse(t *testing.T) *house {
	t.Helper()
	h := &house{t: t, store: coretest.NewStore(), consoles: newConsoles()}
	h.core = h.another()
	var err error
	if h.root, err = h.core.Local(t.Context(), "", "test"); err != nil {
		t.Fatal(err)
	}
	h.do(h.root, core.AddUser{User: core.User{Name: "ann", Admin: true}, Keys: keys(t, annKey)})
	h.do(h.root, core.AddUser{User: core.User{Name: "bob"}, Keys: keys(t, bobKey)})
	h.do(h.root, core.AddUser{User: core.User{Name: "eve"}, Keys: keys(t, eveKey)})
	h.do(h.root, core.AddGroup{Group: core.Group{Name: "ops", Members: []string{"bob"}}})
	h.do(h.root, core.AddCluster{Cluster: berlin(), Password: core.NewSecret("hunter2")})
	publish(h.core)
	return h
}

// another opens one more core on the same store, as a second process would.
func (h *house) another() *core.Core { return h.withConfig(func(*core.Config) {}) }

// withConfig is another with a configuration that change has changed.
func (h *house) withConfig(change func(*core.Config)) *core.Core {
	h.t.Helper()
	cfg := core.Config{
		Store: h.store, Inventory: h.inventory, Log: slog.New(slog.DiscardHandler),
		Open: map[string]core.Opener{"ganeti": func(core.Cluster, core.Secret) (core.Platform, error) {
			return nil, core.Errorf(core.CodeUnreachable, "there is no cluster in this test")
		}},
		Tuning:   core.Tuning{SessionsUser: 3, Sessions: 5, QueueUser: 4},
		Consoles: h.consoles,
	}
	change(&cfg)
	c, err := core.New(h.t.Context(), cfg)
	if err != nil {
		h.t.Fatal(err)
	}
	publish(c)
	return c
}

// inventory is one that asks nobody before it is started but knows the consoles of
// berlin.
func (h *house) inventory(cfg core.InventoryConfig) core.Inventory {
	return consoleInventory{inventory.New(cfg), h.consoles}
}

type consoleInventory struct {
	core.Inventory
	consoles *fakeConsoles
}

// Platform implements core.Inventory.
func (i consoleInventory) Platform(cluster string) (core.Platform, error) {
	p, err := i.Inventory.Platform(cluster)
	if core.CodeOf(err) == core.CodeNotFound && cluster == "berlin" {
		return consolePlatform{consoles: i.consoles}, nil
	}
	return p, err
}

// consolePlatform is a cluster that can be asked for consoles only.
type consolePlatform struct {
	core.Platform
	consoles *fakeConsoles
}

// Consoles implements core.Platform.
func (p consolePlatform) Consoles(context.Context, string) ([]core.Endpoint, error) {
	return p.consoles.has, p.consoles.fault
}

func publish(c *core.Core) {
	c.Publish(&core.Snapshot{Rev: 2, Clusters: map[string]*core.ClusterState{"berlin": {
		Name:  "berlin",
		VMs:   []*core.VM{{Cluster: "berlin", Name: "web1"}, {Cluster: "berlin", Name: "web2"}},
		Nodes: []*core.Node{{Cluster: "berlin", Name: "n1"}},
		Jobs: []*core.UpstreamJob{
			{ID: "4711", Targets: []core.Ref{{Kind: core.KindVM, Name: "web1"}}, State: core.JobRunning},
			{ID: "4712", Targets: nil, State: core.JobRunning},
		},
	}}})
}

func berlin() core.Cluster {
	return core.Cluster{Name: "berlin", Platform: "ganeti", URL: "https://berlin.example:5080", User: "gwm"}
}

func keys(t *testing.T, lines ...string) []core.Key {
	t.Helper()
	var ks []core.Key
	for _, line := range lines {
		k, err := core.ParseKey(line)
		if err != nil {
			t.Fatal(err)
		}
		ks = append(ks, k)
	}
	return ks
}

// do carries out an Op that must succeed.
func (h *house) do(s *core.Session, op core.Op) core.JobID {
	h.t.Helper()
	id, err := s.Do(h.t.Context(), op)
	if err != nil {
		h.t.Fatalf("%s: %v", op.Spec().Title, err)
	}
	return id
}

// refused carries out an Op that must fail with a code and a text.
func (h *house) refused(s *core.Session, op core.Op, code core.Code, text string) {
	h.t.Helper()
	_, err := s.Do(h.t.Context(), op)
	wantError(h.t, err, code, text)
}

func wantError(t *testing.T, err error, code core.Code, text string) {
	t.Helper()
	if core.CodeOf(err) != code || err != nil && !strings.Contains(err.Error(), text) {
		t.Errorf("error is %v (%s), want %s with %q", err, core.CodeOf(err), code, text)
	}
}

// login logs a user in with their key.
func (h *house) login(user string) *core.Session {
	h.t.Helper()
	s, err := h.core.Login(h.t.Context(), credential(h.t, user))
	if err != nil {
		h.t.Fatalf("log %s in: %v", user, err)
	}
	return s
}

func credential(t *testing.T, user string) core.Credential {
	t.Helper()
	line := map[string]string{"ann": annKey, "bob": bobKey, "eve": eveKey}[user]
	return core.Credential{User: user, Key: keys(t, line)[0].Fingerprint, Addr: "192.0.2.1:5555", Via: "tui"}
}

func (h *house) grant(who, on core.Ref, verbs ...core.Verb) {
	h.t.Helper()
	h.do(h.root, core.SetGrant{Who: who, On: on, Verbs: verbs})
}

// lastRecord returns the newest audit record with an event.
func (h *house) lastRecord(event core.Event) core.Record {
	h.t.Helper()
	records, err := h.root.Audit(context.Background(), core.AuditQuery{Event: event, Limit: 1})
	if err != nil || len(records) == 0 {
		h.t.Fatalf("no audit record %s: %v", event, err)
	}
	return records[0]
}

// job reads a job as it is stored.
func (h *house) job(id core.JobID) core.Job {
	h.t.Helper()
	it, ok, err := h.store.Read(h.t.Context(), fmt.Sprintf("job/%020d", id))
	if err != nil || !ok {
		h.t.Fatalf("job %d is not stored: %v", id, err)
	}
	var job core.Job
	if err := json.Unmarshal(it.Value, &job); err != nil {
		h.t.Fatal(err)
	}
	return job
}
