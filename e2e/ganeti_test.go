//go:build ganeti

package e2e

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"
	gossh "golang.org/x/crypto/ssh"
)

// bed is a real Ganeti, as e2e/ganeti/test starts it, and a gwm that works with
// it. Its environment says where it is; names are taken from what it lists.
type bed struct {
	*testing.T
	w *world
}

func setting(t *testing.T, name string) string {
	t.Helper()
	v := os.Getenv(name)
	if v == "" {
		t.Fatalf("%s is not set: run these tests with make ganeti", name)
	}
	return v
}

// newBed makes a gwm that knows both clusters, and serves. Lines are added to its
// configuration.
func newBed(t *testing.T, lines ...string) *bed {
	t.Helper()
	w, err := newWorld(t.TempDir())
	check(t, err)
	t.Cleanup(func() { check(t, w.close()) })
	check(t, w.write("gwm.yaml", strings.Join(append([]string{
		"ssh:", "  listen: 127.0.0.1:0", "limits:", "  exempt: [127.0.0.1]",
		"  sessions_per_user: 100", "  sessions: 200", "jobs:", "  per_cluster: 20",
		"poll:", "  busy: 2s", "  looked: 2s", "  idle: 4s", "  backoff_max: 2s", "log:", "  format: json", "",
	}, lines...), "\n")))
	b := &bed{t, w}
	w.gwm(t, "init", "--admin", "admin", "--key", "admin.pub")
	b.add("alpha", "ALPHA", "USER", "PASSWORD_FILE", "CA")
	b.add("beta", "BETA", "USER", "PASSWORD_FILE", "BETA_CA")
	w.up(t)
	return b
}

// on is the same gwm for a test of its own: its people, connections and screens end
// with it.
func (b *bed) on(t *testing.T) *bed {
	t.Helper()
	w := &world{
		dir: b.w.dir, env: b.w.env, server: b.w.server,
		actors: map[string]*actor{"admin": b.w.actors["admin"]}, screens: map[string]*screen{}, lines: map[string]*gossh.Client{},
	}
	t.Cleanup(func() {
		for _, s := range w.screens {
			s.close()
		}
		for _, c := range w.lines {
			_ = c.Close()
		}
	})
	return &bed{t, w}
}

// run runs a test on this gwm.
func (b *bed) run(name string, test func(*bed)) bool {
	b.Helper()
	return b.T.Run(name, func(t *testing.T) { test(b.on(t)) })
}

// atOnce runs tests on this gwm that touch neither each other's VMs nor people.
func (b *bed) atOnce(name string, tests map[string]func(*bed)) {
	b.Helper()
	b.T.Run(name, func(t *testing.T) {
		for name, test := range tests {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				test(b.on(t))
			})
		}
	})
}

// join adds somebody to gwm who has a key. One gwm has everybody once.
func (b *bed) join(who string) {
	b.Helper()
	a, err := newActor(who)
	check(b.T, err)
	b.w.actors[who] = a
	b.w.must(b.T, "admin", "user", "add", who, "--key", strings.TrimSpace(a.authorizedKey()))
}

// add adds a cluster whose settings have these names after GWM_GANETI_.
func (b *bed) add(name, url, user, password, ca string) {
	b.Helper()
	b.w.gwm(b.T, "cluster", "add", name, "--url", setting(b.T, "GWM_GANETI_"+url), "--user", setting(b.T, "GWM_GANETI_"+user),
		"--password-file", setting(b.T, "GWM_GANETI_"+password), "--ca", setting(b.T, "GWM_GANETI_"+ca))
}

// exec runs a command on a cluster's master.
func (b *bed) exec(where string, words ...string) string {
	b.Helper()
	out, err := exec.Command(setting(b.T, "GWM_GANETI_EXEC"), append([]string{where}, words...)...).CombinedOutput()
	if err != nil {
		b.Fatalf("%s: %v: %v\n%s", where, words, err, out)
	}
	return string(out)
}

// table is what a gnt-* list says: the fields by the name in the first one.
func (b *bed) table(where, tool, fields string, names ...string) map[string][]string {
	b.Helper()
	rows := map[string][]string{}
	for line := range strings.Lines(b.exec(where, append([]string{tool, "list", "--no-headers", "--separator=|", "-o", fields}, names...)...)) {
		cells := strings.Split(strings.TrimSpace(line), "|")
		rows[cells[0]] = cells[1:]
	}
	return rows
}

// pick is a VM of a cluster with a hypervisor and a status.
func (b *bed) pick(where, hypervisor, status string) string {
	b.Helper()
	found := ""
	for name, row := range b.table(where, "gnt-instance", "name,status,hypervisor") {
		if row[0] == status && row[1] == hypervisor && (found == "" || name < found) {
			found = name
		}
	}
	if found == "" {
		b.Fatalf("%s has no %s VM that is %s", where, hypervisor, status)
	}
	return found
}

// vm is the name of a VM in a cluster's domain.
func (b *bed) vm(where, short string) string {
	b.Helper()
	return short + "." + strings.TrimSpace(b.exec(where, "hostname", "-d"))
}

// master is the name of a cluster's master node.
func (b *bed) master(where string) string {
	b.Helper()
	return strings.TrimSpace(b.exec(where, "hostname", "-f"))
}

// status is what Ganeti says of a VM.
func (b *bed) status(where, name string) string {
	b.Helper()
	return b.table(where, "gnt-instance", "name,status", name)[name][0]
}

// eventually repeats a comparison with what the cluster says after a refresh:
// somebody else may be at work there.
func (b *bed) eventually(where string, difference func() string) {
	b.Helper()
	diff := ""
	for range 10 {
		b.w.must(b.T, "admin", "cluster", "refresh", where)
		if diff = difference(); diff == "" {
			return
		}
	}
	b.Errorf("%s (-Ganeti +gwm):\n%s", where, diff)
}

func (b *bed) json(v any, who string, words ...string) {
	b.Helper()
	check(b.T, json.Unmarshal([]byte(b.w.must(b.T, who, append(words, "--output", "json")...)), v))
}

// TestGaneti holds that gwm does on the real Ganeti what it says. Most of it runs on
// one gwm, and at once where each has VMs of the test bed to itself.
func TestGaneti(t *testing.T) {
	b := newBed(t, "console: {forward: {ports: 7720-7739}}")
	b.run("Inventory", testInventory)
	b.run("Hook", testHook) // gwm has 10 seconds to hear of the VM
	b.atOnce("Together", map[string]func(*bed){
		"Create": testCreate, "Wizard": testWizard, "Edit": testEdit, "EditDevices": testEditDevices, "Life": testLife,
		"PowerOnTheScreen": testPowerOnTheScreen, "PowerByCommand": testPowerByCommand, "OneVM": testOneVM, "Crash": testCrash,
		"OwnerTags": testOwnerTags, "Refusals": testRefusals, "ConsoleEnds": testConsoleEnds, "Viewers": testViewers, "SPICE": testSPICE,
		"SerialNowhere": testSerialNowhere, "EditForm": testEditForm,
	})
	// What is done with a node or a cluster has it to itself.
	b.atOnce("Alone", map[string]func(*bed){
		"Nodes":       testNodes,
		"Unreachable": testUnreachable,
	})
	b.atOnce("Consoles", map[string]func(*bed){
		"Serial":     testSerial,
		"SerialNode": testSerialNode,
		"Cluster":    testCluster,
	})
}

type vmRow struct {
	Name, Status, Node string
	Run                int `json:"run_memory_mib"`
}

type nodeRow struct {
	Name, Role string
	Memory     int `json:"memory_mib"`
	Primary    []string
}

func testInventory(b *bed) {
	t := b.T
	for _, cluster := range []string{"alpha", "beta"} {
		b.eventually(cluster, func() string {
			want, got := b.table(cluster, "gnt-instance", "name,status,pnode,oper_ram"), map[string][]string{}
			var rows []vmRow
			b.json(&rows, "admin", "vm", "list", "--cluster", cluster)
			for _, r := range rows {
				memory := "-"
				if r.Run > 0 {
					memory = strconv.Itoa(r.Run)
				}
				got[r.Name] = []string{r.Status, r.Node, memory}
			}
			return cmp.Diff(want, got)
		})
		b.eventually(cluster, func() string {
			want, got := b.table(cluster, "gnt-node", "name,role,mtotal,pinst_cnt"), map[string][]string{}
			var rows []nodeRow
			b.json(&rows, "admin", "node", "list", "--cluster", cluster)
			role := map[string]string{"master": "M", "candidate": "C", "regular": "R", "drained": "D", "offline": "O"}
			for _, r := range rows {
				got[r.Name] = []string{role[r.Role], strconv.Itoa(r.Memory), strconv.Itoa(len(r.Primary))}
			}
			return cmp.Diff(want, got)
		})
	}
	// the screen shows the same
	s := b.screen("admin", 200, 60)
	check(t, s.see(`alpha.*\n(.*\n)*.*beta`))
	check(t, s.press("2"))
	for name := range b.table("alpha", "gnt-instance", "name,status") {
		check(t, s.see(regexp.QuoteMeta(name[:min(len(name), 16)]))) // a long one is cut
	}
	check(t, s.press("3"))
	for name, row := range b.table("beta", "gnt-node", "name,role") {
		check(t, s.see(regexp.QuoteMeta(name)+".*"+map[string]string{"M": "master", "C": "candidate", "R": "regular"}[row[0]]))
	}
}

func (b *bed) screen(who string, width, height int) *screen {
	b.Helper()
	s, err := b.w.actors[who].open(b.w.server.addr, width, height, "xterm-256color")
	check(b.T, err)
	b.w.screens[who] = s
	return s
}

func testPowerOnTheScreen(b *bed) {
	t := b.T
	name := b.vm("alpha", "web1")
	t.Cleanup(func() { b.restore("alpha", name) })
	s := b.screen("admin", 120, 40)
	check(t, s.see("alpha"))
	check(t, s.press(":", "vm alpha/"+name, "enter"))
	check(t, s.see(regexp.QuoteMeta(name)))
	check(t, s.see("running"))
	check(t, s.press("p"))
	check(t, s.see("shut down"))
	check(t, s.press("d"))
	check(t, s.see("y yes"))
	check(t, s.press("y"))
	check(t, s.see(`job \d+`))
	check(t, s.see("ADMIN_down"))
	if got := b.status("alpha", name); got != "ADMIN_down" {
		t.Errorf("after a stop on the screen Ganeti says %s", got)
	}
	check(t, s.press("p"))
	check(t, s.see("start"))
	check(t, s.press("s"))
	check(t, s.see("▲ running"))
	if got := b.status("alpha", name); got != "running" {
		t.Errorf("after a start on the screen Ganeti says %s", got)
	}
	check(t, s.press("l")) // the log of the newest job
	check(t, s.see("2 steps"))
	check(t, s.see("start "+regexp.QuoteMeta(name)))
	check(t, s.see("success|done"))
}

// restore starts a VM that a test left stopped.
func (b *bed) restore(where, name string) {
	if b.status(where, name) == "ADMIN_down" {
		b.exec(where, "gnt-instance", "start", name)
	}
}

func testPowerByCommand(b *bed) {
	t := b.T
	name := b.vm("alpha", "web2")
	t.Cleanup(func() { b.restore("alpha", name) })
	for _, step := range []struct{ word, status string }{{"stop", "ADMIN_down"}, {"start", "running"}, {"restart", "running"}} {
		out := b.w.must(t, "admin", "vm", step.word, "alpha/"+name, "--wait")
		has(t, out, "success")
		if got := b.status("alpha", name); got != step.status {
			t.Errorf("after vm %s Ganeti says %s", step.word, got)
		}
		b.eventually("alpha", func() string {
			var rows []vmRow
			b.json(&rows, "admin", "vm", "list", "--cluster", "alpha", name)
			if len(rows) != 1 {
				return "no such VM"
			}
			return cmp.Diff(step.status, rows[0].Status)
		})
	}
	has(t, b.w.must(t, "admin", "audit", "list", "--on", "alpha/"+name), "vm.stop", "vm.start", "vm.restart", "done")
}

// newest is the number of the newest job of a cluster.
func (b *bed) newest(where string) int {
	b.Helper()
	newest := 0
	for id := range b.table(where, "gnt-job", "id,status") {
		n, err := strconv.Atoi(id)
		check(b.T, err)
		newest = max(newest, n)
	}
	return newest
}

// testCrash kills the server while a guest shuts down, which takes some
// seconds.
func testCrash(shared *bed) {
	t := shared.T
	b := newBed(t)
	name := b.vm("alpha", "vm-vncpw")
	t.Cleanup(func() { b.restore("alpha", name) })
	before := b.newest("alpha")
	id := number(t, b.w.must(t, "admin", "vm", "stop", "alpha/"+name))
	type jobRow struct{ State, Upstream string }
	var job jobRow
	for job.State != "running" {
		b.json(&job, "admin", "job", "show", id)
		if job.State == "done" || job.State == "failed" {
			t.Fatalf("the job is over before the crash: %+v", job)
		}
	}
	b.w.down(t, syscall.SIGKILL)
	check(t, b.w.serve())
	has(t, b.w.must(t, "admin", "job", "wait", id), "success")
	b.json(&job, "admin", "job", "show", id)
	seen := []string{}
	for number, row := range b.table("alpha", "gnt-job", "id,status,summary") {
		n, err := strconv.Atoi(number)
		check(t, err)
		if n > before && row[1] == "INSTANCE_SHUTDOWN("+name+")" {
			seen = append(seen, number+" "+row[0])
		}
	}
	if diff := cmp.Diff([]string{job.Upstream + " success"}, seen); diff != "" {
		t.Errorf("Ganeti's shutdown jobs of %s (-want +got):\n%s", name, diff)
	}
	if got := b.status("alpha", name); got != "ADMIN_down" {
		t.Errorf("afterwards Ganeti says %s", got)
	}
	has(t, b.w.must(t, "admin", "audit", "verify"), "valid")
	has(t, b.w.must(t, "admin", "vm", "start", "alpha/"+name, "--wait"), "success")
}

func testOneVM(b *bed) {
	t := b.T
	name := b.vm("alpha", "db2")
	t.Cleanup(func() { b.restore("alpha", name) })
	b.join("ann")
	b.w.must(t, "admin", "grant", "set", "ann", "power", "alpha/"+name)
	var rows []vmRow
	b.json(&rows, "ann", "vm", "list")
	if len(rows) != 1 || rows[0].Name != name {
		t.Errorf("ann sees %+v", rows)
	}
	var others []string
	for _, cluster := range []string{"alpha", "beta"} {
		for other := range b.table(cluster, "gnt-instance", "name,status") {
			if cluster == "alpha" && other == name {
				continue
			}
			others = append(others, other)
			hidden := b.w.as(t, "ann", "vm", "stop", cluster+"/"+other)
			unknown := b.w.as(t, "ann", "vm", "stop", cluster+"/nosuch")
			unknown.err = strings.ReplaceAll(unknown.err, "nosuch", other)
			if hidden.code != 3 || hidden != unknown {
				t.Errorf("%s/%s: %+v, an unknown name: %+v", cluster, other, hidden, unknown)
			}
		}
	}
	for _, words := range [][]string{
		{"vm", "list"},
		{"cluster", "list"},
		{"node", "list"},
		{"job", "list"},
		{"__complete", "vm", "stop", ""},
		{"__complete", "node", "show", ""},
	} {
		hasNot(t, b.w.must(t, "ann", words...), others...)
	}
	has(t, b.w.must(t, "ann", "vm", "stop", name, "--wait"), "success")
	s := b.screen("ann", 140, 40)
	check(t, s.see("alpha"))
	check(t, s.press("2"))
	check(t, s.see(regexp.QuoteMeta(name)))
	check(t, s.see("▼ down"))
	hasNot(t, s.text(), append(others, "beta")...)
	check(t, s.press("ctrl-p"))
	check(t, s.see(regexp.QuoteMeta(name)))
	hasNot(t, s.text(), append(others, "beta")...)
	has(t, b.w.must(t, "ann", "vm", "start", name, "--wait"), "success")
}

func testUnreachable(b *bed) {
	t := b.T
	name := b.vm("alpha", "web1")
	t.Cleanup(func() { b.restore("alpha", name) })
	s := b.screen("admin", 140, 40)
	check(t, s.see("beta"))
	check(t, s.lacks("unreachable"))
	rows := b.w.must(t, "admin", "vm", "list", "--cluster", "beta")

	stopped := true
	t.Cleanup(func() {
		if stopped {
			b.exec("beta", "/usr/lib/ganeti/daemon-util", "start", "ganeti-rapi")
		}
	})
	b.exec("beta", "/usr/lib/ganeti/daemon-util", "stop", "ganeti-rapi")
	check(t, s.see("unreachable since"))
	r := b.w.as(t, "admin", "vm", "list", "--cluster", "beta")
	if diff := cmp.Diff(rows, r.out); diff != "" {
		t.Errorf("the rows of the silent cluster changed: %s", diff)
	}
	has(t, r.err, "beta is unreachable since")
	if r := b.w.as(t, "admin", "cluster", "refresh", "beta"); r.code != 5 {
		t.Errorf("refresh of the silent cluster: %+v", r)
	}
	// the other goes on
	has(t, b.w.must(t, "admin", "vm", "stop", "alpha/"+name, "--wait"), "success")
	if got := b.status("alpha", name); got != "ADMIN_down" {
		t.Errorf("Ganeti says %s", got)
	}
	has(t, b.w.must(t, "admin", "vm", "start", "alpha/"+name, "--wait"), "success")
	check(t, s.see("unreachable since"))

	b.exec("beta", "/usr/lib/ganeti/daemon-util", "start", "ganeti-rapi")
	stopped = false
	check(t, s.vanish("unreachable since"))
	if r := b.w.as(t, "admin", "vm", "list", "--cluster", "beta"); r.err != "" || r.out != rows {
		t.Errorf("after it came back: %+v", r)
	}
}

func testRefusals(shared *bed) {
	t := shared.T
	b := newBed(t) // it has clusters that do not answer
	b.add("readonly", "ALPHA", "READONLY_USER", "READONLY_PASSWORD_FILE", "CA")
	b.w.must(t, "admin", "cluster", "refresh", "readonly")
	name := b.vm("alpha", "db1")
	asked := func() (n int) {
		for _, row := range b.table("alpha", "gnt-job", "id,summary") {
			if strings.HasSuffix(row[0], "("+name+")") {
				n++
			}
		}
		return n
	}
	before := asked()
	r := b.w.as(t, "admin", "vm", "stop", "readonly/"+name, "--wait")
	if r.code != 4 {
		t.Errorf("a change by a read-only user of the cluster: exit code %d", r.code)
	}
	has(t, r.err, "readonly", "may not")
	if got := asked(); got != before {
		t.Errorf("the cluster has %d new jobs of %s", got-before, name)
	}

	// a wrong password: nothing is stored, or the rows stay and it is said
	check(t, b.w.write("wrong", "not the password\n"))
	add := []string{
		"cluster", "add", "again", "--url", setting(t, "GWM_GANETI_ALPHA"), "--user", setting(t, "GWM_GANETI_USER"),
		"--password-file", "wrong", "--ca", setting(t, "GWM_GANETI_CA"),
	}
	r = b.w.try(t, add...)
	if r.code == 0 {
		t.Error("a cluster with a wrong password was added")
	}
	has(t, r.err, "password", "nothing was stored")
	b.w.gwm(t, append(add, "--no-check")...)
	r = b.w.as(t, "admin", "cluster", "refresh", "again")
	if r.code == 0 {
		t.Errorf("refresh with a wrong password: %+v", r)
	}
	has(t, r.err, "again", "password")
	hasNot(t, r.err+b.w.server.Log(), "not the password")

	// a job that fails: Ganeti's own reason reaches the person
	off := b.vm("alpha", "old1")
	r = b.w.as(t, "admin", "vm", "start", "alpha/"+off, "--wait")
	if r.code != 4 {
		t.Errorf("the start of an offline VM: exit code %d", r.code)
	}
	has(t, r.err, "failed", "offline")
	var jobs []struct {
		Name, State string
		Error       struct{ Message string }
	}
	b.json(&jobs, "admin", "job", "list", "--limit", "1", "state:failed", off)
	if len(jobs) != 1 || !strings.Contains(jobs[0].Error.Message, "offline") {
		t.Errorf("the failed job in the list: %+v", jobs)
	}
	s := b.screen("admin", 140, 40)
	check(t, s.see("alpha"))
	check(t, s.press(":", "job "+jobs[0].Name, "enter"))
	check(t, s.see("(?i)offline"))
	if _, err := os.Stat(filepath.Join(b.w.dir, "data", "gwm.db")); err != nil {
		t.Error(err)
	}
}
