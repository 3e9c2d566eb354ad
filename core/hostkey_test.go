package core_test

import (
	"crypto/x509"
	"encoding/base64"
	"encoding/binary"
	"encoding/pem"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/crypto/ssh"

	"gwm/core"
)

// hostBlob is a key in the form of SSH, which nobody has the other half of.
func hostBlob(seed string) []byte {
	var blob []byte
	for _, part := range []string{"ssh-ed25519", (seed + strings.Repeat("x", 32))[:32]} {
		blob = binary.BigEndian.AppendUint32(blob, uint32(len(part)))
		blob = append(blob, part...)
	}
	return blob
}

func TestHostKeys(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.grant(core.UserRef("bob"), web1, core.VerbConsole)
	h.grant(core.UserRef("eve"), core.ClusterRef("berlin"), core.VerbAdmin)
	bob, eve := h.login("bob"), h.login("eve")
	seat, ctx := h.openConsole(bob, web1), t.Context()
	a, b := hostBlob("a"), hostBlob("b")
	printA, printB := core.Fingerprint(a), core.Fingerprint(b)

	first := "gwm meets n1 of berlin for the first time: it shows the ssh-ed25519 key " + printA
	trust := "console trust berlin n1 " + printA
	for range 2 {
		err := seat.CheckHost(ctx, "n1", a)
		wantError(t, err, core.CodeUntrusted, first)
		wantError(t, err, core.CodeUntrusted, trust)
	}
	if r := h.lastRecord(core.EventDenied); r.Op != "console.host" || r.By != "bob" || r.Args["fingerprint"] != printA || r.Args["host"] != "n1" {
		t.Errorf("recorded is %+v", r)
	}
	h.refused(bob, core.TrustHost{Cluster: "berlin", Host: "n1", Fingerprint: printA}, core.CodeDenied, "needs admin on berlin")
	h.refused(eve, core.TrustHost{Cluster: "berlin", Host: "n1", Fingerprint: printB}, core.CodeNotFound, "n1 of berlin never showed gwm the key "+printB)
	h.refused(eve, core.TrustHost{Cluster: "berlin", Host: "n2", Fingerprint: printA}, core.CodeNotFound, "n2 of berlin never showed")
	h.do(eve, core.TrustHost{Cluster: "berlin", Host: "n1", Fingerprint: printA})
	if err := seat.CheckHost(ctx, "n1", a); err != nil {
		t.Fatalf("the trusted key is refused: %v", err)
	}
	h.refused(eve, core.TrustHost{Cluster: "berlin", Host: "n1", Fingerprint: printA}, core.CodeState, "trusted already")
	if types, err := seat.KeyTypes(ctx, "n1"); err != nil || len(types) != 1 || types[0] != "ssh-ed25519" {
		t.Errorf("types to ask for: %v, %v", types, err)
	}
	if types, err := seat.KeyTypes(ctx, "n2"); err != nil || types != nil {
		t.Errorf("types of a new node to ask for: %v, %v", types, err)
	}

	err := seat.CheckHost(ctx, "n1", b)
	wantError(t, err, core.CodeUntrusted, "n1 of berlin shows another key than before: "+printB+" instead of "+printA)
	wantError(t, err, core.CodeUntrusted, "console forget berlin n1")
	h.refused(eve, core.TrustHost{Cluster: "berlin", Host: "n1", Fingerprint: printB}, core.CodeConflict, "another key of n1 of berlin is trusted: "+printA)
	if err := seat.CheckHost(ctx, "n1", a); err != nil {
		t.Errorf("the key is refused once another was shown: %v", err)
	}
	h.do(eve, core.ForgetHost{Cluster: "berlin", Host: "n1"})
	if r := h.lastRecord(core.EventDone); len(r.Changes) != 1 || r.Changes[0].From != printA {
		t.Errorf("recorded is %+v", r)
	}
	h.refused(eve, core.ForgetHost{Cluster: "berlin", Host: "n1"}, core.CodeNotFound, "gwm knows no key of n1 of berlin")
	wantError(t, seat.CheckHost(ctx, "n1", b), core.CodeUntrusted, "for the first time")
	h.do(eve, core.TrustHost{Cluster: "berlin", Host: "n1", Fingerprint: printB})
	if err := seat.CheckHost(ctx, "n1", b); err != nil {
		t.Errorf("the new key is refused: %v", err)
	}

	if _, err := bob.HostKeys(ctx, "berlin"); core.CodeOf(err) != core.CodeDenied {
		t.Errorf("bob reads host keys: %v", err)
	}
	if _, err := bob.HostKeys(ctx, "oslo"); core.CodeOf(err) != core.CodeNotFound {
		t.Errorf("of no cluster: %v", err)
	}
	keys, err := eve.HostKeys(ctx, "berlin")
	if err != nil || len(keys) != 1 || keys[0].By != "eve" || keys[0].Trusted.IsZero() || keys[0].Fingerprint != printB {
		t.Errorf("keys %+v, %v", keys, err)
	}
}

// TestHostKeyOfAll is Ganeti's way: all nodes have one key.
func TestHostKeyOfAll(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	seat, ctx := h.openConsole(h.root, web1), t.Context()
	a, b := hostBlob("a"), hostBlob("b")
	wantError(t, seat.CheckHost(ctx, "n1", a), core.CodeUntrusted, "for the first time")
	h.do(h.root, core.TrustHost{Cluster: "berlin", Host: core.AnyHost, Fingerprint: core.Fingerprint(a)})
	for _, host := range []string{"n1", "n2"} {
		if err := seat.CheckHost(ctx, host, a); err != nil {
			t.Errorf("%s: %v", host, err)
		}
	}
	wantError(t, seat.CheckHost(ctx, "n2", b), core.CodeUntrusted, "n2 of berlin shows another key than before")
	// One node may have a key of its own all the same.
	h.do(h.root, core.TrustHost{Cluster: "berlin", Host: "n2", Fingerprint: core.Fingerprint(b)})
	if err := seat.CheckHost(ctx, "n2", b); err != nil {
		t.Error(err)
	}
	wantError(t, seat.CheckHost(ctx, "n2", a), core.CodeUntrusted, "another key than before")
	// What is no host or no key, and a host that calls itself all of them.
	for _, bad := range []struct {
		host string
		blob []byte
	}{
		{core.AnyHost, a},
		{"", a},
		{"n\x1b[1m", a},
		{strings.Repeat("n", 300), a},
		{"n3", nil},
		{"n3", []byte("\xff\xff\xff\xff")},
		{"n3", []byte{0, 0, 0, 9, 's'}},
		{"n3", make([]byte, 10000)},
	} {
		wantError(t, seat.CheckHost(ctx, bad.host, bad.blob), core.CodeUntrusted, "something that is no SSH key")
	}
	for i := range 100 {
		wantError(t, seat.CheckHost(ctx, fmt.Sprintf("m%d", i), hostBlob(fmt.Sprint(i))), core.CodeUntrusted, "another key than before")
	}
	keys, err := h.root.HostKeys(ctx, "berlin")
	if err != nil || len(keys) != 2+64 {
		t.Errorf("%d keys are kept, %v", len(keys), err)
	}
	// A cluster that is made anew has nothing of the old one.
	h.do(h.root, core.RemoveCluster{Name: "berlin"})
	h.do(h.root, core.AddCluster{Cluster: berlin(), Password: core.NewSecret("hunter2")})
	if keys, err := h.root.HostKeys(ctx, "berlin"); err != nil || len(keys) != 0 {
		t.Errorf("keys of the old cluster: %+v, %v", keys, err)
	}
}

func TestConsoleKey(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	oslo := core.Cluster{Name: "oslo", Platform: "ganeti", URL: "https://oslo:5080", User: "gwm"}
	h.do(h.root, core.AddCluster{Cluster: oslo, Password: core.NewSecret("hunter2")})
	h.grant(core.UserRef("eve"), core.ClusterRef("berlin"), core.VerbAdmin)
	h.grant(core.UserRef("bob"), web1, core.VerbConsole)
	ctx, eve := t.Context(), h.login("eve")
	line, err := eve.ConsoleKey(ctx, "berlin")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := eve.ConsoleKey(ctx, "oslo"); core.CodeOf(err) != core.CodeNotFound {
		t.Errorf("the key for another cluster: %v", err)
	}
	if _, err := h.login("bob").ConsoleKey(ctx, "berlin"); core.CodeOf(err) != core.CodeDenied {
		t.Errorf("the key for who does not administer the cluster: %v", err)
	}
	other, err := h.root.ConsoleKey(ctx, "oslo")
	if err != nil || strings.Fields(other)[2] == strings.Fields(line)[2] {
		t.Errorf("two clusters have one key: %s, %v", other, err)
	}
	// An SSH library reads both halves, and they belong together.
	public, comment, options, _, err := ssh.ParseAuthorizedKey([]byte(line))
	if err != nil || comment != "gwm-consoles@berlin" {
		t.Fatalf("%q: %q, %v", line, comment, err)
	}
	if diff := cmp.Diff([]string{"restrict", "pty", "port-forwarding"}, options); diff != "" {
		t.Error(diff)
	}
	seat := h.openConsole(h.login("bob"), web1)
	private := func() ssh.Signer {
		t.Helper()
		secret, err := seat.Identity(ctx)
		if err != nil {
			t.Fatal(err)
		}
		block, _ := pem.Decode([]byte(secret.Reveal()))
		if _, err := x509.ParsePKCS8PrivateKey(block.Bytes); err != nil {
			t.Fatal(err)
		}
		signer, err := ssh.ParsePrivateKey([]byte(secret.Reveal()))
		if err != nil {
			t.Fatal(err)
		}
		// It is in no record and nowhere in the store but sealed.
		h.inNothing(t, base64.StdEncoding.EncodeToString(block.Bytes[len(block.Bytes)-32:]))
		return signer
	}
	if got := private().PublicKey().Marshal(); string(got) != string(public.Marshal()) {
		t.Error("the private key is another one than the public one")
	}
	h.do(eve, core.RotateConsoleKey{Cluster: "berlin"})
	if got := private().PublicKey().Marshal(); string(got) == string(public.Marshal()) {
		t.Error("the key is the old one")
	}
	h.refused(eve, core.RotateConsoleKey{Cluster: "oslo"}, core.CodeNotFound, "")
}

// inNothing holds that a text is in no value of the store that is not sealed.
func (h *house) inNothing(t *testing.T, text string) {
	t.Helper()
	err := h.store.List(t.Context(), "", "", func(it core.Item) bool {
		if strings.Contains(string(it.Value), text) && !strings.HasPrefix(it.Key, core.SealedPrefix) {
			t.Errorf("%s holds a secret", it.Key)
		}
		return true
	})
	if err != nil {
		t.Fatal(err)
	}
}
