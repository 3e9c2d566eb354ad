package core

import (
	"fmt"
	"testing"
	"time"
)

// fleet makes a snapshot of clusters with VMs and some nodes each.
func fleet(clusters, vms int) *Snapshot {
	snap := &Snapshot{Rev: 1, Clusters: map[string]*ClusterState{}}
	for c := range clusters {
		name := fmt.Sprintf("c%02d", c)
		st := &ClusterState{Name: name, Health: Health{Fetched: time.Now()}}
		for i := range vms {
			vm := &VM{
				Cluster: name, Name: fmt.Sprintf("vm%05d.example.org", i), Status: "running", State: StateRunning,
				Node: fmt.Sprintf("node%03d.%s.example.org", i%100, name), OS: "debootstrap+default", Hypervisor: "kvm",
				DiskTemplate: "drbd", VCPUs: 2, MemoryMiB: 2048, RunMemoryMiB: 2048, DiskMiB: 20480, Tags: []string{"env:prod", "web"},
				Disks: []Disk{{UUID: fmt.Sprint(c, i), SizeMiB: 20480}},
				NICs:  []NIC{{MAC: fmt.Sprintf("aa:00:00:%02x:%02x:%02x", c, i/256, i%256), IP: "192.0.2.1", Mode: "bridged", Link: "br0"}},
			}
			vm.Search = searchText(vm)
			st.VMs = append(st.VMs, vm)
		}
		for i := range 100 {
			st.Nodes = append(st.Nodes, &Node{Cluster: name, Name: fmt.Sprintf("node%03d.%s.example.org", i, name), MemoryMiB: 65536})
		}
		snap.Clusters[name] = st
	}
	return snap
}

// engineOn is the engine of a core with an administrator and an operator of one VM.
func engineOn(snap *Snapshot) *engine {
	p := &people{
		clusters: map[string]Cluster{},
		users:    map[string]User{"admin": {Name: "admin", Admin: true}, "ann": {Name: "ann"}},
		grants: map[grantID]Grant{{UserRef("ann"), VMRef("c00", "vm00001.example.org")}: {
			Who: UserRef("ann"), On: VMRef("c00", "vm00001.example.org"), Verbs: []Verb{VerbPower},
		}},
	}
	for name := range snap.Clusters {
		p.clusters[name] = Cluster{Name: name, User: "gwm"}
	}
	p.indexGroups()
	p.listGrants()
	c := &Core{tuning: Tuning{}.withDefaults()}
	c.people.Store(p)
	c.snap.Store(snap)
	c.engine = newEngine(c, func(InventoryConfig) Inventory { return nil })
	return c.engine
}

// BenchmarkView takes a person's view of 100,000 VMs: the first, and the next
// after one cluster published its age, and after one VM of it changed.
func BenchmarkView(b *testing.B) {
	snap := fleet(50, 2000)
	for _, who := range []string{"admin", "ann"} {
		b.Run(who+"/first", func(b *testing.B) {
			for b.Loop() {
				engineOn(snap).view(who)
			}
		})
		b.Run(who+"/age", func(b *testing.B) {
			e := engineOn(snap)
			for b.Loop() {
				e.core.snap.Store(e.core.snap.Load().with(e.core.snap.Load().Clusters["c07"]))
				e.view(who)
			}
		})
		b.Run(who+"/changed", func(b *testing.B) {
			e := engineOn(snap)
			for b.Loop() {
				st := *e.core.snap.Load().Clusters["c07"]
				st.VMs = append([]*VM(nil), st.VMs...)
				e.core.snap.Store(e.core.snap.Load().with(&st))
				e.view(who)
			}
		})
	}
}

func BenchmarkFilter(b *testing.B) {
	e := engineOn(fleet(50, 2000))
	vms := e.view("admin").VMs()
	for _, line := range []string{"vm01234", "~v1p", "status:running", "tag:prod memory>1G", "/vm0123[4-6]/"} {
		b.Run(line, func(b *testing.B) {
			f, err := ParseFilter(line)
			if err != nil {
				b.Fatal(err)
			}
			for b.Loop() {
				for _, vm := range vms {
					f.Match(vm)
				}
			}
		})
	}
}

func BenchmarkFind(b *testing.B) {
	v := engineOn(fleet(50, 2000)).view("admin")
	for b.Loop() {
		_, _ = v.Find(KindVM, "c49/vm01999")
	}
}

// BenchmarkUsage reckons what one of 100 owners of 100,000 VMs uses: the first
// time, after one VM changed, and again.
func BenchmarkUsage(b *testing.B) {
	e := engineOn(fleet(1, 100_000))
	p := *e.core.people.Load()
	p.owners = map[Ref]Ownership{}
	for i, vm := range e.core.snap.Load().Clusters["c00"].VMs {
		p.owners[vm.Ref()] = Ownership{VM: vm.Ref(), Owner: GroupRef(fmt.Sprint("g", i%100))}
	}
	e.core.people.Store(&p)
	v, who := e.view("admin"), GroupRef("g1")
	if u := v.Usage(who); len(u) != 1 || u[0].Running != 1000 {
		b.Fatalf("the use is %+v", u)
	}
	b.Run("first", func(b *testing.B) {
		for b.Loop() {
			e.core.ledger.tallies = nil
			v.Usage(who)
		}
	})
	b.Run("next", func(b *testing.B) {
		st := v.snap.Clusters["c00"]
		for b.Loop() {
			vms, vm := append([]*VM(nil), st.VMs...), *st.VMs[7]
			vms[7] = &vm
			st.VMs = vms
			v.Usage(who)
		}
	})
	b.Run("again", func(b *testing.B) {
		for b.Loop() {
			v.Usage(who)
		}
	})
	s := &Session{core: e.core, who: "admin"}
	op := StartVM{VM: e.core.snap.Load().Clusters["c00"].VMs[1].Ref()}
	b.Run("can", func(b *testing.B) {
		for b.Loop() {
			s.Can(op)
		}
	})
}
