package rapi

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"gwm/core"
)

func TestVMFieldsThatDiffer(t *testing.T) {
	t.Parallel()
	empty := func(change func(*core.VM)) *core.VM {
		vm := &core.VM{Cluster: "c", Name: "a", State: core.StateUnknown, RunMemoryMiB: -1, Disks: []core.Disk{}, NICs: []core.NIC{}, Tags: []string{}}
		change(vm)
		return vm
	}
	for _, tt := range []struct {
		name, in string
		want     *core.VM
	}{
		{"nothing but a name", `{"name":"a"}`, empty(func(*core.VM) {})},
		{"nulls", `{"name":"a","tags":null,"nic.macs":null,"disk.sizes":null,"beparams":null,"hvparams":null,"snodes":null,"ctime":null,"serial_no":null,"status":null}`, empty(func(*core.VM) {})},
		{
			"lists of different length", `{"name":"a","nic.macs":["m1","m2"],"nic.ips":["i1"],"nic.links":["l1","l2","l3"],"nic.networks":[null,"u2"],"nic.networks.names":["n1"],"custom_nicparams":[null,{"vlan":7}],"disk.sizes":[5],"disk.uuids":["d1","d2"],"disk.names":null}`,
			empty(func(vm *core.VM) {
				vm.NICs = []core.NIC{{MAC: "m1", IP: "i1", Link: "l1", Network: "n1"}, {MAC: "m2", Link: "l2", Network: "u2", VLAN: "7"}, {Link: "l3"}}
				vm.Disks = []core.Disk{{UUID: "d1", SizeMiB: 5}, {UUID: "d2"}}
				vm.DiskMiB = 5
			}),
		},
		{"memory of old clusters", `{"name":"a","beparams":{"memory":512,"vcpus":2}}`, empty(func(vm *core.VM) { vm.MemoryMiB, vm.MinMemoryMiB, vm.VCPUs = 512, 512, 2 })},
		{"numbers as text", `{"name":"a","beparams":{"maxmem":"512","minmem":"256.9","vcpus":""},"serial_no":"3"}`, empty(func(vm *core.VM) { vm.MemoryMiB, vm.MinMemoryMiB, vm.Serial = 512, 256, 3 })},
		{"a port without a screen", `{"name":"a","network_port":11000,"hvparams":{"vnc_bind_address":"","x":{"vnc_bind_address":"y"}}}`, empty(func(*core.VM) {})},
		{"a screen", `{"name":"a","hvparams":{"spice_bind":"127.0.0.1"},"network_port":11000}`, empty(func(vm *core.VM) { vm.ConsolePort = 11000 })},
		{"escapes", `{"name":"a","\u006fs":"n\u00e9\ud83d\ude00\n"}`, empty(func(vm *core.VM) { vm.OS = "né😀\n" })},
		{"invalid UTF-8", "{\"name\":\"a\",\"os\":\"\xff\"}", empty(func(vm *core.VM) { vm.OS = "\ufffd" })},
		{"unknown fields", `{"name":"a","future":{"name":"b","x":[[1,{"y":null}]]}}`, empty(func(*core.VM) {})},
		{"hypervisor told", `{"name":"a","hypervisor":"kvm","ctime":1.5,"mtime":1700000000}`, empty(func(vm *core.VM) {
			vm.Hypervisor, vm.Created, vm.Modified = "kvm", time.Unix(1, 5e8).UTC(), time.Unix(17e8, 0).UTC()
		})},
		{"stopped", `{"name":"a","status":"USER_down","oper_ram":null}`, empty(func(vm *core.VM) { vm.Status, vm.State, vm.RunMemoryMiB = "USER_down", core.StateDown, 0 })},
		{"state of the future", `{"name":"a","status":"ERROR_tired"}`, empty(func(vm *core.VM) { vm.Status, vm.State, vm.RunMemoryMiB = "ERROR_tired", core.StateError, 0 })},
	} {
		d := vmDecoder{cluster: "c", seen: interner{}}
		// A VM with everything first: nothing of it may stay.
		if _, err := d.decode(capture(t, "instance-vm-both").Body); err != nil {
			t.Fatal(err)
		}
		got, err := d.decode([]byte(tt.in))
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
			continue
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s: %s", tt.name, diff)
		}
	}
}

func TestStamps(t *testing.T) {
	t.Parallel()
	const answer = `{"data": [[[0, "web1"], [0, "running"], [0, "up"], [0, "n1"], [0, "kvm"], [0, 128], [0, 4], [0, 1700000000.25]],
		[[0,"web2"],[0,"ADMIN_down"],[0,"down"],[0,"n1"],[0,"kvm"],[3,null],[0,1],[0,1]],
		[[0,"web3"],[0,"ERROR_nodedown"],[0,"up"],[0,"n2"],[0,"kvm"],[2,null],[0,1],[4,null],[1,null]]], "fields": [{"name": "name"}]}`
	c, requests := listen(t, answer)
	var got []core.VMStamp
	if err := c.Stamps(t.Context(), func(s core.VMStamp) error { got = append(got, s); return nil }); err != nil {
		t.Fatal(err)
	}
	want := []core.VMStamp{
		{Name: "web1", Status: "running", State: core.StateRunning, AdminState: "up", Node: "n1", Hypervisor: "kvm", RunMemoryMiB: 128, Serial: 4, Modified: time.Unix(17e8, 25e7).UTC()},
		{Name: "web2", Status: "ADMIN_down", State: core.StateDown, AdminState: "down", Node: "n1", Hypervisor: "kvm", Serial: 1, Modified: time.Unix(1, 0).UTC()},
		{Name: "web3", Status: "ERROR_nodedown", State: core.StateUnknown, AdminState: "up", Node: "n2", Hypervisor: "kvm", RunMemoryMiB: -1, Serial: 1},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if uri := requests()[0].URI; uri != "/2/query/instance?fields=name%2Cstatus%2Cadmin_state%2Cpnode%2Chypervisor%2Coper_ram%2Cserial_no%2Cmtime" {
		t.Errorf("asked %s", uri)
	}
}

func TestStampsWithoutQuery(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]core.Code{
		"error-404-path":            core.CodeUnsupported,
		"error-method-not-allowed":  core.CodeUnsupported,
		"error-400-missing-field":   core.CodeUnsupported,
		"error-400-query-resource":  core.CodeUnsupported,
		"error-403-read-only-write": core.CodeUnsupported,
		"error-401-bad-password":    core.CodeRefused,
		"error-luxid-down":          core.CodeUnreachable,
		"error-400-wrong-type":      core.CodeCluster,
	} {
		err := client(t, serve(t, recorded(t, name)).URL).Stamps(t.Context(), func(core.VMStamp) error { return nil })
		if core.CodeOf(err) != want {
			t.Errorf("%s: %v", name, err)
		}
	}
	// Without a user 401 says that queries are for people who log in.
	s := serve(t, recorded(t, "error-401-no-user"))
	c, err := New(Config{Cluster: core.Cluster{Name: "berlin", Platform: "ganeti", URL: s.URL, Insecure: true}})
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Stamps(t.Context(), func(core.VMStamp) error { return nil }); core.CodeOf(err) != core.CodeUnsupported {
		t.Errorf("without a user: %v", err)
	}
	for _, answer := range []string{
		`{"data":[[[0]]]}`, `{"data":[[]]}`, `{"data":[[[1,null],[0,"running"]]]}`, `{"data":[[[0,"a","b"]]]}`, `{"data":[{"name":"a"}]}`, `{"data":[[[0,["a"]]]]}`, `{"data":{}}`, `[]`, `{"data":[[[0,"a"],[0,"x"]`,
	} {
		c, _ := listen(t, answer)
		if err := c.Stamps(t.Context(), func(core.VMStamp) error { return nil }); err == nil {
			t.Errorf("%s was taken", answer)
		}
	}
}

// many is a list of n VMs like the recorded ones.
func many(tb testing.TB, n int) []byte {
	tb.Helper()
	e := capture(tb, "instance-vm-both")
	var compact bytes.Buffer
	if err := json.Compact(&compact, e.Body); err != nil {
		tb.Fatal(err)
	}
	// Ganeti writes a space after commas and colons outside of texts; in these
	// texts there are none that matter.
	one := compact.String()
	var b bytes.Buffer
	b.WriteByte('[')
	for i := range n {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(strings.ReplaceAll(one, "vm-both", fmt.Sprintf("vm-%06d", i)))
	}
	b.WriteByte(']')
	return b.Bytes()
}

const benchVMs = 10000

// BenchmarkVMs and BenchmarkBareFetch read the same bytes: ours, and with a bare
// http client and encoding/json.
func BenchmarkVMs(b *testing.B) {
	data := many(b, benchVMs)
	s := serve(b, func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(data) })
	c := client(b, s.URL)
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		n := 0
		if err := c.VMs(b.Context(), func(*core.VM, []byte) error { n++; return nil }); err != nil || n != benchVMs {
			b.Fatal(n, err)
		}
	}
}

func BenchmarkBareFetch(b *testing.B) {
	data := many(b, benchVMs)
	s := serve(b, func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(data) })
	type bare struct {
		Name         string   `json:"name"`
		UUID         string   `json:"uuid"`
		Status       string   `json:"status"`
		AdminState   string   `json:"admin_state"`
		Node         string   `json:"pnode"`
		Secondaries  []string `json:"snodes"`
		OS           string   `json:"os"`
		DiskTemplate string   `json:"disk_template"`
		Backend      struct {
			MaxMem, MinMem, VCPUs int
		} `json:"beparams"`
		Port     int      `json:"network_port"`
		RAM      int      `json:"oper_ram"`
		IPs      []string `json:"nic.ips"`
		MACs     []string `json:"nic.macs"`
		Modes    []string `json:"nic.modes"`
		Links    []string `json:"nic.links"`
		Sizes    []int    `json:"disk.sizes"`
		Tags     []string `json:"tags"`
		Created  float64  `json:"ctime"`
		Modified float64  `json:"mtime"`
		Serial   int64    `json:"serial_no"`
	}
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		resp, err := s.Client().Get(s.URL)
		if err != nil {
			b.Fatal(err)
		}
		body, err := io.ReadAll(resp.Body)
		if err != nil {
			b.Fatal(err)
		}
		_ = resp.Body.Close()
		var list []bare
		if err := json.Unmarshal(body, &list); err != nil || len(list) != benchVMs {
			b.Fatal(len(list), err)
		}
	}
}

func BenchmarkDecodeVM(b *testing.B) {
	raw := []byte(capture(b, "instance-vm-both").Body)
	d := vmDecoder{seen: interner{}}
	b.SetBytes(int64(len(raw)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := d.decode(raw); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkStamps(b *testing.B) {
	var data bytes.Buffer
	data.WriteString(`{"data": [`)
	for i := range benchVMs {
		if i > 0 {
			data.WriteString(", ")
		}
		fmt.Fprintf(&data, `[[0, "vm-%06d.alpha.gwm.test"], [0, "running"], [0, "up"], [0, "node%d.alpha.gwm.test"], [0, "kvm"], [0, 128], [0, 2], [0, 1795302705.708711]]`, i, i%40)
	}
	data.WriteString(`], "fields": []}`)
	s := serve(b, func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(data.Bytes()) })
	c := client(b, s.URL)
	b.SetBytes(int64(data.Len()))
	b.ReportAllocs()
	for b.Loop() {
		n := 0
		if err := c.Stamps(b.Context(), func(core.VMStamp) error { n++; return nil }); err != nil || n != benchVMs {
			b.Fatal(n, err)
		}
	}
}

// TestStampsOfChangedAnswers asks again and again: what an earlier answer said
// must never show in a later one.
func TestStampsOfChangedAnswers(t *testing.T) {
	t.Parallel()
	row := func(name, status string) string {
		return `[[0,"` + name + `"],[0,"` + status + `"],[0,"up"],[0,"n1"],[0,"kvm"],[0,128],[0,4],[0,17]]`
	}
	answers := []struct{ name, rows, want string }{
		{"the first", row("a", "running") + "," + row("b", "running") + "," + row("c", "running"), "a running, b running, c running"},
		{"the same", row("a", "running") + "," + row("b", "running") + "," + row("c", "running"), "a running, b running, c running"},
		{"one changed", row("a", "running") + "," + row("b", "ADMIN_down") + "," + row("c", "running"), "a running, b ADMIN_down, c running"},
		{"cut off", row("a", "ERROR_down") + "," + row("b", `running`) + `,[[0,`, "a ERROR_down, b running"},
		{"after the cut", row("a", "running") + "," + row("b", "ADMIN_down") + "," + row("c", "running"), "a running, b ADMIN_down, c running"},
		{"one gone", row("a", "running") + "," + row("c", "running"), "a running, c running"},
		{"another order, and one more", row("c", "running") + "," + row("a", "running") + "," + row("d", "running") + "," + row("b", "running"), "c running, a running, d running, b running"},
		{"none", "", ""},
		{"again", row("a", "running"), "a running"},
	}
	n := 0
	c := client(t, serve(t, func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, `{"data":[`+answers[n].rows)
		if answers[n].name != "cut off" {
			_, _ = io.WriteString(w, `]}`)
		}
	}).URL)
	for i, tt := range answers {
		n = i
		var got []string
		err := c.Stamps(t.Context(), func(s core.VMStamp) error { got = append(got, s.Name+" "+s.Status); return nil })
		if strings.Join(got, ", ") != tt.want && tt.name != "cut off" || (err != nil) != (tt.name == "cut off") {
			t.Errorf("%s: %s, %v; want %s", tt.name, strings.Join(got, ", "), err, tt.want)
		}
	}
}

// TestNodesOfChangedAnswers is the same for nodes, whose groups have names that
// the answer does not hold.
func TestNodesOfChangedAnswers(t *testing.T) {
	t.Parallel()
	node := func(name string, free int) string {
		return fmt.Sprintf(`{"name":%q,"role":"C","group.uuid":"u1","mfree":%d,"mtotal":64}`, name, free)
	}
	rows, group := "", "default"
	c := client(t, serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/2/groups" {
			_, _ = io.WriteString(w, `[{"name":"`+group+`","uuid":"u1"}]`)
			return
		}
		_, _ = io.WriteString(w, "["+rows+"]")
	}).URL)
	for _, tt := range []struct{ name, rows, group, want string }{
		{"the first", node("a", 1) + "," + node("b", 2), "default", "a 1 default, b 2 default"},
		{"the same", node("a", 1) + "," + node("b", 2), "default", "a 1 default, b 2 default"},
		{"one changed", node("a", 1) + "," + node("b", 3), "default", "a 1 default, b 3 default"},
		{"the group has another name", node("a", 1) + "," + node("b", 3), "rack1", "a 1 rack1, b 3 rack1"},
		{"one gone", node("b", 3), "rack1", "b 3 rack1"},
	} {
		if rows = tt.rows; group != tt.group {
			group = tt.group
			groups, err := c.Groups(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			c.keepGroups(groups)
		}
		nodes, err := c.Nodes(t.Context())
		var got []string
		for _, n := range nodes {
			got = append(got, fmt.Sprintf("%s %d %s", n.Name, n.MemoryFreeMiB, n.Group))
			n.Group = "written over by the caller"
		}
		if s := strings.Join(got, ", "); err != nil || s != tt.want {
			t.Errorf("%s: %s, %v; want %s", tt.name, s, err, tt.want)
		}
	}
}
