package inventory_test

import (
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"gwm/core"
	"gwm/core/coretest"
)

func TestPollTombstones(t *testing.T) {
	t.Parallel()
	coretest.Bubble(t, coretest.Options{}, func(t *testing.T, w *coretest.World) {
		s := w.Login("admin")
		w.Berlin.RemoveVM(coretest.Cold)
		if err := s.Refresh(t.Context(), coretest.Berlin); err != nil {
			t.Fatal(err)
		}
		if vm, ok := s.View().VM(coretest.BerlinVM(coretest.Cold)); !ok || !vm.Gone {
			t.Fatalf("after one poll without it: %v, %v; want it marked gone", vm, ok)
		}
		if err := s.Refresh(t.Context(), coretest.Berlin); err != nil {
			t.Fatal(err)
		}
		if vm, ok := s.View().VM(coretest.BerlinVM(coretest.Cold)); ok {
			t.Fatalf("after two polls without it: %v; want none", vm)
		}
	})
}

func TestPollGoneAndBack(t *testing.T) {
	t.Parallel()
	coretest.Bubble(t, coretest.Options{}, func(t *testing.T, w *coretest.World) {
		s := w.Login("admin")
		before, _ := s.View().VM(coretest.BerlinVM(coretest.Cold))
		w.Berlin.RemoveVM(coretest.Cold)
		_ = s.Refresh(t.Context(), coretest.Berlin)
		w.Berlin.PutVM(before)
		_ = s.Refresh(t.Context(), coretest.Berlin)
		if vm, ok := s.View().VM(coretest.BerlinVM(coretest.Cold)); !ok || vm.Gone {
			t.Fatalf("after it came back: %v, %v; want it as before", vm, ok)
		}
	})
}

func TestPollFailedAnswersRemoveNothing(t *testing.T) {
	t.Parallel()
	for _, method := range []string{"", "Stamps", "Nodes", "Jobs"} {
		t.Run(method, func(t *testing.T) {
			t.Parallel()
			coretest.Bubble(t, coretest.Options{}, func(t *testing.T, w *coretest.World) {
				s := w.Login("admin")
				jobs := len(s.View().Jobs())
				w.Berlin.Fail(method, w.Berlin.Unreachable())
				for range 3 {
					if err := s.Refresh(t.Context(), coretest.Berlin); core.CodeOf(err) != core.CodeUnreachable {
						t.Fatalf("refresh: %v, want unreachable", err)
					}
				}
				v := s.View()
				c, _ := v.Cluster(coretest.Berlin)
				if len(v.VMs()) != 24 || len(v.Nodes()) != 6 || len(v.Jobs()) != jobs {
					t.Errorf("%d VMs, %d nodes, %d jobs are left, want 24, 6, %d", len(v.VMs()), len(v.Nodes()), len(v.Jobs()), jobs)
				}
				if c.Health.Reachable() || c.Health.Since.IsZero() || !c.Health.Retry.After(time.Now()) || c.Health.Fetched.IsZero() {
					t.Errorf("health is %+v, want unreachable with since, retry and age", c.Health)
				}
				w.Berlin.Fail(method, nil)
				w.Until(s, "berlin recovers by itself", func(v *core.View) bool {
					c, _ := v.Cluster(coretest.Berlin)
					return c.Health.Reachable()
				})
			})
		})
	}
}

func TestPollBrokenOffList(t *testing.T) {
	t.Parallel()
	coretest.Bubble(t, coretest.Options{}, func(t *testing.T, w *coretest.World) {
		s := w.Login("admin")
		w.Berlin.Fail("Stamps", core.Errorf(core.CodeUnsupported, "no query"))
		w.Berlin.BreakOff(3)
		for range 3 {
			if err := s.Refresh(t.Context(), coretest.Berlin); err == nil {
				t.Fatal("refresh: nil, want the error of the list that broke off")
			}
		}
		if n := len(s.View().VMs()); n != 24 {
			t.Errorf("%d VMs are left after a list that broke off, want 24", n)
		}
		w.Berlin.BreakOff(0)
		if err := s.Refresh(t.Context(), coretest.Berlin); err != nil {
			t.Fatal(err)
		}
		for _, vm := range s.View().VMs() {
			if vm.Gone {
				t.Errorf("%s is marked gone by a list that broke off", vm.Name)
			}
		}
	})
}

func TestPollEmptyAnswer(t *testing.T) {
	t.Parallel()
	coretest.Bubble(t, coretest.Options{}, func(t *testing.T, w *coretest.World) {
		s := w.Login("admin")
		for _, vm := range s.View().VMs() {
			if vm.Cluster == coretest.Berlin {
				w.Berlin.RemoveVM(vm.Name)
			}
		}
		bulks := w.Berlin.Calls("VMs")
		_ = s.Refresh(t.Context(), coretest.Berlin)
		if n := len(s.View().VMs()); n != 24 || w.Berlin.Calls("VMs") != bulks+1 {
			t.Fatalf("%d VMs after the first empty answer and %d inventories, want 24 and one more than %d", n, w.Berlin.Calls("VMs"), bulks)
		}
		_ = s.Refresh(t.Context(), coretest.Berlin)
		if n := len(s.View().VMs()); n != 9 || w.Berlin.Calls("VMs") != bulks+2 {
			t.Fatalf("%d VMs after the second empty answer, want those of paris: 9", n)
		}
	})
}

func TestPollAsksForLittle(t *testing.T) {
	t.Parallel()
	coretest.Bubble(t, coretest.Options{}, func(t *testing.T, w *coretest.World) {
		s := w.Login("admin")
		before := s.View()
		calls := func() [2]int { return [2]int{w.Berlin.Calls("VMs"), w.Berlin.Calls("VM")} }
		start := calls()
		_ = s.Refresh(t.Context(), coretest.Berlin)
		if got := calls(); got != start {
			t.Errorf("an unchanged cluster was asked %v times for whole VMs, want %v", got, start)
		}
		after := s.View()
		if after.Rev() == before.Rev() || after.ListRev(core.KindVM) != before.ListRev(core.KindVM) {
			t.Error("an unchanged poll must move Rev (the age) and not ListRev")
		}
		w.Berlin.SetStatus(coretest.Web1, "ERROR_down")
		_ = s.Refresh(t.Context(), coretest.Berlin)
		if vm, _ := s.View().VM(coretest.BerlinVM(coretest.Web1)); vm.State != core.StateError || calls() != start {
			t.Errorf("a changed status: %v with %v calls, want error without a call", vm.State, calls())
		}
		w.Berlin.ChangeVM(coretest.Web1, func(vm *core.VM) { vm.MemoryMiB = 4321 })
		_ = s.Refresh(t.Context(), coretest.Berlin)
		if vm, _ := s.View().VM(coretest.BerlinVM(coretest.Web1)); vm.MemoryMiB != 4321 || calls() != [2]int{start[0], start[1] + 1} {
			t.Errorf("a changed VM: %d MiB with %v calls, want 4321 and one VM", vm.MemoryMiB, calls())
		}
		for i, vm := range s.View().VMs() {
			if vm.Name != coretest.Web1 && vm != before.VMs()[i] {
				t.Errorf("%s was replaced though it did not change", vm.Name)
			}
		}
	})
}

// TestPollNoticesNodeGroups holds that what a cluster tells of itself is asked for
// again when a job that may have changed it ended, and not for any other job.
func TestPollNoticesNodeGroups(t *testing.T) {
	t.Parallel()
	coretest.Bubble(t, coretest.Options{}, func(t *testing.T, w *coretest.World) {
		s := w.Login("admin")
		for _, tt := range []struct {
			opcode, on string
			want       int
		}{{"GROUP_ADD", "rack9", 1}, {"TAGS_SET", "", 1}, {"INSTANCE_REBOOT", coretest.Web1, 0}, {"TAGS_SET", coretest.Web1, 0}} {
			_ = s.Refresh(t.Context(), coretest.Berlin)
			before := w.Berlin.Calls("Info")
			w.Berlin.AddJob(tt.opcode, tt.on, "")
			<-time.NewTimer(time.Minute).C
			_ = s.Refresh(t.Context(), coretest.Berlin)
			_ = s.Refresh(t.Context(), coretest.Berlin)
			if got := w.Berlin.Calls("Info") - before; got != tt.want {
				t.Errorf("after %s of %q the cluster was asked %d times what it is, want %d", tt.opcode, tt.on, got, tt.want)
			}
		}
	})
}

func TestPollDeadClusterDoesNotSlowOthers(t *testing.T) {
	t.Parallel()
	coretest.Bubble(t, coretest.Options{}, func(t *testing.T, w *coretest.World) {
		s := w.Login("admin")
		w.Berlin.Fail("", w.Berlin.Unreachable())
		berlin, paris := w.Berlin.Calls("Info")+w.Berlin.Calls("Stamps"), w.Paris.Calls("Stamps")
		timer := time.NewTimer(10 * time.Minute)
		<-timer.C
		berlin = w.Berlin.Calls("Info") + w.Berlin.Calls("Stamps") - berlin
		paris = w.Paris.Calls("Stamps") - paris
		if berlin < 5 || berlin > 15 || paris < 17 || paris > 21 {
			t.Errorf("in 10 min the dead cluster was asked %d times and the good one %d, want about 10 and 19", berlin, paris)
		}
		w.Paris.SetStatus(coretest.Shop1, "ERROR_down")
		s.Looking(coretest.Paris)
		w.Until(s, "paris shows the change", func(v *core.View) bool {
			vm, _ := v.VM(core.VMRef(coretest.Paris, coretest.Shop1))
			return vm.State == core.StateError
		})
	})
}

func TestPollLookingIsFaster(t *testing.T) {
	t.Parallel()
	coretest.Bubble(t, coretest.Options{}, func(t *testing.T, w *coretest.World) {
		s := w.Login("admin")
		start := w.Berlin.Calls("Stamps")
		s.Looking(coretest.Berlin)
		timer := time.NewTimer(time.Minute)
		<-timer.C
		if n := w.Berlin.Calls("Stamps") - start; n < 10 || n > 13 {
			t.Errorf("a cluster on the screen was asked %d times a minute, want about 11", n)
		}
	})
}

// TestPollTellsWhatItLeavesOut: a VM whose name is safe nowhere is not shown, but
// that there is one is.
func TestPollTellsWhatItLeavesOut(t *testing.T) {
	t.Parallel()
	coretest.Bubble(t, coretest.Options{}, func(t *testing.T, w *coretest.World) {
		admin, ann := w.Login("admin"), w.Login("ann")
		leftOut := func(s *core.Session) string {
			t.Helper()
			if err := admin.Refresh(t.Context(), coretest.Berlin); err != nil {
				t.Fatal(err)
			}
			c, _ := s.View().Cluster(coretest.Berlin)
			return c.Health.LeftOut.String()
		}
		const allowed = "; gwm knows names of letters, digits and . _ - + @"
		if got := leftOut(admin); got != "" {
			t.Errorf("at first: %q", got)
		}
		w.Berlin.PutVM(&core.VM{Cluster: coretest.Berlin, Name: "we b1\x1b[2J"})
		for _, round := range []string{"by the query", "again", "without a query"} {
			if round == "without a query" {
				w.Berlin.Fail("Stamps", core.Errorf(core.CodeUnsupported, "no query"))
			}
			if got := leftOut(admin); got != `1 VM left out because of its name, "we b1·[2J"`+allowed {
				t.Errorf("%s: %q", round, got)
			}
		}
		if got := leftOut(ann); got != "" {
			t.Errorf("who sees one VM is told %q", got)
		}
		w.Berlin.PutVM(&core.VM{Cluster: coretest.Berlin, Name: "a " + strings.Repeat("b", 400)})
		if got := leftOut(admin); got != `2 VMs left out because of their names, like "a `+strings.Repeat("b", 58)+`…"`+allowed {
			t.Errorf("two: %q", got)
		}
		if n := len(admin.View().VMs()); n != 24 {
			t.Errorf("%d VMs, want 24", n)
		}
	})
}

// TestPollAsksNodesSeldom: a cluster asks each of its nodes to tell what is
// free, so that it is left alone while nothing moved; the age is told.
func TestPollAsksNodesSeldom(t *testing.T) {
	t.Parallel()
	coretest.Bubble(t, coretest.Options{}, func(t *testing.T, w *coretest.World) {
		s := w.Login("admin")
		health := func() core.Health { c, _ := s.View().Cluster(coretest.Berlin); return c.Health }
		nodes, stamps := w.Berlin.Calls("Nodes"), w.Berlin.Calls("Stamps")
		oldest := time.Duration(0)
		for until := time.Now().Add(5 * time.Minute); time.Now().Before(until); {
			s.Looking(coretest.Berlin)
			<-time.After(time.Second)
			h := health()
			oldest = max(oldest, h.Fetched.Sub(h.NodesFetched))
		}
		nodes, stamps = w.Berlin.Calls("Nodes")-nodes, w.Berlin.Calls("Stamps")-stamps
		if nodes < 8 || nodes > 10 || stamps < 50 || oldest < 20*time.Second || oldest > 35*time.Second {
			t.Errorf("in 5 min %d questions for the nodes and %d for the VMs, the nodes up to %v older; want about 9, 58, 30 s", nodes, stamps, oldest)
		}
		for what, change := range map[string]func(){
			"a VM changed":     func() { w.Berlin.SetStatus(coretest.Web1, "ERROR_down") },
			"a job ran":        func() { _, _ = w.Berlin.Submit(t.Context(), core.StopVM{VM: core.VMRef("", coretest.Web1)}, "") },
			"somebody pressed": func() { _ = s.Refresh(t.Context(), coretest.Berlin) },
		} {
			before, began := w.Berlin.Calls("Nodes"), time.Now()
			change()
			w.Until(s, what, func(*core.View) bool { return w.Berlin.Calls("Nodes") > before })
			if h := health(); time.Since(began) > 10*time.Second || h.Fetched.Before(began) || h.NodesFetched.Before(began) {
				t.Errorf("%s: the nodes were asked after %v; health %+v", what, time.Since(began), h)
			}
		}
	})
}

func TestPollFollowsTheClusters(t *testing.T) {
	t.Parallel()
	coretest.Bubble(t, coretest.Options{}, func(t *testing.T, w *coretest.World) {
		s := w.Local()
		w.Do(s, core.RemoveCluster{Name: coretest.Paris})
		w.Until(s, "paris is gone", func(v *core.View) bool { return len(v.Clusters()) == 1 && len(v.VMs()) == 15 })
		w.Do(s, core.AddCluster{Cluster: core.Cluster{
			Name: coretest.Paris, Platform: "ganeti", URL: "https://paris.example.org:5080", User: "gwm",
		}, Password: core.NewSecret("x")})
		w.Until(s, "paris is back", func(v *core.View) bool { return len(v.VMs()) == 24 })
		c, _ := s.View().Cluster(coretest.Berlin)
		c.Cluster.Description = "edited"
		w.Do(s, core.EditCluster{Cluster: c.Cluster})
		w.Until(s, "the edit shows", func(v *core.View) bool {
			c, _ := v.Cluster(coretest.Berlin)
			return c.Cluster.Description == "edited" && c.Health.Reachable()
		})
		if len(s.View().VMs()) != 24 {
			t.Errorf("%d VMs after an edit, want 24", len(s.View().VMs()))
		}
	})
}

// TestPasswordsAreReadWhenClustersAreEdited counts how often the passwords of the
// clusters are read and decrypted.
func TestPasswordsAreReadWhenClustersAreEdited(t *testing.T) {
	t.Parallel()
	coretest.Bubble(t, coretest.Options{}, func(t *testing.T, w *coretest.World) {
		s := w.Local()
		c, _ := s.View().Cluster(coretest.Berlin)
		edited, password := c.Cluster, core.NewSecret("another")
		edited.Description = "edited"
		synctest.Wait() // what the start left to do
		for _, tt := range []struct {
			name string
			op   core.Op
			want bool
		}{
			{"somebody gets an account", core.AddUser{User: core.User{Name: "zoe"}}, false},
			{"somebody gets a right", core.SetGrant{Who: core.UserRef("zoe"), On: core.ClusterRef(coretest.Berlin), Verbs: []core.Verb{core.VerbSee}}, false},
			{"settings change", core.EditCluster{Cluster: edited}, true},
			{"the password alone changes", core.EditCluster{Cluster: edited, Password: &password}, true},
			{"a cluster goes", core.RemoveCluster{Name: coretest.Paris}, true},
		} {
			var read atomic.Int32
			w.Store.FailRead(func(key string) error {
				if strings.HasSuffix(key, "/password") {
					read.Add(1)
				}
				return nil
			})
			w.Do(s, tt.op)
			synctest.Wait()
			if got := read.Load() > 0; got != tt.want {
				t.Errorf("%s: passwords are read: %t", tt.name, got)
			}
		}
	})
}

func TestRestartShowsTheLastState(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := coretest.Start(t)
		s := w.Local()
		w.Berlin.ChangeVM(coretest.Web1, func(vm *core.VM) { vm.MemoryMiB = 4321 })
		_ = s.Refresh(t.Context(), "")
		fetched := s.View().Clusters()[0].Health.Fetched
		w.Stop()
		w.Berlin.Fail("", w.Berlin.Unreachable())
		again := coretest.StartWith(t, coretest.Options{Store: w.Store, Berlin: w.Berlin, Paris: w.Paris, DontRun: true})
		s = again.Local()
		v := s.View()
		c, _ := v.Cluster(coretest.Berlin)
		if len(v.VMs()) != 24 || len(v.Nodes()) != 6 || !c.Health.Fetched.Equal(fetched) || !c.Health.Loading {
			t.Errorf("before the first poll: %d VMs, %d nodes, %+v; want 24, 6, fetched %s, loading", len(v.VMs()), len(v.Nodes()), c.Health, fetched)
		}
		again.Run()
		again.Wait()
		if vm, ok := s.View().VM(coretest.BerlinVM(coretest.Web1)); !ok || vm.MemoryMiB != 4321 {
			t.Errorf("web1 is %+v, %v with a dead cluster; want what was seen last", vm, ok)
		}
		calls := w.Berlin.Calls("VM")
		w.Berlin.Fail("", nil)
		_ = s.Refresh(t.Context(), coretest.Berlin)
		d, err := s.VMDetail(t.Context(), coretest.BerlinVM(coretest.Web1))
		if err != nil || d.VM.MemoryMiB != 4321 || len(d.Backend) == 0 || w.Berlin.Calls("VM") != calls {
			t.Errorf("detail %+v, %v with %d calls; want it from the cache", d, err, w.Berlin.Calls("VM")-calls)
		}
	})
}

func TestPollTakesHypervisorsFromStamps(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		berlin := coretest.NewBerlin()
		berlin.HideHypervisors()
		w := coretest.StartWith(t, coretest.Options{Berlin: berlin})
		s := w.Login("admin")
		check := func(when string) {
			t.Helper()
			for _, vm := range s.View().VMs() {
				if vm.Hypervisor != "kvm" {
					t.Errorf("%s: %s has the hypervisor %q, want kvm", when, vm.Name, vm.Hypervisor)
				}
			}
		}
		check("after the first poll")
		berlin.ChangeVM(coretest.Web1, func(vm *core.VM) { vm.VCPUs = 3 })
		_ = s.Refresh(t.Context(), coretest.Berlin)
		check("after one VM was fetched again")
		rev := s.View().ListRev(core.KindVM)
		w.Berlin.Fail("Stamps", core.Errorf(core.CodeUnsupported, "no query"))
		_ = s.Refresh(t.Context(), coretest.Berlin)
		check("after the whole inventory was fetched again")
		if s.View().ListRev(core.KindVM) != rev {
			t.Error("an unchanged inventory made a new list")
		}
	})
}

// What is published is never changed: somebody may be reading it.
func TestPollFillsInHypervisorsInCopies(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		berlin := coretest.NewBerlin()
		berlin.HideHypervisors()
		berlin.Fail("Stamps", berlin.Unreachable())
		w := coretest.StartWith(t, coretest.Options{Berlin: berlin})
		s := w.Login("admin")
		published, ok := s.View().VM(coretest.BerlinVM(coretest.Web1))
		if !ok || published.Hypervisor != "" {
			t.Fatalf("before: %+v", published)
		}
		berlin.Fail("Stamps", nil)
		for i := range 30 { // so many that the whole inventory is cheaper
			vm := *published
			vm.Name = fmt.Sprintf("new%02d.example.org", i)
			berlin.PutVM(&vm)
		}
		_ = s.Refresh(t.Context(), coretest.Berlin)
		if now, _ := s.View().VM(coretest.BerlinVM(coretest.Web1)); now.Hypervisor != "kvm" {
			t.Errorf("afterwards the hypervisor is %q, want kvm", now.Hypervisor)
		}
		if published.Hypervisor != "" {
			t.Error("a published VM was changed")
		}
	})
}
