package core_test

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"strings"
	"testing"

	"gwm/core"
)

// wireKey writes a public key line of a type with some fields.
func wireKey(kind string, fields ...[]byte) string {
	var blob []byte
	for _, f := range append([][]byte{[]byte(kind)}, fields...) {
		blob = binary.BigEndian.AppendUint32(blob, uint32(len(f)))
		blob = append(blob, f...)
	}
	return kind + " " + base64.StdEncoding.EncodeToString(blob)
}

func TestParseKey(t *testing.T) {
	t.Parallel()
	point, exponent := make([]byte, 65), []byte{1, 0, 1}
	modulus := func(bits int) []byte { return append([]byte{0}, bytes.Repeat([]byte{0xff}, bits/8)...) }
	tests := []struct {
		name, line, want string // want: the message, or "" for a good key
	}{
		{"ed25519", annKey, ""},
		{"ed25519 without a comment", wireKey("ssh-ed25519", make([]byte, 32)), ""},
		{"rsa", wireKey("ssh-rsa", exponent, modulus(2048)), ""},
		{"ecdsa", wireKey("ecdsa-sha2-nistp256", []byte("nistp256"), point), ""},
		{"security key", wireKey("sk-ssh-ed25519@openssh.com", make([]byte, 32), []byte("ssh:")), ""},
		{"with line ends around", "\n" + annKey + "\r\n", ""},
		{"empty", "", "it needs a type and a base64 part"},
		{"type alone", "ssh-ed25519", "it needs a type and a base64 part"},
		{"short rsa", wireKey("ssh-rsa", exponent, modulus(1024)), "an RSA key needs at least 2048 bits"},
		{"dsa", wireKey("ssh-dss", point), "type ssh-dss is not supported"},
		{"certificate", wireKey("ssh-ed25519-cert-v01@openssh.com", point), "is not supported"},
		{"private", "-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA", "it is a PRIVATE key"},
		{"two lines", annKey + "\n" + bobKey, "it has more than one line"},
		{"options", `no-pty,command="x" ` + annKey, "options in front of the key are not supported"},
		{"cut", annKey[:42], "damaged or cut"},
		{"cut elsewhere", annKey[:40], "does not hold a key"},
		{"other type inside", strings.Replace(wireKey("ssh-rsa", exponent, modulus(2048)), "ssh-rsa", "ssh-ed25519", 1), "does not hold a key of type ssh-ed25519"},
		{"short ed25519", wireKey("ssh-ed25519", make([]byte, 31)), "an ed25519 key has 32 bytes"},
		{"ecdsa without a point", wireKey("ecdsa-sha2-nistp256", []byte("nistp256")), "is cut"},
		{"endless", "ssh-rsa " + strings.Repeat("A", 17<<10), "it is longer than 16 KiB"},
		{"escape", "\x1b[2Jssh-rsa AAAA", "type ·[2Jssh-rsa is not supported"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			k, err := core.ParseKey(tt.line)
			if tt.want != "" {
				wantError(t, err, core.CodeInvalid, tt.want)
				return
			}
			if err != nil || !strings.HasPrefix(k.Fingerprint, "SHA256:") {
				t.Errorf("%+v, %v", k, err)
			}
		})
	}
	// What ssh-keygen -l prints for this key.
	k, err := core.ParseKey("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEB x")
	if want := "SHA256:RXm/ruZ0eTzRXKwi1AQEDynB0VgHQ2ac9KPSFdf/YnA"; err != nil || k.Fingerprint != want {
		t.Errorf("the fingerprint is %s, %v, want %s", k.Fingerprint, err, want)
	}
}

func TestParseKeys(t *testing.T) {
	t.Parallel()
	keys, err := core.ParseKeys("ann.pub", "# of ann\r\n\n  "+annKey+"  \r\n"+bobKey)
	if err != nil || len(keys) != 2 {
		t.Errorf("%v, %v, want two keys", keys, err)
	}
	if keys, err := core.ParseKeys("none.pub", " \n# none"); err != nil || len(keys) > 0 {
		t.Errorf("%v, %v, want no key", keys, err)
	}
	_, err = core.ParseKeys("a\x1b.pub", "\n"+annKey+"\nssh-ed25519 x\n")
	wantError(t, err, core.CodeInvalid, "a·.pub, line 3: this is not a public key: ")
}

func TestGroups(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.grant(core.UserRef("eve"), core.GroupRef("ops"), core.VerbAdmin)
	h.grant(core.GroupRef("ops"), web1, core.VerbPower)
	eve, bob := h.login("eve"), h.login("bob")
	h.do(eve, core.EditGroup{Name: "ops", Comment: "operations"})
	h.do(eve, core.RemoveMember{Group: "ops", User: "bob"})
	if vms := bob.View().VMs(); len(vms) != 0 {
		t.Errorf("who left the group still sees %v", vms)
	}
	h.do(eve, core.AddMember{Group: "ops", User: "bob"})
	groups, err := bob.Groups(t.Context())
	if err != nil || len(groups) != 1 || groups[0].Comment != "operations" {
		t.Errorf("bob sees the groups %+v, %v", groups, err)
	}
	h.refused(eve, core.AddGroup{Group: core.Group{Name: "mine"}}, core.CodeDenied, "only a site administrator")
	h.refused(bob, core.AddMember{Group: "ops", User: "eve"}, core.CodeDenied, "needs admin on group:ops; ask an administrator of the group")
	h.do(eve, core.DeleteGroup{Name: "ops"})
	if vms := bob.View().VMs(); len(vms) != 0 {
		t.Errorf("a deleted group still shows %v", vms)
	}
	if grants, err := h.root.Grants(t.Context(), core.Ref{}, core.Ref{}); err != nil || len(grants) != 0 {
		t.Errorf("left over: %v, %v", grants, err)
	}
}

func TestWhoIsLoggedIn(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ann, bob := h.login("ann"), h.login("bob")
	if u := h.root.User(); u.Name != "local" || !u.Admin || h.root.ActAs() != core.UserRef("local") {
		t.Errorf("at the machine sits %+v", u)
	}
	if u := bob.User(); u.Name != "bob" || u.Admin || bob.ID() == "" || bob.ID() == ann.ID() {
		t.Errorf("bob is %+v in session %q", u, bob.ID())
	}
	yes := true
	h.do(h.root, core.EditUser{Name: "bob", Admin: &yes})
	if !bob.User().Admin || !bob.Can(core.StopVM{VM: web1}).OK {
		t.Error("the new administrator has to log in again")
	}
	h.do(h.root, core.DeleteUser{Name: "bob"})
	if u := bob.User(); u.Name != "bob" {
		t.Errorf("who was deleted is %+v", u)
	}
	named, err := h.core.Local(t.Context(), "root", "control")
	if err != nil || named.User().Name != "root@local" {
		t.Errorf("%+v, %v", named, err)
	}
	_, err = h.core.Local(t.Context(), "ro ot", "control")
	wantError(t, err, core.CodeInvalid, `"ro ot" cannot be a name`)
}
