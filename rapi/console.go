package rapi

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"gwm/core"
)

// rawScene is what an instance tells about its consoles. Ganeti's console
// resource tells one of them at most (the text console hides the screen) and
// 3.0 fails on screens, so that both are read from the parameters, as Ganeti
// itself does (lib/hypervisor/hv_*.py, GetInstanceConsole).
type rawScene struct {
	Name   word             `json:"name"`
	Node   word             `json:"pnode"`
	Status word             `json:"status"`
	Runs   *bool            `json:"oper_state"` // nil: the node did not tell
	Port   number           `json:"network_port"`
	Params hypervisorParams `json:"hvparams"`
}

// hypervisorParams are those that matter for consoles. kvm has all of them,
// xen-hvm those of VNC; xen-pvm, lxc and fake have none.
type hypervisorParams struct {
	Serial      *bool `json:"serial_console"`
	VNCBind     word  `json:"vnc_bind_address"`
	VNCTLS      bool  `json:"vnc_tls"`
	VNCPassword word  `json:"vnc_password_file"`
	SPICEBind   word  `json:"spice_bind"`
	SPICETLS    bool  `json:"spice_use_tls"`
}

// isKVM tells kvm, the only hypervisor whose VMs may be without a text console.
// The answer does not name the hypervisor.
func (s *rawScene) isKVM() bool { return s.Params.Serial != nil }

// Consoles returns where the consoles of a running VM are. The error is
// CodeState where it does not run, and CodeUnsupported where it has none.
func (c *Client) Consoles(ctx context.Context, name string) ([]core.Endpoint, error) {
	k := call{what: "find the consoles of " + name, object: "VM " + name}
	seg, err := segment("VM", name)
	if err != nil {
		return nil, err
	}
	k.path = "/2/instances/" + seg
	var s rawScene
	if err := c.get(ctx, k, &s); err != nil {
		return nil, err
	}
	if err := s.check(); err != nil {
		return nil, c.notGaneti(k, []byte("{"), err)
	}
	if err := c.idle(k, &s); err != nil {
		return nil, err
	}
	var found []core.Endpoint
	screen, seen := s.screen()
	if seen {
		found = append(found, screen)
	}
	if !s.isKVM() || *s.Params.Serial || !seen {
		text, err := c.textConsole(ctx, k, &s)
		if err != nil && !seen {
			return nil, err
		}
		if err == nil {
			found = append([]core.Endpoint{text}, found...)
		}
	}
	c.reach(ctx, &s, found)
	return found, nil
}

// idle is the error of a VM that does not run.
func (c *Client) idle(k call, s *rawScene) error {
	name, node := core.Printable(string(s.Name)), core.Printable(string(s.Node))
	switch {
	case s.Runs == nil:
		return c.problem(core.CodeState, k, "its node "+node+" does not answer", "look at the node: gwm node show "+c.name+"/"+node, nil)
	case !*s.Runs:
		return c.problem(core.CodeState, k, "it does not run", "start it: gwm vm start "+c.name+"/"+name, nil)
	}
	return nil
}

// textConsole asks for the command that shows a text console.
func (c *Client) textConsole(ctx context.Context, k call, s *rawScene) (core.Endpoint, error) {
	k.path += "/console"
	var r rawConsole
	err := c.get(ctx, k, &r)
	if err == nil && r.Kind == "ssh" {
		err = r.check()
		if err != nil {
			err = c.notGaneti(k, []byte("{"), err)
		}
	}
	var status *statusCause
	switch {
	case errors.As(err, &status) && status.status == http.StatusServiceUnavailable:
		// Ganeti's way to say so, whatever the text of its error.
		return core.Endpoint{}, c.problem(core.CodeState, k, "it has just stopped, or its node does not answer", "look at it: gwm vm show "+c.name+"/"+core.Printable(string(s.Name)), err)
	case err == nil && r.Kind == "ssh":
		return r.endpoint(), nil
	case ctx.Err() == nil && s.isKVM() && *s.Params.Serial:
		return s.socat(), nil
	case err != nil:
		return core.Endpoint{}, err
	}
	return core.Endpoint{}, c.problem(core.CodeUnsupported, k, r.none(), "", nil)
}

// reach fills in how the nodes' SSH servers are reached where the cluster did
// not say: its console resource leaves the port out where only the cluster, not
// the node or its group, sets it, and the screen's node is not in it at all.
func (c *Client) reach(ctx context.Context, s *rawScene, found []core.Endpoint) {
	port := 0
	for i := range found {
		e := &found[i]
		e.VM = core.VMRef(c.cfg.Cluster.Name, string(s.Name))
		if e.Node == "" {
			e.Node = string(s.Node)
		}
		if e.SSHUser == "" {
			e.SSHUser = "root"
		}
		if e.SSHPort != 0 {
			continue
		}
		if port == 0 {
			port = c.sshPort(ctx, e.Node)
		}
		e.SSHPort = port
	}
}

// sshPort is where the SSH server of a node listens: 22 where the cluster does
// not tell (queries may be refused to gwm's user there).
func (c *Client) sshPort(ctx context.Context, node string) int {
	port := 22
	err := c.Query(ctx, "node", []string{"ndp/ssh_port"}, []any{"=", "name", node}, func(row []Cell) error {
		var n number
		if len(row) == 1 && row[0].Code == 0 && n.UnmarshalJSON(row[0].Value) == nil && isPort(n) {
			port = int(n.n)
		}
		return nil
	})
	if err != nil {
		return 22
	}
	return port
}

func isPort(n number) bool { return n.n > 0 && n.n < 1<<16 }

// check refuses names that could be taken for something else where they become
// part of a command or an address.
func (s *rawScene) check() error {
	if !isName(string(s.Name)) {
		return &fieldError{field: "name", found: "no name"}
	}
	if !isName(string(s.Node)) {
		return &fieldError{field: "pnode", found: "no name"}
	}
	return nil
}

// isName tells names of hosts, VMs and accounts, and addresses.
func isName(s string) bool {
	const extra = ".-_:%"
	if s == "" || len(s) > 255 || s[0] == '-' {
		return false
	}
	return !strings.ContainsFunc(s, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && !strings.ContainsRune(extra, r)
	})
}
