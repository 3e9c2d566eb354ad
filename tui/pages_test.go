package tui_test

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/exp/golden"

	"gwm/core"
	"gwm/core/coretest"
	"gwm/tui"
	"gwm/tui/tuitest"
)

// scene is a page with something to see on it.
type scene struct {
	name  string
	user  string // "admin" where it is empty
	world func(w *coretest.World, s *core.Session)
	keys  []string
	text  string // typed after the keys, with enter at its end
	then  []string
	skin  string // "" is the default one
}

func scenes() []scene {
	stop := func(vm string) func(*coretest.World, *core.Session) {
		return func(w *coretest.World, s *core.Session) {
			w.Do(s, core.StopVM{VM: core.VMRef(coretest.Berlin, vm)})
		}
	}
	return []scene{
		{name: "fleet", world: stop(coretest.Web1)},
		{name: "fleet-down", world: func(w *coretest.World, _ *core.Session) { w.Paris.Fail("", w.Paris.Unreachable()) }},
		{name: "fleet-ann", user: "ann"},
		{name: "fleet-marks", world: func(w *coretest.World, s *core.Session) {
			w.Do(s, core.SetLock{On: core.ClusterRef(coretest.Paris), Reason: "moving to the new hall"})
			berlin, _ := s.View().Cluster(coretest.Berlin)
			berlin.Cluster.Insecure = true
			w.Do(s, core.EditCluster{Cluster: berlin.Cluster})
		}},
		{name: "vms", keys: []string{"2"}},
		{name: "vms-down", world: func(w *coretest.World, _ *core.Session) { w.Paris.Fail("", w.Paris.Unreachable()) }, keys: []string{"2"}},
		{name: "vms-marked", keys: []string{"2", "space", "space", "j", "V"}},
		{name: "vms-filter", keys: []string{"2", "/"}, text: "tag:env:prod state:running memory>2G"},
		{name: "vms-none", keys: []string{"2", "/"}, text: "nowhere"},
		{name: "vms-problems", keys: []string{"2", "z"}},
		{name: "vm", keys: []string{":"}, text: "vm db1", world: stop(coretest.DB1)},
		{name: "vm-params", keys: []string{":"}, text: "vm db1", then: []string{"2"}},
		{name: "vm-disks", keys: []string{":"}, text: "vm db1", then: []string{"3"}},
		{name: "vm-network", keys: []string{":"}, text: "vm db1", then: []string{"4"}},
		{name: "vm-jobs", keys: []string{":"}, text: "vm db1", then: []string{"5"}, world: stop(coretest.DB1)},
		{name: "vm-audit", keys: []string{":"}, text: "vm db1", then: []string{"6"}, world: stop(coretest.DB1)},
		{name: "vm-json", keys: []string{":"}, text: "vm db1", then: []string{"shift+tab"}},
		{name: "nodes", keys: []string{"3"}},
		{name: "nodes-ann", user: "ann", keys: []string{"3"}},
		{name: "node", keys: []string{"3", "enter"}},
		{name: "node-details", keys: []string{"3", "enter", "2"}},
		{name: "console", user: "ann", keys: []string{":"}, text: "console web1"},
		{name: "console-menu", user: "ann", keys: []string{":"}, text: "console web1", then: []string{"l", "s", "ctrl+]"}},
		{name: "console-back", user: "ann", keys: []string{":"}, text: "console web1", then: []string{"ctrl+]", "l", "up", "v", "up"}},
		{name: "vm-consoles", keys: []string{":"}, text: "at web1", world: seatedAtWeb1},
		{name: "vm-consoles-ann", user: "ann", keys: []string{":"}, text: "at web1"},
		{name: "seats", keys: []string{":"}, text: "seats", world: seatedAtWeb1},
		{name: "cluster-hosts", keys: []string{":"}, text: "host-keys berlin", then: []string{"j", "j"}, world: nodesMet},
		{name: "recordings", keys: []string{":"}, text: "recordings"},
		{name: "map", keys: []string{":"}, text: "map berlin", then: []string{"right", "down"}},
		{name: "map-node", keys: []string{":"}, text: "vm db1", then: []string{"B", "tab"}},
		{name: "map-ann", user: "ann", keys: []string{":"}, text: "map berlin", then: []string{"tab"}},
		{name: "map-down", world: func(w *coretest.World, _ *core.Session) { w.Paris.Fail("", w.Paris.Unreachable()) }, keys: []string{":"}, text: "map paris"},
		{name: "jobs", keys: []string{"4"}, world: stop(coretest.Web1)},
		{name: "job", keys: []string{"4", "enter"}, world: stop(coretest.Web1)},
		{name: "job-steps", keys: []string{"4", "enter", "tab"}, world: stop(coretest.Web1)},
		{name: "job-failed", keys: []string{"4", "/"}, text: "state:failed", then: []string{"enter"}},
		{name: "fleet-quotas", user: "ann", world: people},
		{name: "fleet-over", user: "bob", world: people},
		{name: "form-cluster", keys: []string{":"}, text: "cluster-edit berlin"},
		{name: "cluster", keys: []string{"d"}},
		{name: "cluster-users", keys: []string{"d", "2"}, world: people},
		{name: "cluster-quotas", keys: []string{"d", "3"}, world: people},
		{name: "cluster-ann", user: "ann", keys: []string{"d"}, world: people},
		{name: "form-grant", keys: []string{":"}, text: "grant bob db1", world: people},
		{name: "form-quota", keys: []string{":"}, text: "quota ann berlin", world: people},
		{name: "setup", keys: []string{":"}, text: "cluster-setup berlin"},
		{name: "form-settings", keys: []string{":"}, text: "cluster-set berlin"},
		{name: "form-edit", keys: []string{":"}, text: "edit db1"},
		{name: "templates", keys: []string{":"}, text: "templates", world: template},
		{name: "template", keys: []string{":"}, text: "templates", then: []string{"enter"}, world: template},
		{name: "find", keys: []string{"ctrl+p", "w", "e", "b", "down"}},
		{name: "audit", keys: []string{":"}, text: "audit"},
		{name: "strays", keys: []string{":"}, text: "strays", world: func(w *coretest.World, s *core.Session) {
			w.Do(s, core.SetOwner{VM: core.VMRef(coretest.Berlin, coretest.Web1), Owner: core.UserRef("ann")})
		}},
		{name: "backups", keys: []string{":"}, text: "backups", world: func(w *coretest.World, s *core.Session) {
			w.Berlin.PutBackup("node2.berlin.example.org", "old1.example.org")
			w.Berlin.PutBackup("node1.berlin.example.org", coretest.DB1)
			w.Berlin.SilentNodes("node4.berlin.example.org")
			w.Paris.Fail("Backups", w.Paris.Unreachable())
			w.Do(s, core.ExportVM{VM: core.VMRef(coretest.Berlin, coretest.Web1), To: core.NodeRef(coretest.Berlin, "node2.berlin.example.org")})
		}},
		{name: "form-restore", keys: []string{":"}, text: "backups", world: func(w *coretest.World, _ *core.Session) {
			w.Berlin.PutBackup("node1.berlin.example.org", coretest.DB1)
		}, then: []string{"n", "ctrl+n", "ctrl+n"}},
		{name: "form-owner", keys: []string{":"}, text: "owner db1"},
		{name: "vms-owned", keys: []string{"2"}, world: func(w *coretest.World, s *core.Session) {
			w.Do(s, core.SetOwner{VM: core.VMRef(coretest.Berlin, coretest.Web1), Owner: core.GroupRef("ops")})
		}},
		{name: "users", keys: []string{"7"}, world: crowd},
		{name: "users-ann", user: "ann", keys: []string{"7"}, world: crowd},
		{name: "users-delete", keys: []string{"7", "j", "j", "D"}, world: crowd},
		{name: "users-disable-many", keys: []string{"7", "j", "space", "space", "X"}, world: crowd},
		{name: "groups", keys: []string{"8"}, world: crowd},
		{name: "groups-ann", user: "ann", keys: []string{"8"}},
		{name: "user", keys: []string{"7", "j", "j", "enter"}, world: crowd},
		{name: "user-keys", keys: []string{"7", "j", "j", "enter", "2"}, world: crowd},
		{name: "user-rights", keys: []string{"7", "j", "enter", "3"}, world: crowd},
		{name: "user-usage", keys: []string{"7", "j", "j", "enter", "4"}, world: crowd},
		{name: "user-history", keys: []string{"7", "j", "j", "j", "enter", "6"}, world: crowd},
		{name: "user-self-ann", user: "ann", keys: []string{":"}, text: "profile", world: crowd},
		{name: "user-unknown", user: "ann", keys: []string{":"}, text: "user carla", world: crowd},
		{name: "user-add", keys: []string{"7", "a"}, world: crowd},
		{name: "fleet-applicants", world: applicants},
		{name: "applicants", keys: []string{":"}, text: "applicants", world: applicants},
		{name: "applicant-approve", keys: []string{":"}, text: "applicants", then: []string{"A"}, world: applicants},
		{name: "tokens-ann", user: "ann", keys: []string{":"}, text: "tokens"},
		{name: "token-add", keys: []string{":"}, text: "tokens", then: []string{"a"}},
		{name: "group", keys: []string{"8", "j", "enter"}, world: crowd},
		{name: "group-members", keys: []string{"8", "j", "enter", "2"}, world: crowd},
		{name: "group-members-ann", user: "ann", keys: []string{"8", "enter", "2", "m"}, world: crowd},
	}
}

// guestText is what the guest of web1 wrote before anybody came.
const guestText = "\x1b]0;a title\x07Debian GNU/Linux 13 web1 ttyS0\r\n\r\nweb1 login: root\r\nLast login: Sun Nov 22 06:00:00 UTC 2026\r\n" +
	"\x1b[1;32mroot@web1\x1b[0m:\x1b[1;34m~\x1b[0m# ls --color\r\n\x1b[01;34mbin\x1b[0m  \x1b[38;5;208mlog\x1b[0m  \x1b[38;2;10;200;30m日本語.txt\x1b[0m  caf\u00e9\r\n" +
	"\x1b[1;32mroot@web1\x1b[0m:\x1b[1;34m~\x1b[0m# "

// template keeps one on berlin.
func template(w *coretest.World, s *core.Session) {
	w.Do(s, core.SaveTemplate{Template: core.Template{Cluster: coretest.Berlin, Name: "small", Description: "a small web server", VM: core.CreateVM{
		OS: "noop", Hypervisor: "kvm", DiskTemplate: "plain", MemoryMiB: 512, VCPUs: 1, Disks: []core.NewDisk{{SizeMiB: 1024}}, NICs: []core.NewNIC{{}},
	}}})
}

// people gives rights, quotas and VMs to the people of the world: ops is over its
// memory.
func people(w *coretest.World, _ *core.Session) {
	s := w.Local()
	defer s.Close()
	hours, err := core.ParseHours("mon-fri 08:00-18:00 Europe/Berlin")
	if err != nil {
		panic(err)
	}
	limit := func(n int) *int { return &n }
	ops, ann, db1 := core.GroupRef("ops"), core.UserRef("ann"), core.VMRef(coretest.Berlin, coretest.DB1)
	for _, op := range []core.Op{
		core.SetGrant{Who: ann, On: core.ClusterRef(coretest.Berlin), Verbs: []core.Verb{core.VerbCreateVM}, Hours: hours, Until: s.View().Now().AddDate(0, 0, 60).Truncate(time.Hour)},
		core.SetQuota{Cluster: coretest.Berlin, Limits: core.Limits{MemoryMiB: limit(8192), VMs: limit(4)}},
		core.SetQuota{Who: ops, Cluster: coretest.Berlin, Limits: core.Limits{MemoryMiB: limit(12288), DiskMiB: limit(1 << 20), VCPUs: limit(16)}},
		core.SetOwner{VM: db1, Owner: ops},
		core.SetOwner{VM: core.VMRef(coretest.Berlin, coretest.Web1), Owner: ann},
	} {
		w.Do(s, op)
	}
}

// play shows a scene at a size and returns the screen, as text and with styles.
func play(t *testing.T, sc scene, o tui.Options) (screen, styled string) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		consoles := tuitest.NewConsoles()
		consoles.Print(web1, guestText)
		w := coretest.StartWith(t, coretest.Options{Registration: true, Consoles: consoles})
		defer w.Stop()
		user := sc.user
		if user == "" {
			user = "admin"
		}
		s := w.Login(user)
		if sc.world != nil {
			sc.world(w, s)
		}
		d := tuitest.New(t, s, o)
		defer d.Close()
		d.Advance(40 * time.Second)
		if sc.skin != "" {
			d.Press(":")
			d.Type("theme " + sc.skin)
			d.Press("enter")
		}
		d.Press(sc.keys...)
		if sc.text != "" {
			d.Type(sc.text)
			d.Press("enter")
		}
		d.Press(sc.then...)
		d.Advance(2 * time.Second)
		screen, styled = d.Screen(), d.ANSI()
	})
	return screen + "\n", styled + "\n"
}

// TestMain makes times of day the same everywhere.
func TestMain(m *testing.M) {
	time.Local = time.UTC
	os.Exit(m.Run())
}

func TestGoldenColours(t *testing.T) {
	t.Parallel()
	in := map[string]bool{
		"cluster": true, "cluster-quotas": true, "fleet-over": true, "form-grant": true, "strays": true,
		"fleet": true, "fleet-down": true, "fleet-marks": true, "vms-marked": true, "vms-down": true, "vm-params": true, "node": true, "jobs": true, "job-failed": true,
		"console": true,
		"users":   true, "user": true, "group-members": true, "user-add": true,
	}
	for _, sc := range scenes() {
		if !in[sc.name] {
			continue
		}
		for _, mode := range []struct {
			name    string
			options tui.Options
			skin    string
		}{
			{"none", tui.Options{Width: 80, Height: 24, Profile: colorprofile.ASCII, ASCII: true}, ""},
			{"16", tui.Options{Width: 80, Height: 24, Profile: colorprofile.ANSI}, ""},
			{"truecolor", tui.Options{Width: 80, Height: 24, Profile: colorprofile.TrueColor}, "slate"},
		} {
			t.Run(sc.name+"/"+mode.name, func(t *testing.T) {
				t.Parallel()
				sc := sc // its own: the others run at the same time
				sc.skin = mode.skin
				screen, styled := play(t, sc, mode.options)
				golden.RequireEqual(t, styled)
				if at := strings.IndexFunc(screen, func(r rune) bool { return r > '~' }); mode.options.ASCII && at >= 0 {
					t.Errorf("%q is not ASCII", screen[at:])
				}
			})
		}
	}
}

func TestGoldenScreens(t *testing.T) {
	t.Parallel()
	for _, sc := range scenes() {
		for _, size := range [][2]int{{40, 12}, {80, 24}, {120, 40}, {200, 60}} {
			t.Run(fmt.Sprintf("%s/%dx%d", sc.name, size[0], size[1]), func(t *testing.T) {
				t.Parallel()
				screen, _ := play(t, sc, tui.Options{Width: size[0], Height: size[1], Profile: colorprofile.ANSI})
				golden.RequireEqual(t, screen)
			})
		}
	}
}
