package command

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"testing/synctest"

	"gwm/core"
	"gwm/core/coretest"
)

// TestJSONHoldsNoNull holds that a program finds a list wherever it expects one,
// however empty.
func TestJSONHoldsNoNull(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := coretest.Start(t)
		root := w.Login("admin")
		for _, op := range []core.Op{
			core.AddUser{User: core.User{Name: "kim"}}, core.AddGroup{Group: core.Group{Name: "empty"}},
		} {
			if _, err := root.Do(t.Context(), op); err != nil {
				t.Fatal(err)
			}
		}
		w.Berlin.ChangeVM(coretest.Web1, func(vm *core.VM) { vm.Tags, vm.NICs, vm.Disks = nil, nil, nil })
		if err := root.Refresh(t.Context(), ""); err != nil {
			t.Fatal(err)
		}
		for _, line := range []string{
			"cluster list", "cluster show berlin", "vm list", "vm list nothinglikethis", "vm show " + coretest.Web1,
			"node list", "job list", "user list", "user show kim", "group list", "group show empty", "grant list --to kim",
			"grant roles", "key list kim", "lock list", "audit list", "audit verify", "whoami", "session list", "version",
			"vm start berlin/" + coretest.Web1, "can see berlin",
		} {
			var out, messages bytes.Buffer
			code := Run(t.Context(), Env{Session: root, Stdin: strings.NewReader(""), Stdout: &out, Stderr: &messages},
				append(strings.Fields(line), "--output", "json"))
			if code != ExitDone || !json.Valid(out.Bytes()) {
				t.Errorf("%s: exit %d, %s%s", line, code, &messages, &out)
			}
			if strings.Contains(out.String(), "null") {
				t.Errorf("%s: %s", line, &out)
			}
		}
	})
}

// TestDisklessVM holds that the table of VMs says of a VM without disks that it
// has none.
func TestDisklessVM(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := coretest.Start(t)
		w.Berlin.ChangeVM(coretest.Web1, func(vm *core.VM) { vm.Disks, vm.DiskMiB = nil, 0 })
		root := w.Login("admin")
		if err := root.Refresh(t.Context(), ""); err != nil {
			t.Fatal(err)
		}
		var out, messages bytes.Buffer
		code := Run(t.Context(), Env{Session: root, Stdin: strings.NewReader(""), Stdout: &out, Stderr: &messages},
			[]string{"vm", "list", "name:" + coretest.Web1})
		if code != ExitDone || strings.Contains(out.String(), " 0M ") || !strings.Contains(out.String(), " - ") {
			t.Errorf("exit %d: %s%s", code, &messages, &out)
		}
	})
}

// TestListTellsWhatIsLeftOut holds that a list that is not whole says so, beside it.
func TestListTellsWhatIsLeftOut(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := coretest.Start(t)
		w.Berlin.PutVM(&core.VM{Cluster: coretest.Berlin, Name: "we b1"})
		root := w.Login("admin")
		if err := root.Refresh(t.Context(), ""); err != nil {
			t.Fatal(err)
		}
		const want = `1 VM left out because of its name, "we b1"; gwm knows names of letters, digits and . _ - + @`
		run := func(line string) (out, messages string) {
			var a, b bytes.Buffer
			if code := Run(t.Context(), Env{Session: root, Stdin: strings.NewReader(""), Stdout: &a, Stderr: &b}, strings.Fields(line)); code != ExitDone {
				t.Errorf("%s: exit %d", line, code)
			}
			return a.String(), b.String()
		}
		if out, messages := run("vm list"); messages != "gwm: berlin: "+want+"\n" || strings.Contains(out, "we b1") {
			t.Errorf("vm list says %q beside\n%s", messages, out)
		}
		if out, _ := run("cluster show berlin"); !strings.Contains(out, want) {
			t.Errorf("cluster show:\n%s", out)
		}
	})
}

// TestFollowClusterJobInJSON holds that following a job prints it once, as one
// object, also where it is a cluster's own.
func TestFollowClusterJobInJSON(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := coretest.Start(t)
		root := w.Login("admin")
		id := w.Berlin.AddJob("INSTANCE_REBOOT", coretest.Web1, "somebody")
		if err := root.Refresh(t.Context(), coretest.Berlin); err != nil {
			t.Fatal(err)
		}
		var out, messages bytes.Buffer
		code := Run(t.Context(), Env{Session: root, Stdin: strings.NewReader(""), Stdout: &out, Stderr: &messages},
			[]string{"job", "wait", "berlin/job/" + id, "--output", "json"})
		var job jobJSON
		if err := json.Unmarshal(out.Bytes(), &job); err != nil || code != ExitDone || job.State != core.JobDone {
			t.Errorf("exit %d, %v: %s%s", code, err, &messages, &out)
		}
	})
}

// TestPartOfACluster holds that who sees a part of a cluster is told of that part
// only: no sums that they may not know as nothing, no guess at whom it trusts.
func TestPartOfACluster(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := coretest.Start(t)
		show := func(user string) string {
			var out, messages bytes.Buffer
			if code := Run(t.Context(), Env{Session: w.Login(user), Stdin: strings.NewReader(""), Stdout: &out, Stderr: &messages}, []string{"cluster", "show", coretest.Berlin}); code != ExitDone {
				t.Fatalf("%s: exit %d: %s", user, code, &messages)
			}
			return out.String()
		}
		for _, want := range []string{"authority of this system", "memory free", "nodes  "} {
			if out := show("admin"); !strings.Contains(out, want) {
				t.Errorf("admin is not told %q:\n%s", want, out)
			}
			if out := show("ann"); strings.Contains(out, want) {
				t.Errorf("ann is told %q:\n%s", want, out)
			}
		}
		if out := show("ann"); !strings.Contains(out, "for who may see the cluster as a whole") || !strings.Contains(out, "1, 1 running") {
			t.Errorf("ann is told\n%s", out)
		}
	})
}
