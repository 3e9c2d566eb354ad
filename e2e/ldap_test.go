//go:build ldap

package e2e

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	gossh "golang.org/x/crypto/ssh"

	"gwm/core"
	"gwm/ssh/ldap"
)

// ldapSettings is the configuration for the server that e2e/ldap/test started.
func ldapSettings(dir string) string {
	return strings.Join([]string{
		"ldap:", "  url: " + os.Getenv("GWM_LDAPS_URL"), "  ca_file: " + os.Getenv("GWM_LDAP_CA"),
		"  bind_dn: cn=gwm,dc=example,dc=org", "  bind_password_file: " + filepath.Join(dir, "bind-password"),
		"  user_base: ou=people,dc=example,dc=org", "  group_base: ou=groups,dc=example,dc=org", "  mirror_groups: true",
		"  require_group: staff", "  deny_group: banned", "  admin_group: bosses", "  timeout: 2s", "",
	}, "\n")
}

// typed logs in with a password, over SSH, and returns what one command says.
func (w *world) typed(t *testing.T, name, password, command string) (stdout, said string, err error) {
	t.Helper()
	ctx, cancel := limited()
	defer cancel()
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", w.server.addr)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	var instructions strings.Builder
	c, channels, requests, err := gossh.NewClientConn(conn, w.server.addr, &gossh.ClientConfig{
		User: name, HostKeyCallback: gossh.InsecureIgnoreHostKey(),
		Auth: []gossh.AuthMethod{gossh.KeyboardInteractive(func(_, instruction string, questions []string, _ []bool) ([]string, error) {
			instructions.WriteString(instruction)
			return []string{password}[:len(questions)], nil
		})},
	})
	if err != nil {
		return "", instructions.String(), err
	}
	client := gossh.NewClient(c, channels, requests)
	defer client.Close()
	var out, errs bytes.Buffer
	code, err := execute(ctx, client, command, strings.NewReader(""), &out, &errs)
	if err == nil && code != 0 {
		err = errors.New(errs.String())
	}
	return out.String(), instructions.String(), err
}

// admin runs a command as the site administrator, with a key.
func (w *world) admin(t *testing.T, command string) string {
	t.Helper()
	ctx, cancel := limited()
	defer cancel()
	var out, errs bytes.Buffer
	if code, err := w.actors["admin"].run(ctx, w.server.addr, command, strings.NewReader(""), &out, &errs); err != nil || code != 0 {
		t.Fatalf("%s: %d %v %s", command, code, err, errs.String())
	}
	return out.String()
}

func TestLDAPOverSSH(t *testing.T) {
	w, err := newWorld(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := w.close(); err != nil {
			t.Error(err)
		}
	})
	config, err := os.ReadFile(filepath.Join(w.dir, "gwm.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(w.write("gwm.yaml", string(config)+ldapSettings(w.dir)), w.write("bind-password", "service-password\n"), w.settle()); err != nil {
		t.Fatal(err)
	}
	if err := w.serve(); err != nil {
		t.Fatal(err)
	}
	w.admin(t, "user add bob --key '"+strings.TrimSpace(w.actors["bob"].authorizedKey())+"'")
	w.admin(t, "group add ops --ldap")

	if out, _, err := w.typed(t, "zoe", "zoe-password", "whoami"); err != nil || !strings.Contains(out, "zoe") {
		t.Errorf("zoe: %q %v", out, err)
	}
	if out := w.admin(t, "group show ops"); !strings.Contains(out, "zoe") {
		t.Errorf("ops is %s", out)
	}
	if out := w.admin(t, "user show zoe"); !strings.Contains(out, "Zoe Zander") || !strings.Contains(out, "ldap") {
		t.Errorf("zoe is %s", out)
	}
	if out, _, err := w.typed(t, "ada", "ada-password", "user list"); err != nil || !strings.Contains(out, "zoe") {
		t.Errorf("ada, who is a boss: %q %v", out, err)
	}
	for name, password := range map[string]string{
		"zoe": "wrong", "nobody": "x", "ada": "", "yan": "yan-password", "kim": "kim-password", "bob": "bob-password", "*": "zoe-password",
	} {
		out, said, err := w.typed(t, name, password, "whoami")
		if err == nil || said != "" || !strings.Contains(err.Error(), "unable to authenticate") {
			t.Errorf("%s with %q: %q %q %v", name, password, out, said, err)
		}
	}
	if log := w.server.Log(); strings.Contains(log, "-password\"") || strings.Contains(log, "zoe-password") {
		t.Errorf("the log holds a password:\n%s", log)
	}

	w.stopDirectory(t)
	if _, said, err := w.typed(t, "zoe", "zoe-password", "whoami"); err == nil || !strings.Contains(said, "does not answer; log in with a key") {
		t.Errorf("without the directory zoe: %q %v", said, err)
	}
	w.admin(t, "whoami")
}

// settle makes the first administrator.
func (w *world) settle() error {
	ctx, cancel := limited()
	defer cancel()
	cmd := exec.CommandContext(ctx, gwm, "init", "--admin", "admin", "--key", "admin.pub")
	cmd.Dir, cmd.Env = w.dir, w.env
	out, err := cmd.CombinedOutput()
	if err != nil {
		return fmt.Errorf("gwm init: %w: %s", err, out)
	}
	return nil
}

// stopDirectory halts slapd until the test ends.
func (w *world) stopDirectory(t *testing.T) {
	t.Helper()
	pid, err := strconv.Atoi(os.Getenv("GWM_LDAP_PID"))
	if err != nil {
		t.Fatal(err)
	}
	if err := syscall.Kill(pid, syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = syscall.Kill(pid, syscall.SIGCONT) })
}

// TestLDAPTransport holds the ways to reach the server, and that a certificate
// which is not to be trusted keeps the password at home.
func TestLDAPTransport(t *testing.T) {
	ca, err := os.ReadFile(os.Getenv("GWM_LDAP_CA"))
	if err != nil {
		t.Fatal(err)
	}
	base := ldap.Config{
		BindDN: "cn=gwm,dc=example,dc=org", BindPassword: core.NewSecret("service-password"),
		UserBase: "dc=example,dc=org", UserFilter: "(uid=%s)", NameAttr: "uid", FullAttr: "cn", Timeout: 10 * time.Second,
	}
	for _, tc := range []struct {
		name   string
		change func(*ldap.Config)
		code   core.Code
	}{
		{"ldaps", func(c *ldap.Config) { c.URL, c.CA = os.Getenv("GWM_LDAPS_URL"), ca }, ""},
		{"starttls", func(c *ldap.Config) { c.URL, c.CA, c.StartTLS = os.Getenv("GWM_LDAP_URL"), ca, true }, ""},
		{"plain, on purpose", func(c *ldap.Config) { c.URL, c.Insecure = os.Getenv("GWM_LDAP_URL"), true }, ""},
		{"ldaps, unknown authority", func(c *ldap.Config) { c.URL = os.Getenv("GWM_LDAPS_URL") }, core.CodeUnreachable},
		{"starttls, unknown authority", func(c *ldap.Config) { c.URL, c.StartTLS = os.Getenv("GWM_LDAP_URL"), true }, core.CodeUnreachable},
		{"own password wrong", func(c *ldap.Config) {
			c.URL, c.CA, c.BindPassword = os.Getenv("GWM_LDAPS_URL"), ca, core.NewSecret("x")
		}, core.CodeUnreachable},
	} {
		cfg := base
		tc.change(&cfg)
		d, err := ldap.New(cfg)
		if err != nil {
			t.Fatal(err)
		}
		p, err := d.Check(context.Background(), "zoe", core.NewSecret("zoe-password"))
		if core.CodeOf(err) != tc.code || err == nil && p.Comment != "Zoe Zander" {
			t.Errorf("%s: %+v, %v", tc.name, p, err)
		}
	}
}
