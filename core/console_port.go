package core

import (
	"context"
	"strconv"
	"strings"
)

// opPort is the Op of the audit records of ports that programs ask for.
const opPort = "console.port"

// PortCall is what a program asked the control channel for: a port that leads to
// the screen of a VM, or that a viewer came there. Nobody's session stands behind
// it.
type PortCall struct {
	Addr    string // where it came from
	By      string // how it showed that it may: "secret", "socket", "certificate:NAME"; "nobody": it did not; "viewer": the password of a port
	To      string // HOST:PORT that the port leads to
	Port    int    // that it got, or that the viewer came to; 0: none
	Refused string // why it got none; empty: it got one
}

// RecordPort writes a call down before it is answered. An error means that it must
// be refused. Refusals of one source are written seldom, those of who showed nothing
// apart from the others.
func (c *Core) RecordPort(ctx context.Context, call PortCall) error {
	r := Record{
		Event: EventDone, Op: opPort, Target: Site(), By: "control:" + Printable(cut(call.By)), Addr: Printable(call.Addr),
		Args: map[string]string{"to": Printable(cut(call.To))},
	}
	if call.Port != 0 {
		r.Args["port"] = strconv.Itoa(call.Port)
	}
	if call.Refused != "" {
		r.Event, r.Result = EventDenied, Printable(cut(call.Refused))
		_, source := SourceOf(call.Addr)
		return c.recordSeldom(ctx, r, "port "+call.By+" "+source.String())
	}
	return c.recordAlone(ctx, r)
}

// HasNode tells whether a cluster has a node of this full name.
func (c *Core) HasNode(name string) bool {
	for _, state := range c.snap.Load().Clusters {
		for _, n := range state.Nodes {
			if strings.EqualFold(n.Name, name) {
				return true
			}
		}
	}
	return false
}
