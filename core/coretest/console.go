package coretest

import (
	"context"
	"net"
	"strconv"

	"gwm/core"
)

// Consoles returns a serial console for every VM that runs, and a screen where it
// has a port for one.
func (p *Platform) Consoles(ctx context.Context, name string) ([]core.Endpoint, error) {
	err := p.begin(ctx, "Consoles")
	defer p.mu.Unlock()
	if err != nil {
		return nil, err
	}
	vm, ok := p.vms[name]
	switch {
	case !ok:
		return nil, core.Unknown(core.KindVM, p.cluster+"/"+name)
	case vm.State != core.StateRunning:
		return nil, core.Errorf(core.CodeState, "%s does not run", name).WithHint("start it first")
	}
	endpoints := []core.Endpoint{{
		Kind: core.ConsoleSerial, Node: vm.Node, SSHPort: 22, SSHUser: "root", Command: []string{"serial", name},
	}}
	if vm.ConsolePort != 0 {
		endpoints = append(endpoints, core.Endpoint{
			Kind: core.ConsoleVNC, Node: vm.Node, SSHPort: 22, SSHUser: "root",
			Address: net.JoinHostPort(vm.Node, strconv.Itoa(vm.ConsolePort)),
		})
	}
	return endpoints, nil
}
