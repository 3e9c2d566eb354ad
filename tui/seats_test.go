package tui_test

import (
	"context"
	"encoding/binary"
	"strings"
	"testing"
	"time"

	"gwm/core"
	"gwm/core/coretest"
	"gwm/tui/tuitest"
)

// beside puts a second person of the same world at a screen.
func (d *sitting) beside(user string, f func(other *tuitest.Driver)) {
	d.Helper()
	other := tuitest.New(d.T, d.Login(user), at80)
	defer other.Close()
	f(other)
}

// both lets two screens take what happened.
func (d *sitting) both(other *tuitest.Driver) {
	d.Advance(time.Second)
	other.Advance(time.Second)
}

func TestSeatsOfVM(t *testing.T) {
	t.Parallel()
	sitAtConsole(t, "ann", func(d *sitting) {
		d.beside("admin", func(other *tuitest.Driver) {
			other.Command("vm web1")
			other.Shows("at its consoles", "ann · watches · serial · since")
			other.Hides("ann · keyboard")
			d.Type("a")
			d.both(other)
			other.Shows("ann · keyboard · serial")
			other.Press("8")
			other.Shows("8 consoles", "ann", "keyboard", "serial", "D end the seat")
			other.Press("D")
			other.Shows("End the console of ann at web1.example.org on berlin?", "nothing of web1.example.org any more", "gwm console end")
			other.Press("n")
			other.Shows("nothing was done")
			d.both(other)
			d.Shows("you type")
			other.Press("D", "y")
			d.both(other)
			other.Shows("nobody sits at its consoles now")
			d.Shows("admin ended your console of berlin/web1.example.org")
			other.Press("D")
			other.Shows("nobody sits there")
		})
	})
}

func TestSeatsOfOneself(t *testing.T) {
	t.Parallel()
	sitAtConsole(t, "ann", func(d *sitting) {
		d.Press("ctrl+]", "d")
		d.Command("at web1")
		d.Shows("ann (you)", "watches")
		d.beside("bob", func(bob *tuitest.Driver) {
			bob.Command("at web1")
			bob.Shows("who sits at the consoles", "needs console on berlin/web1")
			bob.Command("seats")
			bob.Shows("nobody sits at a console now", "at VMs that you administer")
		})
		d.Press("D")
		d.Shows("End the console of ann at web1")
		d.Press("y")
		d.Advance(2 * time.Second)
		d.Shows("nobody sits at its consoles now")
	})
}

func TestSeatsEverywhere(t *testing.T) {
	t.Parallel()
	sitAtConsole(t, "ann", func(d *sitting) {
		d.beside("admin", func(other *tuitest.Driver) {
			other.Command("seats")
			other.Shows("all › seats", "ann", "web1.example.org", "berlin", "watches")
			d.Type("a")
			d.both(other)
			other.Shows("keyboard")
			other.Press("/")
			other.Type("by:bob")
			other.Press("enter")
			other.Shows("nobody who sits at a console matches by:bob")
			other.Press("esc")
			other.Command("cluster paris")
			other.Command("seats")
			other.Shows("all › paris › seats", "nobody sits at a console now")
			other.Command("cluster all")
			other.Command("seats")
			other.Press("enter")
			other.Shows("vms › web1.example.org", "8 consoles", "ann")
			other.Press("esc", "D", "y")
			d.both(other)
			other.Shows("nobody sits at a console now")
			d.Shows("admin ended your console")
		})
	})
}

// keyBlob is a public key in the form of SSH.
func keyBlob(seed string) []byte {
	var blob []byte
	for _, part := range []string{"ssh-ed25519", (seed + strings.Repeat("x", 32))[:32]} {
		blob = binary.BigEndian.AppendUint32(blob, uint32(len(part)))
		blob = append(blob, part...)
	}
	return blob
}

// meets has a node of berlin show a key to gwm, as a console there would.
func (d *sitting) meets(node, seed string) (fingerprint string) {
	d.Helper()
	s := d.Login("ann")
	defer s.Close()
	seat, err := s.OpenConsole(d.Context(), web1, core.ConsoleSerial)
	if err != nil {
		d.Fatal(err)
	}
	err = seat.CheckHost(d.Context(), node, keyBlob(seed))
	d.Set(web1, func(s *core.LineState) { s.Phase, s.Why = core.LineWaiting, err })
	d.Advance(time.Second)
	return core.Fingerprint(keyBlob(seed))
}

func TestHostKeysOfCluster(t *testing.T) {
	t.Parallel()
	sitAtConsole(t, "admin", func(d *sitting) {
		d.Press("ctrl+]", "d")
		d.Command("host-keys berlin")
		d.Shows("6 keys", "no node of berlin has shown its SSH key yet")
		d.Press("A")
		d.Shows("no key is selected")
		first := d.meets("node1.berlin", "a")
		d.Shows("first contact", "node1.berlin", first, "ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub", "A trusts the key")
		d.Press("A")
		d.Shows("─ "+first, "trust it for node1.berlin", "trust it for every node of berlin")
		d.Press("o")
		d.Shows("Trust the key of node1.berlin of berlin?", "Is that what the node itself says? On node1.berlin:", "ssh-keygen -lf", "y yes  n no")
		d.Advance(time.Second)
		d.Press("n")
		d.Shows("first contact")
		d.Press("A", "o")
		d.Advance(time.Second)
		d.Press("y")
		d.Advance(time.Second)
		d.Shows("trusted", first)
		d.Press("A")
		d.Shows("it is trusted already")

		second := d.meets("node1.berlin", "b")
		d.Press("j")
		d.Shows("HARD STOP: node1.berlin shows another key than before", "installed anew", "trusted "+first, "shown   "+second, "CHANGED")
		d.Press("A")
		d.Shows("another key of this node is trusted; find out why")
		d.Press("k", "D")
		d.Shows("Forget the key of node1.berlin of berlin?", "node1.berlin shows "+second[:20], "installed anew")
		d.Advance(time.Second)
		d.Press("y")
		d.Advance(time.Second)
		d.Hides(first, "HARD STOP")
		d.Shows("first contact", second)
		d.Press("A", "e")
		d.Advance(time.Second)
		d.Press("y")
		d.Advance(time.Second)
		d.Shows("every node", "trusted", second)

		liar := d.meets("node2.berlin", "c")
		d.Press("j", "D")
		d.Shows("Forget the key of node2.berlin of berlin?", "that gwm meets")
		d.Advance(time.Second)
		d.Press("y")
		d.Advance(time.Second)
		d.Shows("every node")
		d.Hides(liar)
	})
}

func TestHostKeysAreForAdministrators(t *testing.T) {
	t.Parallel()
	sitAtConsole(t, "ann", func(d *sitting) {
		d.Press("ctrl+]", "d")
		d.Command("host-keys berlin")
		d.Shows("the keys of its nodes are for the administrators of")
		d.Command("console-key berlin")
		d.Shows("gwm's keys for its nodes are for the administrators of")
		d.Command("console-rotate berlin")
		d.Shows("make a new key: needs admin on berlin")
	})
}

func TestOwnKey(t *testing.T) {
	t.Parallel()
	sitAtConsole(t, "admin", func(d *sitting) {
		d.Press("ctrl+]", "d")
		d.Command("overview berlin")
		d.Press("K")
		d.Shows("gwm's own key for the nodes of berlin", "restrict,pty,port-forwarding ssh-ed25519 AAAA", "authorized_keys")
		d.Press("y")
		first := d.Clipboard()
		if !strings.HasPrefix(first, "restrict,pty,port-forwarding ssh-ed25519 AAAA") || !strings.HasSuffix(first, " gwm-consoles@berlin") {
			d.Errorf("the clipboard holds %q", first)
		}
		d.Command("console-rotate berlin")
		d.Shows("Make a new key for the nodes of berlin?")
		d.Press("y")
		d.Advance(time.Second)
		d.Press("y")
		if d.Clipboard() == first {
			d.Error("the key is the old one")
		}
	})
}

// TestConsoleTrustsFromThePane meets a node from its console.
func TestConsoleTrustsFromThePane(t *testing.T) {
	t.Parallel()
	sitAtConsole(t, "admin", func(d *sitting) {
		print := d.meets("node1.berlin", "a")
		d.Shows("gwm meets node1.berlin of berlin", print, "look at the key")
		d.Press("ctrl+]", "t")
		d.Shows("─ "+print, "trust it for node1.berlin")
		d.Advance(time.Second)
		d.Press("o")
		d.Shows("Trust the key of node1.berlin of berlin?", "ssh-keygen -lf")
		d.Advance(time.Second)
		d.Press("y")
		d.Advance(time.Second)
		d.Press("ctrl+]", "r")
		d.Advance(time.Second)
		d.Shows("connected")

		d.meets("node1.berlin", "b")
		d.Shows("node1.berlin of berlin shows another key than before")
		d.Press("ctrl+]", "t")
		d.Shows("node1.berlin shows another key than before", "leave it so", "gwm does not log in there")
		d.Hides("trust it for")
		d.Advance(time.Second)
		d.Press("h")
		d.Shows("6 keys", "CHANGED")
	})
}

func TestConsoleTellsWhomToAsk(t *testing.T) {
	t.Parallel()
	sitAtConsole(t, "ann", func(d *sitting) {
		d.meets("node1.berlin", "a")
		d.Shows("for the first time", "needs admin on berlin; ask an administrator of berlin")
		d.Press("ctrl+]", "t")
		d.Shows("needs admin on berlin", "ask an administrator")
		d.Hides("trust it for")
	})
}

func TestRecordingsOfVM(t *testing.T) {
	t.Parallel()
	sitAtTape(t, tape(3), func(d *sitting) {
		d.Press("esc", "esc")
		d.Command("vm web1")
		d.Press("9")
		d.Shows("9 recordings", "12 KiB", "ann", "1h")
		d.Press("y")
		d.Shows("command to export it", "gwm recording export ")
		d.Press("e")
		if got := d.Clipboard(); !strings.HasPrefix(got, "gwm recording export 2000") || !strings.HasSuffix(got, " > web1.cast") {
			d.Errorf("copied is %q", got)
		}
		d.Press("D")
		d.Shows("remove the recording", "only a site")
		d.beside("admin", func(other *tuitest.Driver) {
			other.Command("recordings")
			other.Shows("web1.example.org", "12 KiB")
			other.Press("D")
			other.Shows("Nobody can see again what the recording", "Type remove 1")
			other.Type("remove 1")
			other.Press("enter")
			d.both(other)
			other.Shows("nothing is recorded that you may see")
			d.Shows("nothing is recorded that you may see")
		})
		d.Press("1")
	})
}

// TestRecordingPolicyIsShown holds the marks of a cluster whose consoles are
// recorded.
func TestRecordingPolicyIsShown(t *testing.T) {
	t.Parallel()
	sitAtConsole(t, "admin", func(d *sitting) {
		d.Press("ctrl+]", "d")
		d.Command("overview berlin")
		d.Shows("not recorded")
		d.Hides("REC")
		c, _ := d.Local().View().Cluster(coretest.Berlin)
		was := c.Cluster
		c.Cluster.Recording = core.RecordingBest
		d.Do(d.Local(), core.EditCluster{Cluster: c.Cluster, Was: &was})
		d.Advance(2 * time.Second)
		d.Shows("berlin REC", "recorded; where that fails they go on and say so")
		d.Command("vm web1")
		d.Shows("web1.example.org REC")
	})
}

// seatedAtWeb1 puts ann and admin at the serial console of web1, where ann types.
func seatedAtWeb1(w *coretest.World, s *core.Session) {
	for _, who := range []*core.Session{w.Login("ann"), s} {
		seat, err := who.OpenConsole(context.Background(), web1, core.ConsoleSerial)
		if err != nil {
			panic(err)
		}
		seat.Keyboard(who != s)
		<-time.After(time.Minute) // who sits there longer comes first
	}
}

// nodesMet has nodes of berlin show their keys: one is trusted, one is met for the
// first time, one shows another key than before.
func nodesMet(w *coretest.World, s *core.Session) {
	ctx := context.Background()
	seat, err := s.OpenConsole(ctx, web1, core.ConsoleSerial)
	if err != nil {
		panic(err)
	}
	for _, met := range []struct {
		node, seed string
		trust      bool
	}{
		{"node1.berlin.example.org", "a", true},
		{"node2.berlin.example.org", "b", true},
		{"node2.berlin.example.org", "c", false},
		{"node3.berlin.example.org", "d", false},
	} {
		_ = seat.CheckHost(ctx, met.node, keyBlob(met.seed)) // it is refused
		if met.trust {
			w.Do(s, core.TrustHost{Cluster: coretest.Berlin, Host: met.node, Fingerprint: core.Fingerprint(keyBlob(met.seed))})
		}
	}
}
