//go:build ganeti

package e2e

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// osKeys is an OS definition that makes a file system with nothing in it but what
// the hook writes.
const osKeys = "gwmkeys"

var osKeysFiles = map[string]string{
	"ganeti_api_version": "10\n",
	"create": `#!/bin/sh
set -eu
here=$(dirname "$0")
export TARGET=$(mktemp -d)
mkdir -p "$TARGET/root"
"$here/sshkeys.sh"
mkfs.ext4 -q -F -d "$TARGET" "$DISK_0_PATH"
rm -r "$TARGET"
`,
	"export": "#!/bin/sh\n", "import": "#!/bin/sh\n", "rename": "#!/bin/sh\n",
}

// testHook: a real instance is created with an OS definition whose create
// script calls the hook; the keys are found on its disk. A right that is given
// later is there after a reinstallation.
func testHook(b *bed) {
	t := b.T
	_, port, _ := strings.Cut(b.w.webAddr(t), ":")
	node := b.master("alpha")

	// The node reaches gwm through a forwarded port of its own loopback.
	tunnel := exec.Command("ssh", "-N", "-o", "BatchMode=yes", "-o", "ExitOnForwardFailure=yes", "-R", "0:127.0.0.1:"+port, "root@"+node)
	said, err := tunnel.StderrPipe()
	check(t, err)
	check(t, tunnel.Start())
	t.Cleanup(func() {
		_ = tunnel.Process.Kill()
		_ = tunnel.Wait() // it was killed
	})
	line := make([]byte, 300)
	n, err := said.Read(line)
	check(t, err)
	match := regexp.MustCompile(`Allocated port (\d+) `).FindSubmatch(line[:n])
	if match == nil {
		t.Fatalf("ssh says %q", line[:n])
	}

	secret := strings.TrimSpace(b.w.must(t, "admin", "token", "add", "alpha", "--comment", "OS hook"))
	script, err := os.ReadFile("../docs/hooks/sshkeys.sh")
	check(t, err)
	cert, err := os.ReadFile(filepath.Join(b.w.dir, "data", "web.crt"))
	check(t, err)
	dir := "/srv/ganeti/os/" + osKeys
	files := map[string]string{"sshkeys.sh": string(script), "gwm.crt": string(cert), "token": secret + "\n"}
	files["sshkeys.conf"] = strings.Join([]string{
		"GWM_HOST=127.0.0.1:" + string(match[1]), "GWM_API_KEY_FILE=" + dir + "/token", "GWM_SLUG=alpha", "GWM_CACERT=" + dir + "/gwm.crt", "",
	}, "\n")
	for name, text := range osKeysFiles {
		files[name] = text
	}
	b.exec("alpha", "rm", "-rf", dir)
	b.exec("alpha", "mkdir", dir)
	t.Cleanup(func() { b.exec("alpha", "rm", "-rf", dir) })
	for name, text := range files {
		b.exec("alpha", "sh", "-c", `umask 077; printf %s "$1" > "$2"`, "sh", text, dir+"/"+name)
	}
	for _, name := range []string{"create", "export", "import", "rename", "sshkeys.sh"} {
		b.exec("alpha", "chmod", "755", dir+"/"+name)
	}

	vm := b.freeName("alpha")
	t.Cleanup(func() {
		b.exec("alpha", "sh", "-c", "gnt-instance info -s "+vm+" >/dev/null 2>&1 || exit 0; gnt-instance remove -f "+vm)
	})
	b.exec("alpha", "gnt-instance", "add", "-t", "sharedfile", "-H", "fake", "-o", osKeys, "--disk", "0:size=64M", "-n", node,
		"--no-start", "--no-ip-check", "--no-name-check", vm)
	keys := func() string {
		disk := regexp.MustCompile(`/[^\s']+/` + regexp.QuoteMeta(vm) + `/[^\s'\]]+`).FindString(b.exec("alpha", "gnt-instance", "info", "-s", vm))
		return b.exec("alpha", "debugfs", "-R", "cat /root/.ssh/authorized_keys", disk)
	}
	has(t, keys(), strings.TrimSpace(b.w.actors["admin"].authorizedKey())+" gwm-user=admin")

	b.join("hana")
	b.join("hugo")
	b.w.must(t, "admin", "grant", "set", "hana", "admin", "alpha/"+vm)
	b.w.must(t, "admin", "grant", "set", "hugo", "operator", "alpha/"+vm)
	b.exec("alpha", "gnt-instance", "reinstall", "-f", vm)
	text := keys()
	has(t, text, "gwm-user=admin", "gwm-user=hana")
	hasNot(t, text, "gwm-user=hugo")

	// Without the right to the keys there is no installation, and the job says why.
	b.w.must(t, "admin", "token", "remove", secret[:12])
	out, err := exec.Command(setting(t, "GWM_GANETI_EXEC"), "alpha", "gnt-instance", "reinstall", "-f", vm).CombinedOutput()
	if err == nil {
		t.Errorf("a reinstallation without a token ends well:\n%s", out)
	}
	hasNot(t, string(out)+b.w.server.Log(), secret[13:])
}

// freeName is a name that resolves in the test bed and that no instance has.
func (b *bed) freeName(where string) string {
	b.Helper()
	var names []string
	for line := range strings.Lines(b.exec(where, "cat", "/etc/hosts")) {
		if _, name, ok := strings.Cut(strings.TrimSpace(line), " "); ok && strings.HasPrefix(name, "new") && strings.Contains(name, "."+where+".") {
			names = append(names, name)
		}
	}
	taken := b.table(where, "gnt-instance", "name")
	slices.Reverse(names) // others take the first
	for _, name := range names {
		if _, ok := taken[name]; !ok {
			return name
		}
	}
	b.Fatalf("%s has no free name", where)
	return ""
}
