package rapitest

import (
	"cmp"
	"net/http"
	"strconv"
)

// consoleBody is the answer of a console; which fields are set depends on the kind.
type consoleBody struct {
	Instance string   `json:"instance"`
	Kind     string   `json:"kind"`
	Message  string   `json:"message,omitempty"`
	Host     string   `json:"host,omitempty"`
	Port     int      `json:"port,omitempty"`
	User     string   `json:"user,omitempty"`
	Command  []string `json:"command,omitempty"`
	Display  string   `json:"display,omitempty"`
}

func (c *Cluster) getConsole(r *request) response {
	v := c.lookup(r.name)
	switch {
	case v == nil:
		return fail(http.StatusInternalServerError, "list index out of range")
	case !v.Running || !v.node.up():
		return fail(http.StatusServiceUnavailable, "Instance console unavailable")
	}
	console := c.console(v)
	if console.Kind == "vnc" && !c.config.VNCConsole {
		return fail(http.StatusInternalServerError, "")
	}
	return ok(console)
}

func (c *Cluster) console(v *instance) consoleBody {
	body := consoleBody{Instance: v.Name}
	bind, _ := v.params.values["vnc_bind_address"].(string)
	switch {
	case v.Hypervisor == "fake":
		body.Kind, body.Message = "msg", "Console not available for fake hypervisor"
	case v.params.values["serial_console"] == true:
		control := "/var/run/ganeti/kvm-hypervisor/ctrl/" + v.Name
		body.Kind, body.Host, body.Port, body.User = "ssh", cmp.Or(c.config.SSHHost, v.Node), c.config.SSHPort, cmp.Or(c.config.SSHUser, "root")
		body.Command = []string{
			"/usr/lib/ganeti/tools/kvm-console-wrapper", "/usr/bin/socat", v.Name, control + ".monitor",
			"STDIO,raw,echo=0,escape=0x1d", "UNIX-CONNECT:" + control + ".serial",
		}
	case bind != "":
		body.Kind, body.Host, body.Port, body.Display = "vnc", bind, v.port, strconv.Itoa(v.port-5900)
	default:
		body.Kind, body.Message = "msg", "No serial shell for instance "+v.Name
	}
	return body
}
