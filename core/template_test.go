package core_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"gwm/core"
	"gwm/core/coretest"
)

// small is a template of berlin.
func small(name string) core.Template {
	return core.Template{Cluster: "berlin", Name: name, VM: core.CreateVM{
		OS: "noop", Hypervisor: "kvm", DiskTemplate: "plain", MemoryMiB: 512, VCPUs: 1, Start: true,
		Disks: []core.NewDisk{{SizeMiB: 10240, Name: "root"}}, NICs: []core.NewNIC{{}},
		HypervisorParams: map[string]string{"boot_order": "disk"},
	}}
}

func TestTemplates(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.do(h.root, core.AddCluster{Cluster: core.Cluster{Name: "paris", URL: "https://paris:5080", User: "gwm"}, Password: core.NewSecret("x")})
	h.do(h.root, core.SetGrant{Who: core.UserRef("bob"), On: core.ClusterRef("berlin"), Verbs: []core.Verb{core.VerbCreateVM}})
	h.do(h.root, core.SetGrant{Who: core.UserRef("eve"), On: core.ClusterRef("berlin"), Verbs: []core.Verb{core.VerbSee}})
	bob, eve := h.login("bob"), h.login("eve")

	h.do(bob, core.SaveTemplate{Template: small("small")})
	saved, err := bob.Template(t.Context(), "berlin", "small")
	if err != nil || saved.By != "bob" || saved.At.IsZero() {
		t.Fatalf("the template that was saved is %+v, %v", saved, err)
	}
	was := saved
	saved.By, saved.At = "", small("").At
	if diff := cmp.Diff(small("small"), saved); diff != "" {
		t.Errorf("the template is kept otherwise (-want +got):\n%s", diff)
	}

	// Two people edit it.
	mine, theirs := was, was
	mine.Description, theirs.VM.MemoryMiB = "mine", 1024
	h.do(h.root, core.SaveTemplate{Template: theirs, Was: &was})
	_, err = bob.Do(t.Context(), core.SaveTemplate{Template: mine, Was: &was})
	refused(t, "a second edit", err, core.CodeConflict, "changed the template berlin/small meanwhile")
	_, err = bob.Do(t.Context(), core.RemoveTemplate{Cluster: "berlin", Name: "small", Was: &was})
	refused(t, "a removal of what changed", err, core.CodeConflict, "meanwhile")

	h.do(bob, core.CopyTemplate{Cluster: "berlin", Name: "small", To: "berlin", As: "tiny"})
	h.do(h.root, core.CopyTemplate{Cluster: "berlin", Name: "small", To: "paris"})
	names := func(s *core.Session, cluster string) string {
		t.Helper()
		list, err := s.Templates(t.Context(), cluster)
		if err != nil {
			t.Fatal(err)
		}
		var out []string
		for _, tpl := range list {
			out = append(out, tpl.Path())
		}
		return strings.Join(out, " ")
	}
	if diff := cmp.Diff([]string{"berlin/small berlin/tiny paris/small", "berlin/small berlin/tiny", "", ""},
		[]string{names(h.root, ""), names(bob, ""), names(eve, ""), names(eve, "berlin")}); diff != "" {
		t.Errorf("what each sees (-want +got):\n%s", diff)
	}

	// What one may not use does not exist.
	unknown := func(name string) string { return `no template named "` + name + `" that you may see` }
	for _, tt := range []struct {
		name string
		who  *core.Session
		op   core.Op
		code core.Code
		want string
	}{
		{"copy what one may not use", bob, core.CopyTemplate{Cluster: "paris", Name: "small", To: "berlin", As: "x"}, core.CodeNotFound, unknown("paris/small")},
		{"copy what is not there", bob, core.CopyTemplate{Cluster: "paris", Name: "none", To: "berlin", As: "x"}, core.CodeNotFound, unknown("paris/none")},
		{"copy to a hidden cluster", bob, core.CopyTemplate{Cluster: "berlin", Name: "small", To: "paris"}, core.CodeNotFound, `no cluster named "paris"`},
		{"copy over another", bob, core.CopyTemplate{Cluster: "berlin", Name: "small", To: "berlin", As: "tiny"}, core.CodeConflict, "there is a template berlin/tiny already"},
		{"copy to itself", bob, core.CopyTemplate{Cluster: "berlin", Name: "small", To: "berlin"}, core.CodeInvalid, "needs another name"},
		{"remove without the right", eve, core.RemoveTemplate{Cluster: "berlin", Name: "small"}, core.CodeNotFound, unknown("berlin/small")},
		{"save without the right", eve, core.SaveTemplate{Template: small("x")}, core.CodeDenied, "save template x: needs create_vm on berlin"},
		{"save over another", bob, core.SaveTemplate{Template: small("small")}, core.CodeConflict, "there is a template berlin/small already"},
		{"save what was removed", bob, core.SaveTemplate{Template: small("gone"), Was: &was}, core.CodeConflict, "somebody removed the template"},
		{"save under a bad name", bob, core.SaveTemplate{Template: small("Big One")}, core.CodeInvalid, "cannot be the name of a template"},
		{"save without a system", bob, core.SaveTemplate{Template: core.Template{Cluster: "berlin", Name: "x"}}, core.CodeInvalid, "no operating system"},
		{"save with an owner", bob, core.SaveTemplate{Template: core.Template{Cluster: "berlin", Name: "x", VM: core.CreateVM{Owner: ops}}}, core.CodeInvalid, "neither name nor owner"},
	} {
		_, err := tt.who.Do(t.Context(), tt.op)
		refused(t, tt.name, err, tt.code, tt.want)
	}
	if _, err := eve.Template(t.Context(), "berlin", "small"); core.CodeOf(err) != core.CodeNotFound {
		t.Errorf("who may not create VMs reads a template: %v", err)
	}

	// A core that is opened on the same store knows them; a cluster takes its
	// own with it.
	again := h.another()
	root, err := again.Local(t.Context(), "", "test")
	if err != nil {
		t.Fatal(err)
	}
	if got := names(root, "berlin"); got != "berlin/small berlin/tiny" {
		t.Errorf("after a restart there are %q", got)
	}
	h.do(h.root, core.RemoveTemplate{Cluster: "berlin", Name: "tiny"})
	h.do(h.root, core.RemoveCluster{Name: "berlin"})
	if got := names(h.root, ""); got != "paris/small" {
		t.Errorf("after the cluster was removed there are %q", got)
	}
}

func refused(t *testing.T, what string, err error, code core.Code, want string) {
	t.Helper()
	if core.CodeOf(err) != code || !strings.Contains(err.Error(), want) {
		t.Errorf("%s is answered with %v, %q, want %v, %q", what, core.CodeOf(err), err, code, want)
	}
}

func TestTemplateCreate(t *testing.T) {
	t.Parallel()
	tpl := small("small")
	tpl.VM.NameCheck = true // of the names of its VMs, not of its own
	if err := tpl.Check(); err != nil {
		t.Error(err)
	}
	o := tpl.Create("web9.example.org")
	if o.VM != core.VMRef("berlin", "web9.example.org") {
		t.Errorf("it makes %s", o.VM)
	}
	o.Owner, o.Node, o.NICs[0].MAC, o.NICs[0].IP = ops, core.NodeRef("berlin", "n1"), "aa:00:00:00:00:01", "192.0.2.1"
	if diff := cmp.Diff(tpl.VM, o.Shape()); diff != "" {
		t.Errorf("the shape of what was made of it differs (-want +got):\n%s", diff)
	}
}

func TestMisfits(t *testing.T) {
	t.Parallel()
	offer := core.Offer{
		Cluster: "paris", Hypervisors: []string{"fake"}, DiskTemplates: []string{"file"}, OSes: []string{"debian+default"}, Allocator: "hail",
		Hypervisor: map[string][]core.Param{"fake": {{Name: "migration_mode"}}},
		Policy:     core.Policy{Ranges: []core.PolicyRange{{Min: core.PolicySpec{MemoryMiB: 1024, DiskMiB: -1}, Max: core.PolicySpec{MemoryMiB: 2048, VCPUs: 4, Disks: 4, NICs: 1, DiskMiB: -1}}}},
	}
	vm := small("small").VM
	vm.NICs = append(vm.NICs, core.NewNIC{Network: "lan"})
	got := strings.Join(offer.Misfits(vm), "\n")
	for _, want := range []string{"no hypervisor kvm", "no disk template plain", "no operating system noop", "no network lan", "512 MiB of memory (at least 1 GiB)", "2 network interfaces (at most 1)"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is not named in\n%s", want, got)
		}
	}
	vm.Hypervisor, vm.DiskTemplate, vm.OS, vm.MemoryMiB, vm.NICs, vm.HypervisorParams = "fake", "file", "debian+default", 1024, vm.NICs[:1], nil
	if got := offer.Misfits(vm); got != nil {
		t.Errorf("what fits does not: %q", got)
	}
}

func TestTemplateOf(t *testing.T) {
	t.Parallel()
	w := coretest.Start(t)
	root := w.Local()
	defer root.Close()
	got, err := root.TemplateOf(t.Context(), coretest.BerlinVM(coretest.DB1))
	if err != nil {
		t.Fatal(err)
	}
	want := []core.NewDisk{{SizeMiB: 20 << 10}, {SizeMiB: 200 << 10}, {SizeMiB: 200 << 10}}
	for i := range got.Disks {
		got.Disks[i].Name = ""
	}
	if diff := cmp.Diff(want, got.Disks); diff != "" || got.OS != "debootstrap+default" || got.VCPUs != 8 || got.MemoryMiB != 16384 || len(got.NICs) != 2 || !got.Start {
		t.Errorf("the template of %s is %+v\n%s", coretest.DB1, got, diff)
	}
	if !got.VM.IsZero() || !got.Owner.IsZero() || got.NICs[0].MAC != "" {
		t.Errorf("it keeps what belongs to one VM alone: %+v", got)
	}
	if _, err := root.TemplateOf(t.Context(), coretest.BerlinVM("none")); core.CodeOf(err) != core.CodeNotFound {
		t.Errorf("a VM that is not there: %v", err)
	}
	w.Do(root, core.SaveTemplate{Template: core.Template{Cluster: coretest.Berlin, Name: "db", VM: got}})
}
