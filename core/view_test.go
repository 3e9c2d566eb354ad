package core_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"gwm/core"
	"gwm/core/coretest"
)

func TestViewShowsWhatTheRightsShow(t *testing.T) {
	t.Parallel()
	coretest.Bubble(t, coretest.Options{}, func(t *testing.T, w *coretest.World) {
		tests := []struct {
			user                      string
			clusters                  string
			vms, nodes, jobs          int
			runningBerlin, nodeMemory int
			partial                   bool
		}{
			{"admin", "berlin paris", 24, 6, 8, 11, 4 * 65536, false},
			{"bob", "berlin", 15, 4, 4, 11, 4 * 65536, false},
			{"ann", "berlin", 1, 0, 0, 1, 0, true},
		}
		for _, tt := range tests {
			s := w.Login(tt.user)
			v := s.View()
			var names []string
			for _, c := range v.Clusters() {
				names = append(names, c.Cluster.Name)
			}
			berlin, _ := v.Cluster(coretest.Berlin)
			if got := strings.Join(names, " "); got != tt.clusters || len(v.VMs()) != tt.vms || len(v.Nodes()) != tt.nodes || len(foreign(v)) != tt.jobs {
				t.Errorf("%s sees clusters %q, %d VMs, %d nodes, %d jobs; want %q, %d, %d, %d",
					tt.user, got, len(v.VMs()), len(v.Nodes()), len(foreign(v)), tt.clusters, tt.vms, tt.nodes, tt.jobs)
			}
			if berlin.Running != tt.runningBerlin || berlin.MemoryMiB != tt.nodeMemory || berlin.Partial != tt.partial || berlin.VMs > tt.vms {
				t.Errorf("%s sees berlin as %+v", tt.user, berlin)
			}
			if hidden := berlin.Cluster.User == ""; hidden != (tt.user != "admin") {
				t.Errorf("%s sees the user of berlin: %v", tt.user, !hidden)
			}
			if (berlin.Info.Software == "") != tt.partial {
				t.Errorf("%s sees the software of berlin: %q", tt.user, berlin.Info.Software)
			}
			if again := w.Login(tt.user).View(); again != v {
				t.Errorf("two sessions of %s do not share their view", tt.user)
			}
		}
		if a, b := w.Login("admin").View(), w.Local().View(); &a.VMs()[0] != &b.VMs()[0] {
			t.Error("two administrators do not share the list of VMs")
		}
	})
}

// foreign lists the visible jobs that gwm did not start.
func foreign(v *core.View) []core.JobRow {
	var rows []core.JobRow
	for _, j := range v.Jobs() {
		if j.Ours == nil {
			rows = append(rows, j)
		}
	}
	return rows
}

func TestViewAnswersTheSameForHiddenAndUnknown(t *testing.T) {
	t.Parallel()
	coretest.Bubble(t, coretest.Options{}, func(t *testing.T, w *coretest.World) {
		s := w.Login("ann")
		v := s.View()
		id := w.Do(w.Login("admin"), core.StopVM{VM: coretest.BerlinVM(coretest.DB1)})
		for _, name := range []string{coretest.DB1, "nothing.example.org"} {
			if _, ok := v.VM(coretest.BerlinVM(name)); ok {
				t.Errorf("ann sees %s", name)
			}
			_, err := v.Find(core.KindVM, name)
			if want := `no VM named "` + name + `" that you may see`; core.CodeOf(err) != core.CodeNotFound || err.Error() != want {
				t.Errorf("find: %v, want %s", err, want)
			}
			_, err = s.VMDetail(t.Context(), coretest.BerlinVM(name))
			if want := `no VM named "berlin/` + name + `" that you may see`; core.CodeOf(err) != core.CodeNotFound || err.Error() != want {
				t.Errorf("detail: %v, want %s", err, want)
			}
		}
		for _, r := range []core.JobID{id, 99999} {
			_, err := s.Job(t.Context(), r)
			if want := `no job named "` + r.String() + `" that you may see`; core.CodeOf(err) != core.CodeNotFound || err.Error() != want {
				t.Errorf("job: %v, want %s", err, want)
			}
			if _, err := s.JobLog(t.Context(), r, 0, 0); core.CodeOf(err) != core.CodeNotFound {
				t.Errorf("log: %v, want not found", err)
			}
			if _, err := s.WaitJob(t.Context(), r, 0); core.CodeOf(err) != core.CodeNotFound {
				t.Errorf("wait: %v, want not found", err)
			}
		}
		for _, c := range []string{coretest.Paris, "rome"} {
			if err := s.Refresh(t.Context(), c); core.CodeOf(err) != core.CodeNotFound {
				t.Errorf("refresh %s: %v, want not found", c, err)
			}
		}
		for _, job := range []string{"4701", "1"} {
			if _, err := s.Upstream(t.Context(), coretest.Berlin, job, nil); core.CodeOf(err) != core.CodeNotFound {
				t.Errorf("upstream %s: %v, want not found", job, err)
			}
		}
	})
}

func TestViewFind(t *testing.T) {
	t.Parallel()
	coretest.Bubble(t, coretest.Options{}, func(t *testing.T, w *coretest.World) {
		v := w.Login("admin").View()
		tests := []struct {
			kind core.Kind
			text string
			want string // the Ref, or the beginning of the error
		}{
			{core.KindVM, "web1.example.org", "berlin/web1.example.org"},
			{core.KindVM, "WEB1", "berlin/web1.example.org"},
			{core.KindVM, " web1 ", "berlin/web1.example.org"},
			{core.KindVM, "berlin/web1", "berlin/web1.example.org"},
			{core.KindVM, "berlin/vm/web1", "berlin/web1.example.org"},
			{core.KindVM, "paris/web1", `no VM named "paris/web1" that you may see`},
			{core.KindVM, "web", `no VM named "web" that you may see`},
			{core.KindVM, "", `no VM named "" that you may see`},
			{core.KindVM, "/", `no VM named "/" that you may see`},
			{core.KindVM, "dns1", `"dns1" is the name of several VMs: berlin/dns1.example.org, paris/dns1.example.org`},
			{core.KindVM, "paris/dns1", "paris/dns1.example.org"},
			{core.KindVM, "web1\x1b[31m", `no VM named "web1·[31m" that you may see`},
			{core.KindNode, "node1.berlin", `no node named "node1.berlin" that you may see`},
			{core.KindNode, "node1", `"node1" is the name of several nodes: berlin/node/node1.berlin.example.org, paris/node/node1.paris.example.org`},
			{core.KindNode, "node3", "berlin/node/node3.berlin.example.org"},
			{core.KindNode, "berlin/node/node3", "berlin/node/node3.berlin.example.org"},
			{core.KindCluster, "Berlin", "berlin"},
			{core.KindCluster, "rome", `no cluster named "rome" that you may see`},
		}
		for _, tt := range tests {
			got, err := v.Find(tt.kind, tt.text)
			text := got.String()
			if err != nil {
				text = core.AsError(err).Message
			}
			if text != tt.want {
				t.Errorf("find %s %q: %s, want %s", tt.kind, tt.text, text, tt.want)
			}
		}
		if r, err := w.Login("ann").View().Find(core.KindVM, "web1"); err != nil || r != coretest.BerlinVM(coretest.Web1) {
			t.Errorf("ann finds web1 as %v, %v", r, err)
		}
	})
}

func TestViewJoinsJobs(t *testing.T) {
	t.Parallel()
	coretest.Bubble(t, coretest.Options{}, func(t *testing.T, w *coretest.World) {
		ann := w.Login("ann")
		id := w.Do(ann, core.StopVM{VM: coretest.BerlinVM(coretest.Web1)})
		ended(t, ann, id, core.JobDone)
		w.Berlin.AddJob("INSTANCE_SET_PARAMS", coretest.Web1, "")
		w.Berlin.AddJob("INSTANCE_SET_PARAMS", coretest.DB1, "")
		if err := ann.Refresh(t.Context(), coretest.Berlin); err != nil {
			t.Fatal(err)
		}
		type row struct {
			Name, Title, By string
			State           core.JobState
			Joined          bool
		}
		rows := func(s *core.Session) (rows []row) {
			for _, j := range s.View().Jobs() {
				if j.Created.After(time.Now().Add(-30*time.Second)) && (j.Ours == nil || j.Ours.OpID == "vm.stop") {
					rows = append(rows, row{j.Name, j.Title, j.By, j.State, j.Ours != nil && j.Upstream != nil})
				}
			}
			return rows
		}
		want := []row{
			{"berlin/job/4706", "INSTANCE_SET_PARAMS(" + coretest.Web1 + ")", "", core.JobQueued, false},
			{id.String(), "stop " + coretest.Web1, "ann", core.JobDone, true},
		}
		if diff := cmp.Diff(want, rows(ann)); diff != "" {
			t.Errorf("ann's jobs (-want +got):\n%s", diff)
		}
		all := append([]row{{"berlin/job/4707", "INSTANCE_SET_PARAMS(" + coretest.DB1 + ")", "", core.JobQueued, false}}, want...)
		if diff := cmp.Diff(all, rows(w.Login("admin"))); diff != "" {
			t.Errorf("admin's jobs (-want +got):\n%s", diff)
		}
		up, err := ann.Upstream(t.Context(), coretest.Berlin, "4705", nil)
		if err != nil || len(up.Steps) != 1 || len(up.Steps[0].Log) != 3 {
			t.Errorf("ann reads the cluster's job of her own: %+v, %v; want 3 lines", up, err)
		}
	})
}

func TestViewFollowsRightsAndTime(t *testing.T) {
	t.Parallel()
	coretest.Bubble(t, coretest.Options{}, func(t *testing.T, w *coretest.World) {
		admin, ann := w.Login("admin"), w.Login("ann")
		w.Do(admin, core.SetGrant{
			Who: core.UserRef("ann"), On: coretest.BerlinVM(coretest.DB1), Verbs: []core.Verb{core.VerbSee}, Until: time.Now().Add(20 * time.Second),
		})
		if n := len(ann.View().VMs()); n != 2 {
			t.Fatalf("ann sees %d VMs with a second grant, want 2", n)
		}
		timer := time.NewTimer(21 * time.Second)
		<-timer.C
		if n := len(ann.View().VMs()); n != 1 {
			t.Errorf("ann sees %d VMs after the grant ended, want 1", n)
		}
		w.Do(admin, core.RemoveGrant{Who: core.UserRef("ann"), On: coretest.BerlinVM(coretest.Web1)})
		if v := ann.View(); len(v.VMs()) != 0 || len(v.Clusters()) != 0 || len(foreign(v)) != 0 {
			t.Errorf("ann sees %d VMs and %d clusters without any grant, want none", len(v.VMs()), len(v.Clusters()))
		}
	})
}

func TestViewOfAnEndedSessionIsEmpty(t *testing.T) {
	t.Parallel()
	coretest.Bubble(t, coretest.Options{}, func(t *testing.T, w *coretest.World) {
		s := w.Login("admin")
		s.Close()
		if v := s.View(); len(v.VMs())+len(v.Nodes())+len(v.Clusters())+len(v.Jobs()) != 0 || v.Can(core.VerbSee, coretest.BerlinVM(coretest.Web1)).OK {
			t.Errorf("an ended session of an administrator still sees %d VMs", len(v.VMs()))
		}
		if _, err := s.VMDetail(t.Context(), coretest.BerlinVM(coretest.Web1)); err == nil {
			t.Error("an ended session still reads a VM")
		}
	})
}

// TestClusterSettingsUnderALock: who edits a cluster that is locked or read-only
// must be shown all of it, or the edit would lose what was hidden.
func TestClusterSettingsUnderALock(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	before, _ := h.root.View().Cluster("berlin")
	berlin := before.Cluster
	berlin.ReadOnly = true
	h.do(h.root, core.EditCluster{Cluster: berlin, Was: &before.Cluster})
	h.do(h.root, core.SetLock{On: core.ClusterRef("berlin"), Reason: "moving"})
	after, _ := h.login("ann").View().Cluster("berlin")
	if after.Cluster.User != before.Cluster.User || after.Cluster.User == "" {
		t.Errorf("the user is %q, was %q", after.Cluster.User, before.Cluster.User)
	}
}

// TestViewShowsSettingsAtOnce has the settings of a cluster, and that it is gone,
// in the view with the change itself, although its poller has not noticed yet.
func TestViewShowsSettingsAtOnce(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	edited := berlin()
	edited.Description, edited.ReadOnly = "in the basement", true
	h.do(h.root, core.EditCluster{Cluster: edited})
	c, ok := h.root.View().Cluster("berlin")
	if !ok || c.Cluster.Description != "in the basement" || c.Lock == nil {
		t.Errorf("right after the change the view shows %+v, lock %v", c.Cluster, c.Lock)
	}
	h.do(h.root, core.RemoveCluster{Name: "berlin"})
	if v := h.root.View(); len(v.Clusters()) > 0 || len(v.VMs()) > 0 {
		t.Errorf("right after the removal the view shows %v and %d VMs", v.Clusters(), len(v.VMs()))
	}
}
