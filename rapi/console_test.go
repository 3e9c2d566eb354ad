package rapi

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"gwm/core"
)

// kvmCommand is what Ganeti 3.0.2 answered for the text console of a VM of kvm.
func kvmCommand(name string) []string {
	control := "/var/run/ganeti/kvm-hypervisor/ctrl/" + name
	return []string{
		"/usr/lib/ganeti/tools/kvm-console-wrapper", "/usr/bin/socat", name, control + ".monitor",
		"STDIO,raw,echo=0,escape=0x1d", "UNIX-CONNECT:" + control + ".serial",
	}
}

// consoleAPI answers with a recorded instance, changed, its console and the
// node's SSH port. An empty port is refused as Ganeti refuses queries to no user.
type consoleAPI struct {
	instance string         // capture
	set      map[string]any // fields of the instance to set
	params   map[string]any // parameters of its hypervisor to set; nil value: to remove
	console  string         // capture; empty: status and body
	status   int
	body     string
	sshPort  string
}

func (a consoleAPI) serve(t *testing.T) *Client {
	t.Helper()
	var vm map[string]any
	if err := json.Unmarshal(capture(t, a.instance).Body, &vm); err != nil {
		t.Fatal(err)
	}
	for k, v := range a.set {
		vm[k] = v
	}
	hv, _ := vm["hvparams"].(map[string]any)
	for k, v := range a.params {
		hv[k] = v
		if v == nil {
			delete(hv, k)
		}
	}
	server := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		switch {
		case strings.HasSuffix(r.URL.Path, "/console") && a.console != "":
			recorded(t, a.console)(w, r)
		case strings.HasSuffix(r.URL.Path, "/console"):
			w.WriteHeader(a.status)
			_, _ = fmt.Fprint(w, a.body)
		case strings.HasPrefix(r.URL.Path, "/2/instances/"):
			_ = json.NewEncoder(w).Encode(vm)
		case r.URL.Path == "/2/query/node" && a.sshPort != "":
			_, _ = fmt.Fprintf(w, `{"data": [[[0, %s]]], "fields": []}`, a.sshPort)
		default:
			recorded(t, "error-401-no-user")(w, r)
		}
	})
	return client(t, server.URL)
}

func TestConsoles(t *testing.T) {
	t.Parallel()
	text := func(vm, node, cluster string) core.Endpoint {
		name := vm + "." + cluster + ".gwm.test"
		return core.Endpoint{
			VM: core.VMRef("berlin", name), Kind: core.ConsoleSerial, Node: node + "." + cluster + ".gwm.test",
			SSHPort: 22, SSHUser: "root", Command: kvmCommand(name),
		}
	}
	vnc := func(vm, node, address string) core.Endpoint {
		return core.Endpoint{
			VM: core.VMRef("berlin", vm+".alpha.gwm.test"), Kind: core.ConsoleVNC, Node: node + ".alpha.gwm.test",
			SSHPort: 22, SSHUser: "root", Address: address,
		}
	}
	with := func(e core.Endpoint, change func(*core.Endpoint)) core.Endpoint { change(&e); return e }
	loopback := func(e *core.Endpoint) { e.Loopback = true }
	spice := func(address, problem string) core.Endpoint {
		return with(vnc("vm-vnc", "node1", address), func(e *core.Endpoint) { e.Kind, e.Problem = core.ConsoleSPICE, problem })
	}
	const vncHost = "node1.alpha.gwm.test:11001"
	screen := func(params map[string]any) consoleAPI {
		return consoleAPI{instance: "instance-vm-vnc", params: params, console: "console-vm-vnc", sshPort: "22"}
	}
	// Hypervisors that have none of kvm's parameters.
	bare := map[string]any{"hvparams": map[string]any{"kernel_path": "/boot/vmlinuz", "use_bootloader": false}}
	for _, tt := range []struct {
		name string
		api  consoleAPI
		want []core.Endpoint
	}{
		{"text, no port told", consoleAPI{instance: "instance-vm-serial", console: "console-vm-serial", sshPort: "22"}, []core.Endpoint{text("vm-serial", "node1", "alpha")}},
		{"text, port told by the cluster's settings", consoleAPI{instance: "instance-vm-serial", console: "console-vm-serial", sshPort: `"2222"`}, []core.Endpoint{
			with(text("vm-serial", "node1", "alpha"), func(e *core.Endpoint) { e.SSHPort = 2222 }),
		}},
		{"text, nobody tells the port", consoleAPI{instance: "instance-vm-serial", console: "console-vm-serial"}, []core.Endpoint{text("vm-serial", "node1", "alpha")}},
		{"text, an impossible port", consoleAPI{instance: "instance-vm-serial", console: "console-vm-serial", sshPort: "99999999"}, []core.Endpoint{text("vm-serial", "node1", "alpha")}},
		{
			"text, with a port",
			consoleAPI{instance: "instance-vm-serial", set: map[string]any{"name": "vm-serial.beta.gwm.test", "pnode": "node1.beta.gwm.test"}, console: "beta-console-vm-serial-with-port", sshPort: "1"},
			[]core.Endpoint{text("vm-serial", "node1", "beta")},
		},
		{"text, a RAPI user that may only read", consoleAPI{instance: "instance-vm-serial", console: "ro-console-vm-serial"}, []core.Endpoint{text("vm-serial", "node1", "alpha")}},
		{"text, the resource fails", consoleAPI{instance: "instance-vm-serial", console: "console-vm-serial-after-modify"}, []core.Endpoint{text("vm-serial", "node1", "alpha")}},
		{"text, no RAPI user", consoleAPI{instance: "instance-vm-serial", console: "beta-console-no-user"}, []core.Endpoint{text("vm-serial", "node1", "alpha")}},
		{"text, an answer that is no command", consoleAPI{instance: "instance-vm-serial", status: 200, body: `{"kind":"ssh","host":"-oProxyCommand=x","user":"root","command":["true"]}`}, []core.Endpoint{text("vm-serial", "node1", "alpha")}},
		{"both", consoleAPI{instance: "instance-vm-both", console: "console-vm-both", sshPort: "22"}, []core.Endpoint{
			text("vm-both", "node3", "alpha"), vnc("vm-both", "node3", "node3.alpha.gwm.test:11003"),
		}},
		{"a screen, where the resource fails", screen(nil), []core.Endpoint{vnc("vm-vnc", "node1", vncHost)}},
		{"a screen, where it does not", consoleAPI{instance: "instance-vm-vnc", console: "beta-console-vm-vnc-PATCHED", sshPort: "22"}, []core.Endpoint{vnc("vm-vnc", "node1", vncHost)}},
		{"a screen of every IPv6 address", screen(map[string]any{"vnc_bind_address": "::"}), []core.Endpoint{vnc("vm-vnc", "node1", vncHost)}},
		{"a screen at an interface", screen(map[string]any{"vnc_bind_address": "eth0"}), []core.Endpoint{vnc("vm-vnc", "node1", vncHost)}},
		{"a screen at another address", screen(map[string]any{"vnc_bind_address": "10.1.2.3"}), []core.Endpoint{vnc("vm-vnc", "node1", "10.1.2.3:11001")}},
		{"a screen on the loopback", screen(map[string]any{"vnc_bind_address": "127.0.0.1"}), []core.Endpoint{with(vnc("vm-vnc", "node1", "127.0.0.1:11001"), loopback)}},
		{"a screen at localhost", screen(map[string]any{"vnc_bind_address": "localhost"}), []core.Endpoint{with(vnc("vm-vnc", "node1", "127.0.0.1:11001"), loopback)}},
		{"a screen on the loopback of IPv6", screen(map[string]any{"vnc_bind_address": "::1"}), []core.Endpoint{with(vnc("vm-vnc", "node1", "[::1]:11001"), loopback)}},
		{"a screen with a password", screen(map[string]any{"vnc_password_file": "/etc/ganeti/vnc"}), []core.Endpoint{
			with(vnc("vm-vnc", "node1", vncHost), func(e *core.Endpoint) { e.PasswordFile = "/etc/ganeti/vnc" }),
		}},
		{"a screen with TLS", screen(map[string]any{"vnc_tls": true, "vnc_bind_address": "127.0.0.1"}), []core.Endpoint{with(vnc("vm-vnc", "node1", "127.0.0.1:11001"), func(e *core.Endpoint) {
			e.Loopback = true
			e.Problem = "the screen wants TLS (vnc_tls), which gwm does not speak to nodes; connect a viewer with TLS to 127.0.0.1:11001 through a tunnel " +
				"(ssh -L 11001:127.0.0.1:11001 root@node1.alpha.gwm.test), or have an administrator set vnc_tls to false and vnc_bind_address to 127.0.0.1 and restart the VM"
		})}},
		{"a screen at a socket", screen(map[string]any{"vnc_bind_address": "/run/vnc"}), []core.Endpoint{with(vnc("vm-vnc", "node1", ""), func(e *core.Endpoint) {
			e.Problem = "the screen is at a socket file of the node (vnc_bind_address), which gwm does not reach; an administrator sets vnc_bind_address to 127.0.0.1 and restarts the VM"
		})}},
		{"a screen whose password is nowhere", screen(map[string]any{"vnc_password_file": "vnc"}), []core.Endpoint{with(vnc("vm-vnc", "node1", vncHost), func(e *core.Endpoint) {
			e.Problem = "the file with the password of the screen (vnc_password_file) is not a path on the node; an administrator corrects it and restarts the VM"
		})}},
		{"SPICE", screen(map[string]any{"vnc_bind_address": "", "spice_bind": "0.0.0.0"}), []core.Endpoint{
			spice(vncHost, "the screen speaks SPICE, which gwm does not; open it with a SPICE viewer: remote-viewer spice://"+vncHost),
		}},
		{"SPICE on the loopback, with TLS", screen(map[string]any{"vnc_bind_address": "", "spice_bind": "::1", "spice_use_tls": true}), []core.Endpoint{
			with(
				spice("[::1]:11001", "the screen speaks SPICE, which gwm does not; open it with a SPICE viewer through a tunnel "+
					"(ssh -L 11001:[::1]:11001 root@node1.alpha.gwm.test): remote-viewer spice://[::1]?tls-port=11001"), loopback),
		}},
		{"Xen, paravirtual", consoleAPI{instance: "instance-vm-serial", set: bare, status: 200, body: `{"instance":"x","kind":"ssh","host":"node1.alpha.gwm.test","user":"root","command":["/usr/lib/ganeti/tools/xen-console-wrapper","xl","vm-serial.alpha.gwm.test"]}`, sshPort: "22"}, []core.Endpoint{
			with(text("vm-serial", "node1", "alpha"), func(e *core.Endpoint) {
				e.Command = []string{"/usr/lib/ganeti/tools/xen-console-wrapper", "xl", "vm-serial.alpha.gwm.test"}
			}),
		}},
		{"Xen, a whole machine whose text console fails", consoleAPI{
			instance: "instance-vm-vnc", set: map[string]any{"hvparams": map[string]any{"vnc_bind_address": "127.0.0.1", "vnc_password_file": "/etc/ganeti/vnc"}}, console: "console-vm-vnc", sshPort: "22",
		}, []core.Endpoint{with(vnc("vm-vnc", "node1", "127.0.0.1:11001"), func(e *core.Endpoint) { e.Loopback, e.PasswordFile = true, "/etc/ganeti/vnc" })}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := tt.api.serve(t).Consoles(t.Context(), "vm")
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

func TestConsolesThatAreNot(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name  string
		api   consoleAPI
		code  core.Code
		parts []string
	}{
		{"stopped", consoleAPI{instance: "kvm-instance-down", console: "console-vm-serial-down"}, core.CodeState, []string{"it does not run", "gwm vm start berlin/vm-serial.alpha.gwm.test"}},
		{"stopped, of the fake hypervisor", consoleAPI{instance: "instance-web3", console: "console-web3"}, core.CodeState, []string{"it does not run"}},
		{"of a node that is gone", consoleAPI{instance: "instance-web1", set: map[string]any{"oper_state": nil}, console: "console-dead-node"}, core.CodeState, []string{"its node node1.alpha.gwm.test does not answer", "gwm node show"}},
		{"stopped between two questions", consoleAPI{instance: "instance-vm-serial", console: "console-vm-serial-down"}, core.CodeState, []string{"it has just stopped"}},
		{"of the fake hypervisor", consoleAPI{instance: "instance-web1", console: "console-web1"}, core.CodeUnsupported, []string{"Console not available for fake hypervisor"}},
		{"without any", consoleAPI{
			instance: "instance-vm-vnc", params: map[string]any{"vnc_bind_address": ""}, status: 200, body: `{"kind":"msg","message":"No serial shell for \u001b[31minstance"}`,
		}, core.CodeUnsupported, []string{"the cluster says: No serial shell for ·[31minstance"}},
		{"without any, and a resource that fails", consoleAPI{instance: "instance-web1", console: "console-vm-vnc"}, core.CodeCluster, []string{"Internal Server Error", "rapi-daemon.log"}},
		{"of a kind that nobody knows", consoleAPI{instance: "instance-web1", status: 200, body: `{"kind":"hologram"}`}, core.CodeUnsupported, []string{"it has none that gwm knows"}},
		{"no RAPI user", consoleAPI{instance: "instance-web1", console: "beta-console-no-user"}, core.CodeRefused, []string{"user"}},
		{"a name that is an option", consoleAPI{instance: "instance-web1", set: map[string]any{"name": "-x"}}, core.CodeCluster, []string{"an unexpected no name in the field name"}},
		{"a node that is a command", consoleAPI{instance: "instance-web1", set: map[string]any{"pnode": "a;reboot"}}, core.CodeCluster, []string{"in the field pnode"}},
		{"a command with a line break", consoleAPI{instance: "instance-web1", status: 200, body: `{"kind":"ssh","host":"n","user":"root","command":["a\nb"]}`}, core.CodeCluster, []string{"a control character in the field command"}},
		{"a command without words", consoleAPI{instance: "instance-web1", status: 200, body: `{"kind":"ssh","host":"n","user":"root","command":[]}`}, core.CodeCluster, []string{"in the field command"}},
		{"a command of thousands", consoleAPI{instance: "instance-web1", status: 200, body: `{"kind":"ssh","host":"n","user":"root","command":["` + strings.Repeat("a", 5000) + `"]}`}, core.CodeCluster, []string{"in the field command"}},
		{"a user that is none", consoleAPI{instance: "instance-web1", status: 200, body: `{"kind":"ssh","host":"n","user":"","command":["a"]}`}, core.CodeCluster, []string{"in the field user"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := tt.api.serve(t).Consoles(t.Context(), "vm")
			if got != nil {
				t.Errorf("consoles %+v", got)
			}
			checkError(t, err, tt.code, tt.parts...)
		})
	}
}

func TestConsolesOfNobody(t *testing.T) {
	t.Parallel()
	p := client(t, replay(t, "error-404-instance", "error-404-console").URL)
	_, err := p.Consoles(t.Context(), "nosuch.alpha.gwm.test")
	checkError(t, err, core.CodeNotFound, "there is no VM nosuch.alpha.gwm.test on cluster berlin")
	if _, err := p.Consoles(t.Context(), ".."); core.CodeOf(err) != core.CodeNotFound {
		t.Errorf("consoles of ..: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = p.Consoles(ctx, "vm")
	checkError(t, err, core.CodeUnreachable, "it was interrupted")
}

func FuzzConsole(f *testing.F) {
	for _, name := range []string{"instance-vm-both", "instance-web1", "instance-vm-vnc"} {
		f.Add([]byte(capture(f, name).Body), []byte(capture(f, "console-vm-both").Body))
	}
	f.Fuzz(func(t *testing.T, vm, console []byte) {
		var s rawScene
		if json.Unmarshal(vm, &s) == nil && s.check() == nil {
			if e, ok := s.screen(); ok && (e.Kind == "" || e.Address == "" && e.Problem == "") {
				t.Errorf("a screen that is nowhere: %+v", e)
			}
		}
		var r rawConsole
		if json.Unmarshal(console, &r) != nil || r.check() != nil {
			return
		}
		if e := r.endpoint(); e.Node == "" || e.Node[0] == '-' || e.SSHUser == "" || len(e.Command) == 0 || e.SSHPort < 0 || e.SSHPort > 65535 {
			t.Errorf("a console that is nowhere: %+v", e)
		}
	})
}
