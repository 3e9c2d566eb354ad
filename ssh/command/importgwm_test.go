package command

import (
	"bytes"
	"encoding/json"
	"io"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"gwm/core"
	"gwm/core/coretest"
)

const dumpFile = "gwmdump/testdata/gwm-0.11.json"

// imported runs import-gwm with a dump on standard input.
func imported(t *testing.T, s *core.Session, dump []byte, flags ...string) (plan moveJSON, code int, said string) {
	t.Helper()
	var out, messages bytes.Buffer
	args := append([]string{"import-gwm", "-", "--output", "json"}, flags...)
	env := Env{
		Session: s, Stdin: bytes.NewReader(dump), Stdout: &out, Stderr: &messages,
		ReadPassword: func(prompt string) (core.Secret, error) {
			messages.WriteString(prompt + "\n")
			return core.NewSecret("typed"), nil
		},
	}
	code = Run(t.Context(), env, args)
	if said := out.String() + messages.String(); strings.Contains(said, "InTheClear") {
		t.Errorf("the password of a cluster is shown: %s", said)
	}
	if code == ExitDone {
		if err := json.Unmarshal(out.Bytes(), &plan); err != nil {
			t.Fatal(err)
		}
	}
	return plan, code, messages.String()
}

func readFixture(t *testing.T) []byte {
	t.Helper()
	dump, err := os.ReadFile(dumpFile)
	if err != nil {
		t.Fatal(err)
	}
	return dump
}

// lines writes the items of a plan as a person would list them, but for those
// of some states.
func (p moveJSON) lines(not ...string) []string {
	var lines []string
	for _, it := range p.Items {
		if !slices.Contains(not, it.State) {
			lines = append(lines, strings.TrimSuffix(it.State+" "+it.Kind+" "+it.Name+": "+it.Why, ": "))
		}
	}
	return lines
}

// left is what the dump of the fixture holds and gwm does not take, at any time.
var left = []string{
	"cannot user eve smith: \"eve smith\" cannot be the name of a user: character ' ' at position 4 is not allowed in a name",
	"cannot user Ann: it would have the same name as ann: upper and lower case are one here",
	"cannot key dora: this is not a public key: type ssh-dss is not supported; supported are ssh-ed25519, ssh-rsa, ecdsa-sha2-nistp256, ecdsa-sha2-nistp384, ecdsa-sha2-nistp521, sk-ssh-ed25519@openssh.com, sk-ecdsa-sha2-nistp256@openssh.com",
	"cannot key admin SHA256:" + plantedPrint + ": whoever had an account could add a key to an administrator there; look at it, then use --admin-keys",
	"cannot grant user:Carol.M on berlin/gone1.example.org: berlin has no VM of this name",
	"cannot grant group:Web Team on rome/shop9.example.org: rome has not answered yet; repeat this when it does",
	"cannot owner berlin/gone1.example.org: berlin has no VM of this name",
	"cannot owner rome/shop9.example.org: rome has not answered yet; repeat this when it does",
	"cannot note berlin/gone1.example.org: berlin has no VM of this name: last will",
	"cannot note rome/shop9.example.org: rome has not answered yet; repeat this when it does: shop till you drop",
	"cannot template rome/Rome: rome has not answered yet, and the dump does not say which hypervisor its parameters are for; repeat this when it does",
	"cannot password 5 of users: hashes are not carried over; people log in with a key, or bring one with the code of gwm user invite",
	"cannot history 1 of jobs: it stays in the dump: gwm records only what went through it",
	"cannot history 3 of the log: it stays in the dump: gwm records only what went through it",
	"cannot history 1 of errors: it stays in the dump: gwm records only what went through it",
	"cannot row virtualmachines.virtualmachine 6: its cluster is not there: 9",
	"cannot row ganeti_web.virtualmachine_perms 6: what it is on is not there: 77",
	"cannot row utils.quota 3: whom it is for is not there: 99",
}

// The keys of the fixture by their fingerprints.
var (
	annPrint     = strings.TrimPrefix(coretest.UserKey("ann").Fingerprint, "SHA256:")
	carolPrint   = strings.TrimPrefix(coretest.UserKey("carol").Fingerprint, "SHA256:")
	plantedPrint = strings.TrimPrefix(coretest.UserKey("planted").Fingerprint, "SHA256:")
)

// TestImportGWM moves a dump in that was made by hand, and compares what gwm has
// then with it, field by field: before, after, and once more.
func TestImportGWM(t *testing.T) {
	t.Parallel()
	coretest.Bubble(t, coretest.Options{}, func(t *testing.T, w *coretest.World) {
		root, dump := w.Login("admin"), readFixture(t)
		before := stateOf(t, root)
		plan, code, said := imported(t, root, dump)
		if code != ExitDone || plan.Done {
			t.Fatalf("exit %d: %s", code, said)
		}
		if diff := cmp.Diff(before, stateOf(t, root)); diff != "" {
			t.Errorf("to look changed something:\n%s", diff)
		}
		added := []string{
			"new cluster rome: its certificate must be trusted: gwm cluster edit rome --ca FILE or --fingerprint HEX; its password is sealed with a key that is not in the dump: --user gwm --password-file FILE",
			"new cluster oslo: its certificate must be trusted: gwm cluster edit oslo --ca FILE or --fingerprint HEX; its user gwm-oslo and password come along",
			"new quota default on oslo: memory 8 GiB, virtual CPUs 0",
			"new user dora: disabled",
			"new user carol.m: Carol Meyer <carol@example.org>",
			"new key carol.m SHA256:" + carolPrint + ": carol@laptop",
			"new group web-team: Web Team",
			"new member web-team: ann",
			"new member web-team: carol.m",
			"new member ops: carol.m",
			"new quota default on berlin: memory 16 GiB, disk 100 GiB, virtual CPUs 8",
			"new quota user:ann on berlin: memory 4 GiB, virtual CPUs 4",
			"new quota group:web-team on rome: unlimited",
			"new grant group:web-team on berlin: create_vm, migrate",
			"new grant user:ann on rome: admin",
			"new grant user:carol.m on berlin/web2.example.org: admin",
			"new grant user:carol.m on group:web-team: admin",
			"new owner berlin/web1.example.org: user:ann",
			"new owner berlin/web2.example.org: group:web-team",
			"new note berlin/web1.example.org: Mind the gap ask Ann first",
			"new note berlin/web2.example.org: patch on Sundays only",
			"new template berlin/Small Web: it is named small-web here; left out: node node1.berlin.example.org, secondary node node2.berlin.example.org, allocator hail",
			"new template berlin/Xen: it is named xen here; left out: boot_order disk, cdrom2_image_path /srv/iso/two.iso, cdrom_image_path /srv/iso/one.iso, disk_type paravirtual, nic_type paravirtual, serial_console True",
		}
		differ := []string{
			"differs user ann: gwm keeps Ann Operator, the dump says Ann Operator <ann@example.org>",
			"differs grant group:ops on berlin: gwm keeps see, the dump says admin",
		}
		same := []string{
			"same cluster berlin", "same user admin", "same key ann SHA256:" + annPrint, "same group ops",
			"same grant user:ann on berlin/web1.example.org",
		}
		compare := func(p moveJSON, want ...[]string) {
			t.Helper()
			if diff := cmp.Diff(slices.Sorted(slices.Values(slices.Concat(want...))), slices.Sorted(slices.Values(p.lines()))); diff != "" {
				t.Error(diff)
			}
		}
		compare(plan, added, differ, same, left)

		if plan, code, said = imported(t, root, dump, "--yes"); code != ExitDone || !plan.Done {
			t.Fatalf("exit %d: %s", code, said)
		}
		done := slices.Clone(added)
		for i := range done {
			done[i] = "done" + strings.TrimPrefix(done[i], "new")
		}
		compare(plan, done, differ, same, left)
		w.Until(root, "rome is listed", romeListed)
		if diff := cmp.Diff(wanted(before), stateOf(t, root)); diff != "" {
			t.Errorf("what gwm has now:\n%s", diff)
		}

		again, _, _ := imported(t, root, dump, "--yes")
		if lines := again.lines(moveSame, moveDiffers, moveCannot); len(lines) > 0 {
			t.Errorf("a second run would add %q", lines)
		}
		if diff := cmp.Diff(slices.Sorted(slices.Values(append(slices.Clone(differ), left...))), slices.Sorted(slices.Values(again.lines(moveSame)))); diff != "" {
			t.Errorf("a second run:\n%s", diff)
		}

		records, err := root.Audit(t.Context(), core.AuditQuery{Text: movePurpose})
		if err != nil {
			t.Fatal(err)
		}
		if leak, err := root.Audit(t.Context(), core.AuditQuery{Text: "InTheClear"}); err != nil || len(leak) > 0 {
			t.Errorf("%d records name the password of a cluster, %v", len(leak), err)
		}
		if len(records) != len(added) {
			t.Errorf("%d records name the import, want %d", len(records), len(added))
		}
		for _, r := range records {
			if r.Event != core.EventDone || r.By != "admin" || !strings.HasPrefix(r.Result, movePurpose) {
				t.Errorf("%s by %s: %s, %s", r.Op, r.By, r.Event, r.Result)
			}
		}
	})
}

func romeListed(v *core.View) bool {
	_, ok := v.Cluster("rome")
	return ok
}

// state is what a site administrator sees of gwm's own records, but for times.
type state struct {
	Clusters map[string]core.Cluster
	Users    map[string]core.User
	Keys     map[string]string // by fingerprint, whose it is and its comment
	Groups   map[string]core.Group
	Grants   map[string]string
	Quotas   map[string]string
	Owners   map[string]string
	Notes    map[string]string

	Templates map[string]core.Template
}

func stateOf(t *testing.T, s *core.Session) state {
	t.Helper()
	out := state{
		map[string]core.Cluster{},
		map[string]core.User{},
		map[string]string{},
		map[string]core.Group{},
		map[string]string{},
		map[string]string{},
		map[string]string{},
		map[string]string{},
		map[string]core.Template{},
	}
	ctx, v := t.Context(), s.View()
	for _, c := range v.Clusters() {
		cl := c.Cluster
		out.Clusters[cl.Name] = core.Cluster{Name: cl.Name, Description: cl.Description, Platform: cl.Platform, URL: cl.URL, User: cl.User, Insecure: cl.Insecure}
	}
	users, err := s.Users(ctx)
	if err != nil {
		t.Fatal(err)
	}
	for _, u := range users {
		out.Users[u.Name] = core.User{Name: u.Name, Comment: u.Comment, Admin: u.Admin, Disabled: u.Disabled}
		keys, err := s.Keys(ctx, u.Name)
		if err != nil {
			t.Fatal(err)
		}
		for _, k := range keys {
			out.Keys[k.Fingerprint] = k.User + " " + k.Comment
		}
	}
	groups, err := s.Groups(ctx)
	if err != nil {
		t.Fatal(err)
	}
	for _, g := range groups {
		out.Groups[g.Name] = core.Group{Name: g.Name, Comment: g.Comment, Members: g.Members}
	}
	grants, err := s.Grants(ctx, core.Ref{}, core.Ref{})
	if err != nil {
		t.Fatal(err)
	}
	for _, g := range grants {
		out.Grants[g.Who.String()+" on "+g.On.String()] = words(g.Verbs)
	}
	quotas, err := s.Quotas(ctx, "")
	if err != nil {
		t.Fatal(err)
	}
	for _, q := range quotas {
		out.Quotas[payerWord(q.Who)+" on "+q.Cluster] = limitWords(q.Limits)
	}
	templates, err := s.Templates(ctx, "")
	if err != nil {
		t.Fatal(err)
	}
	for _, tpl := range templates {
		tpl.By, tpl.At = "", time.Time{}
		out.Templates[tpl.Path()] = tpl
	}
	for _, vm := range v.VMs() {
		if owner, ok := v.Owner(vm.Ref()); ok {
			out.Owners[vm.Ref().String()] = owner.String()
		}
		if note, ok := v.Note(vm.Ref()); ok {
			out.Notes[vm.Ref().String()] = note.Text
		}
	}
	return out
}

// wanted is what the fixture makes of a state.
func wanted(s state) state {
	out := state{
		maps.Clone(s.Clusters), maps.Clone(s.Users), maps.Clone(s.Keys), maps.Clone(s.Groups),
		maps.Clone(s.Grants), maps.Clone(s.Quotas), maps.Clone(s.Owners), maps.Clone(s.Notes),
		maps.Clone(s.Templates),
	}
	out.Clusters["rome"] = core.Cluster{Name: "rome", Description: "third site", Platform: "ganeti", URL: "https://rome.example.org:5080"}
	out.Clusters["oslo"] = core.Cluster{Name: "oslo", Platform: "ganeti", URL: "https://oslo.example.org:5081", User: "gwm-oslo"}
	out.Users["carol.m"] = core.User{Name: "carol.m", Comment: "Carol Meyer <carol@example.org>"}
	out.Users["dora"] = core.User{Name: "dora", Disabled: true}
	out.Keys["SHA256:"+carolPrint] = "carol.m carol@laptop"
	out.Groups["web-team"] = core.Group{Name: "web-team", Comment: "Web Team", Members: []string{"ann", "carol.m"}}
	ops := out.Groups["ops"]
	ops.Members = []string{"bob", "carol.m"}
	out.Groups["ops"] = ops
	out.Grants["group:web-team on berlin"] = "create_vm,migrate"
	out.Grants["user:ann on rome"] = "admin"
	out.Grants["user:carol.m on berlin/web2.example.org"] = "admin"
	out.Grants["user:carol.m on group:web-team"] = "admin"
	out.Quotas["default on berlin"] = "memory 16 GiB, disk 100 GiB, virtual CPUs 8"
	out.Quotas["user:ann on berlin"] = "memory 4 GiB, virtual CPUs 4"
	out.Quotas["default on oslo"] = "memory 8 GiB, virtual CPUs 0"
	out.Quotas["group:web-team on rome"] = core.Unlimited
	out.Owners["berlin/web1.example.org"] = "user:ann"
	out.Owners["berlin/web2.example.org"] = "group:web-team"
	out.Notes["berlin/web1.example.org"] = "Mind the gap\n\nask Ann first"
	out.Notes["berlin/web2.example.org"] = "patch on Sundays\nonly"
	out.Templates["berlin/small-web"] = core.Template{Cluster: "berlin", Name: "small-web", Description: "for tests", VM: core.CreateVM{
		OS: "debootstrap+default", Hypervisor: "kvm", DiskTemplate: "drbd", VCPUs: 2, MemoryMiB: 512, MinMemoryMiB: 256, Start: true,
		Disks: []core.NewDisk{{SizeMiB: 10240}, {SizeMiB: 20480}}, NICs: []core.NewNIC{{Mode: "bridged", Link: "br0"}, {}},
		HypervisorParams: map[string]string{
			"kernel_path": "/boot/vmlinuz", "root_path": "/", "serial_console": "True", "boot_order": "disk", "disk_type": "paravirtual",
			"nic_type": "paravirtual", "cdrom_image_path": "/srv/iso/one.iso", "cdrom2_image_path": "/srv/iso/two.iso",
		},
	}}
	out.Templates["berlin/xen"] = core.Template{Cluster: "berlin", Name: "xen", VM: core.CreateVM{
		OS: "debootstrap+default", Hypervisor: "xen-pvm", DiskTemplate: "plain", VCPUs: 2, MemoryMiB: 512, NoInstall: true, NameCheck: true, IPCheck: true,
		Disks: []core.NewDisk{{SizeMiB: 1024}}, NICs: []core.NewNIC{{Mode: "routed", Link: "br1"}},
		HypervisorParams: map[string]string{"kernel_path": "/boot/vmlinuz", "root_path": "/"},
	}}
	return out
}

// TestImportGWMPasswords adds a cluster with the password that was typed, and the
// keys of administrators where somebody says that they may come.
func TestImportGWMPasswords(t *testing.T) {
	t.Parallel()
	coretest.Bubble(t, coretest.Options{}, func(t *testing.T, w *coretest.World) {
		root := w.Login("admin")
		_, code, said := imported(t, root, readFixture(t), "--yes", "--ask-passwords", "--admin-keys")
		if code != ExitDone || !strings.Contains(said, "Password of gwm on rome (empty: leave it out)") || strings.Contains(said, "on berlin") {
			t.Fatalf("exit %d: %s", code, said)
		}
		w.Until(root, "rome is listed", romeListed)
		now := stateOf(t, root)
		if now.Clusters["rome"].User != "gwm" || now.Keys["SHA256:"+plantedPrint] != "admin planted@laptop" {
			t.Errorf("rome: %+v, keys: %v", now.Clusters["rome"], now.Keys)
		}
	})
}

// TestImportGWMRefused: who is no site administrator brings nothing in, and that
// they tried is recorded. A file that is no dump changes nothing either.
func TestImportGWMRefused(t *testing.T) {
	t.Parallel()
	coretest.Bubble(t, coretest.Options{}, func(t *testing.T, w *coretest.World) {
		root := w.Login("admin")
		before := stateOf(t, root)
		for _, flags := range [][]string{nil, {"--yes"}} {
			if _, code, said := imported(t, w.Login("bob"), readFixture(t), flags...); code != ExitNotFound || !strings.Contains(said, "only a site administrator") {
				t.Errorf("bob, %v: exit %d: %s", flags, code, said)
			}
		}
		denied, err := root.Audit(t.Context(), core.AuditQuery{By: "bob", Event: core.EventDenied})
		if err != nil || len(denied) != 2 {
			t.Errorf("%d denials are recorded, want 2 (%v)", len(denied), err)
		}
		if _, code, said := imported(t, root, []byte(`[{"model": "auth.user"`), "--yes"); code != ExitUsage || !strings.Contains(said, "breaks off") {
			t.Errorf("half a file: exit %d: %s", code, said)
		}
		if diff := cmp.Diff(before, stateOf(t, root)); diff != "" {
			t.Error(diff)
		}
	})
}

// TestImportGWMTable is what a person reads.
func TestImportGWMTable(t *testing.T) {
	t.Parallel()
	coretest.Bubble(t, coretest.Options{}, func(t *testing.T, w *coretest.World) {
		const dump = `[{"model": "auth.user", "pk": 1, "fields": {"username": "zoe", "is_active": true}},
			{"model": "auth.user", "pk": 2, "fields": {"username": "ann", "first_name": "Ann\u001b[31m", "is_active": true}}]`
		var out, messages bytes.Buffer
		env := Env{Session: w.Login("admin"), Stdin: strings.NewReader(dump), Stdout: &out, Stderr: &messages}
		if code := Run(t.Context(), env, []string{"import-gwm", "-"}); code != ExitDone {
			t.Fatalf("exit %d: %s", code, &messages)
		}
		const want = `KIND  NEW  SAME  DIFFERS  CANNOT
user  1    0     1        0

STATE    KIND  NAME  WHAT
new      user  zoe   -
differs  user  ann   gwm keeps Ann Operator, the dump says Ann·[31m
`
		if diff := cmp.Diff(want, out.String()); diff != "" {
			t.Error(diff)
		}
		if got := messages.String(); got != "nothing was changed yet; add --yes to bring in what is new\n" {
			t.Errorf("said %q", got)
		}
	})
}

// planned compares a dump with what gwm has, as the command does.
func planned(t *testing.T, s *core.Session, dump []byte) (*tree, *move) {
	t.Helper()
	tr := &tree{Env: Env{Session: s, Stdin: bytes.NewReader(dump), Stdout: io.Discard, Stderr: io.Discard}}
	d, err := tr.readDump("-")
	if err != nil {
		t.Fatal(err)
	}
	m, err := tr.planMove(t.Context(), d, false, nil)
	if err != nil {
		t.Fatal(err)
	}
	return tr, m
}

// TestImportGWMInterrupted breaks off after every few steps: the runs after it
// bring in the rest, and all of it comes to what one run does.
func TestImportGWMInterrupted(t *testing.T) {
	t.Parallel()
	coretest.Bubble(t, coretest.Options{}, func(t *testing.T, w *coretest.World) {
		root, dump := w.Login("admin"), readFixture(t)
		want := wanted(stateOf(t, root))
		runs := 0
		for ; runs < 20; runs++ {
			tr, m := planned(t, root, dump)
			first, later := m.steps()
			steps := append(first, later...)
			if len(steps) == 0 {
				break
			}
			for _, it := range steps[min(len(steps), 4):] {
				it.op = nil
			}
			if err := tr.doMove(t.Context(), m); err != nil {
				t.Fatal(err)
			}
			w.Until(root, "rome is listed", romeListed)
		}
		if runs < 5 || runs == 20 {
			t.Errorf("it took %d runs", runs)
		}
		if diff := cmp.Diff(want, stateOf(t, root)); diff != "" {
			t.Error(diff)
		}
	})
}

// TestImportGWMReadOnly: a cluster that gwm only looks at, as those are whose password
// the dump holds sealed, takes all that is gwm's own.
func TestImportGWMReadOnly(t *testing.T) {
	t.Parallel()
	coretest.Bubble(t, coretest.Options{}, func(t *testing.T, w *coretest.World) {
		root := w.Login("admin")
		berlin, _ := root.View().Cluster("berlin")
		berlin.Cluster.ReadOnly = true
		w.Do(root, core.EditCluster{Cluster: berlin.Cluster})
		want := wanted(stateOf(t, root))
		plan, code, said := imported(t, root, readFixture(t), "--yes")
		if code != ExitDone {
			t.Errorf("exit %d: %s %q", code, said, plan.lines(moveSame, moveDiffers, moveCannot, moveDone))
		}
		w.Until(root, "rome is listed", romeListed)
		if diff := cmp.Diff(want, stateOf(t, root)); diff != "" {
			t.Error(diff)
		}
	})
}

// TestImportGWMOvertaken: somebody else gets in between the plan and what is done.
// What gwm refuses then is marked, nothing is overwritten, and the rest is done.
func TestImportGWMOvertaken(t *testing.T) {
	t.Parallel()
	coretest.Bubble(t, coretest.Options{}, func(t *testing.T, w *coretest.World) {
		root := w.Login("admin")
		web1 := core.VMRef("berlin", "web1.example.org")
		want := wanted(stateOf(t, root))
		want.Notes[web1.String()], want.Owners[web1.String()] = "mine", "user:bob"
		tr, m := planned(t, root, readFixture(t))
		w.Do(root, core.EditNote{On: web1, Text: "mine"})
		w.Do(root, core.SetOwner{VM: web1, Owner: core.UserRef("bob")})
		if err := tr.doMove(t.Context(), m); err != nil {
			t.Fatal(err)
		}
		var failed []string
		for _, it := range m.items {
			if it.State == moveFailed || it.State == moveNew {
				failed = append(failed, it.State+" "+it.Kind+" "+it.Name+": "+it.Why)
			}
		}
		if diff := cmp.Diff([]string{
			"failed owner berlin/web1.example.org: somebody else changed the owner of berlin/web1.example.org meanwhile",
			"failed note berlin/web1.example.org: admin changed the note on berlin/web1.example.org meanwhile",
		}, failed); diff != "" {
			t.Error(diff)
		}
		if err := m.refused(); err == nil || !strings.Contains(err.Error(), "gwm refused 2 of the things") {
			t.Errorf("it ends with %v", err)
		}
		w.Until(root, "rome is listed", romeListed)
		if diff := cmp.Diff(want, stateOf(t, root)); diff != "" {
			t.Error(diff)
		}
	})
}

// TestImportGWMOddities moves in what years leave behind: each is right or told.
func TestImportGWMOddities(t *testing.T) {
	t.Parallel()
	const head = `[{"model": "auth.user", "pk": 1, "fields": {"username": "zoe", "is_active": true, "groups": []}},
		{"model": "auth.group", "pk": 1, "fields": {"name": "Web/Ops"}}, {"model": "auth.group", "pk": 2, "fields": {"name": "web ops"}},
		{"model": "authentication.profile", "pk": 4, "fields": {"user": 1}}, {"model": "authentication.organization", "pk": 5, "fields": {"group": 2}},
		{"model": "clusters.cluster", "pk": 1, "fields": {"hostname": "berlin.example.org", "slug": "berlin", "port": 5080, "description": "production"}},`
	for name, c := range map[string]struct{ rows, want string }{
		"one VM in two spellings": {
			`{"model": "ganeti_web.virtualmachine", "pk": 1, "fields": {"hostname": "Web1.example.org", "cluster": 1, "owner": 4, "note_text": "one"}},
			 {"model": "ganeti_web.virtualmachine", "pk": 2, "fields": {"hostname": "web1.example.org", "cluster": 1, "owner": 4, "note_text": "two"}}`,
			"new owner berlin/web1.example.org: user:zoe|cannot owner berlin/web1.example.org: there are two of them; this one belongs to user:zoe|" +
				"new note berlin/web1.example.org: one|cannot note berlin/web1.example.org: there are two of them: two",
		},
		"an owner that is not carried over": {
			`{"model": "ganeti_web.virtualmachine", "pk": 1, "fields": {"hostname": "web1.example.org", "cluster": 1, "owner": 5}}`,
			"cannot owner berlin/web1.example.org: group:web ops is not carried over",
		},
		"one cluster under two names": {
			`{"model": "clusters.cluster", "pk": 2, "fields": {"hostname": "new.example.org", "slug": "new", "port": 5080}},
			 {"model": "clusters.cluster", "pk": 3, "fields": {"hostname": "NEW.example.org", "slug": "also", "port": 5080}}`,
			"new cluster new: its certificate must be trusted: gwm cluster edit new --ca FILE or --fingerprint HEX|" +
				"cannot cluster also: it would be the same cluster as new",
		},
		"a cluster that is described otherwise": {
			`{"model": "clusters.cluster", "pk": 2, "fields": {"hostname": "berlin.example.org", "slug": "b", "port": 5080, "description": "old"}}`,
			"cannot cluster b: it would be the same cluster as berlin",
		},
		"a cluster with a user and no password": {
			`{"model": "clusters.cluster", "pk": 2, "fields": {"hostname": "new.example.org", "slug": "new", "port": 5080, "username": "u", "password": ""}}`,
			"new cluster new: its certificate must be trusted: gwm cluster edit new --ca FILE or --fingerprint HEX; its password is not in the dump: --user u --password-file FILE",
		},
		"a note of spaces, one that is too long, and escapes": {
			`{"model": "ganeti_web.virtualmachine", "pk": 1, "fields": {"hostname": "web1.example.org", "cluster": 1, "note_text": " \r\n\t"}},
			 {"model": "ganeti_web.virtualmachine", "pk": 2, "fields": {"hostname": "web2.example.org", "cluster": 1, "note_text": "` + strings.Repeat("é", core.MaxNote+1) + `"}},
			 {"model": "ganeti_web.virtualmachine", "pk": 3, "fields": {"hostname": "db1.example.org", "cluster": 1, "note_text": "\u001b[31mred"}}`,
			"cannot note berlin/web2.example.org: it has 4001 characters, a note here at most 4000: " + strings.Repeat("é", 79) + "…|" +
				"new note berlin/db1.example.org: ·[31mred",
		},
		"two templates that become one": {
			`{"model": "ganeti_web.virtualmachinetemplate", "pk": 1, "fields": {"template_name": "A b", "cluster": 1, "os": "noop", "disk_template": "diskless", "memory": 512, "vcpus": 1}},
			 {"model": "ganeti_web.virtualmachinetemplate", "pk": 2, "fields": {"template_name": "a-b", "cluster": 1, "os": "noop", "disk_template": "diskless", "memory": 512, "vcpus": 2}}`,
			"new template berlin/A b: it is named a-b here|cannot template berlin/a-b: it would have the same name as A b",
		},
		"rights of unknown names": {
			`{"model": "ganeti_web.cluster_perms", "pk": 1, "fields": {"user": 1, "group": null, "obj": 1, "fly": 1}},
			 {"model": "ganeti_web.virtualmachine", "pk": 1, "fields": {"hostname": "web1.example.org", "cluster": 1}},
			 {"model": "ganeti_web.virtualmachine_perms", "pk": 1, "fields": {"user": 1, "group": null, "obj": 1, "power": 1, "fly": 1}}`,
			"cannot grant user:zoe on berlin: gwm has no right that means fly|new grant user:zoe on berlin/web1.example.org: power, console; left out: fly",
		},
		"two quotas of one": {
			`{"model": "utils.quota", "pk": 1, "fields": {"user": 4, "cluster": 1, "ram": 1024}}, {"model": "utils.quota", "pk": 2, "fields": {"user": 4, "cluster": 1, "ram": 2048}}`,
			"new quota user:zoe on berlin: memory 1 GiB|cannot quota user:zoe on berlin: there are two of them",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			coretest.Bubble(t, coretest.Options{}, func(t *testing.T, w *coretest.World) {
				plan, code, said := imported(t, w.Login("admin"), []byte(head+c.rows+"]"))
				if code != ExitDone {
					t.Fatalf("exit %d: %s", code, said)
				}
				var got []string
				for _, line := range plan.lines(moveSame) {
					if line != "new user zoe" && line != "new group web-ops: Web/Ops" && line != "cannot group web ops: it would have the same name as Web/Ops" {
						got = append(got, line)
					}
				}
				if diff := cmp.Diff(strings.Split(c.want, "|"), got); diff != "" {
					t.Error(diff)
				}
			})
		})
	}
}
