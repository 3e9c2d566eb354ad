package rapi

import (
	"slices"
	"strings"

	"gwm/core"
)

// What Ganeti's command of a console is made of is short: more is none.
const (
	maxCommandWords = 32
	maxCommandBytes = 4096
)

// rawConsole is what /2/instances/NAME/console answers: a command on a node
// ("ssh"), where a screen is ("vnc", "spice"), or why there is nothing ("msg").
type rawConsole struct {
	Kind    word     `json:"kind"`
	Message word     `json:"message"`
	Host    word     `json:"host"`
	Port    number   `json:"port"` // missing: see Client.reach
	User    word     `json:"user"`
	Command []string `json:"command"`
}

// check refuses what is not a command of this shape.
func (r *rawConsole) check() error {
	control := func(c rune) bool { return c < ' ' || c == 0x7f }
	size := 0
	for _, w := range r.Command {
		size += len(w)
		if strings.ContainsFunc(w, control) {
			return &fieldError{field: "command", found: "a control character"}
		}
	}
	switch {
	case !isName(string(r.Host)):
		return &fieldError{field: "host", found: "no name"}
	case !isName(string(r.User)):
		return &fieldError{field: "user", found: "no name"}
	case len(r.Command) == 0 || len(r.Command) > maxCommandWords || size > maxCommandBytes:
		return &fieldError{field: "command", found: "none or a very long one"}
	}
	return nil
}

func (r *rawConsole) endpoint() core.Endpoint {
	e := core.Endpoint{Kind: core.ConsoleSerial, Node: string(r.Host), SSHUser: string(r.User), Command: slices.Clone(r.Command)}
	if isPort(r.Port) {
		e.SSHPort = int(r.Port.n)
	}
	return e
}

// none says why there is no console.
func (r *rawConsole) none() string {
	if r.Kind == "msg" && r.Message != "" {
		return "the cluster says: " + core.Printable(shorten(string(r.Message)))
	}
	return "it has none that gwm knows"
}

// socat is the command that shows the serial console of kvm, as Ganeti makes
// it: for clusters whose console resource fails.
func (s *rawScene) socat() core.Endpoint {
	control := "/var/run/ganeti/kvm-hypervisor/ctrl/" + string(s.Name)
	return core.Endpoint{Kind: core.ConsoleSerial, Node: string(s.Node), Command: []string{
		"/usr/lib/ganeti/tools/kvm-console-wrapper", "/usr/bin/socat", string(s.Name), control + ".monitor",
		"STDIO,raw,echo=0,escape=0x1d", "UNIX-CONNECT:" + control + ".serial",
	}}
}
