package main

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/pem"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	gossh "golang.org/x/crypto/ssh"

	"gwm/core"
)

// person is somebody in the demo. Their private key is in the demo's directory,
// in a file of their name.
type person struct{ name, comment string }

// people adds three people with different rights to the demo.
func (d *demo) people(ctx context.Context, session *core.Session) ([]person, error) {
	everybody := []person{
		{"admin", "may do everything"},
		{"anna", "works for the group web: starts and stops what is theirs"},
		{"guest", "may look at paris"},
	}
	for _, who := range everybody {
		key, err := makeKey(filepath.Join(d.dir, who.name), who.name)
		if err != nil {
			return nil, err
		}
		user := core.User{Name: who.name, Comment: who.comment, Admin: who.name == "admin"}
		if _, err := session.Do(ctx, core.AddUser{User: user, Keys: []core.Key{key}}); err != nil {
			return nil, err
		}
	}
	ops := []core.Op{
		core.AddGroup{Group: core.Group{Name: "web", Comment: "the web team", Members: []string{}}},
		core.AddMember{Group: "web", User: "anna"},
		core.SetGrant{Who: core.UserRef("guest"), On: core.ClusterRef("paris"), Verbs: []core.Verb{core.VerbSee}},
		core.SetGrant{Who: core.UserRef("anna"), On: core.ClusterRef("paris"), Verbs: []core.Verb{core.VerbSee}},
	}
	disabled, memory := true, 8<<10
	ops = append(
		ops,
		core.AddUser{User: core.User{Name: "carla", Comment: "has left"}},
		core.EditUser{Name: "carla", Disabled: &disabled},
		core.AddGroup{Group: core.Group{Name: "ops", Comment: "looks after berlin", Members: []string{"admin"}}},
		core.SetGrant{Who: core.UserRef("anna"), On: core.GroupRef("web"), Verbs: []core.Verb{core.VerbAdmin}},
		core.SetQuota{Who: core.GroupRef("web"), Cluster: "berlin", Limits: core.Limits{MemoryMiB: &memory}},
		core.SetOwner{VM: core.VMRef("berlin", "web01.berlin.example.net"), Owner: core.GroupRef("web")},
		core.SetOwner{VM: core.VMRef("berlin", "web02.berlin.example.net"), Owner: core.GroupRef("web")},
		core.SetOwner{VM: core.VMRef("berlin", "web03.berlin.example.net"), Owner: core.UserRef("anna")},
	)
	for i := range 8 {
		vm := core.VMRef("berlin", fmt.Sprintf("web%02d.berlin.example.net", i+1))
		ops = append(ops, core.SetGrant{Who: core.GroupRef("web"), On: vm, Verbs: []core.Verb{core.VerbPower, core.VerbConsole}})
	}
	if err := session.Refresh(ctx, "berlin"); err != nil {
		return nil, err
	}
	for _, op := range ops {
		if _, err := session.Do(ctx, op); err != nil {
			return nil, fmt.Errorf("%s: %w", op.Spec().Title, err)
		}
	}
	return everybody, nil
}

// applicant lets somebody ask for an account.
func (d *demo) applicant(ctx context.Context, c *core.Core) error {
	key, err := makeKey(filepath.Join(d.dir, "dora"), "dora")
	if err != nil {
		return err
	}
	return c.Apply(ctx, core.Newcomer{Key: key, Addr: "192.0.2.44:50022"}, "dora", "Dora, new in the web team")
}

// makeKey makes a private key in a file (0600) and returns its public half.
func makeKey(path, comment string) (core.Key, error) {
	public, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return core.Key{}, fmt.Errorf("make a key: %w", err)
	}
	block, err := gossh.MarshalPrivateKey(private, comment)
	if err != nil {
		return core.Key{}, fmt.Errorf("encode a key: %w", err)
	}
	if err := os.WriteFile(path, pem.EncodeToMemory(block), 0o600); err != nil {
		return core.Key{}, fmt.Errorf("write a key: %w", err)
	}
	line, err := gossh.NewPublicKey(public)
	if err != nil {
		return core.Key{}, fmt.Errorf("encode a key: %w", err)
	}
	return core.ParseKey(strings.TrimSpace(string(gossh.MarshalAuthorizedKey(line))) + " " + comment)
}
