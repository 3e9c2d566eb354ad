package main

import (
	"context"
	"time"

	"gwm/consoleproxy"
	"gwm/consoleproxy/consoletest"
	"gwm/core"
)

// demoWait is for the simulated node to show its key.
const demoWait = 10 * time.Second

// consoles starts the node that stands for all nodes of the demo, with a toy guest
// for each VM, and the screen that all its VMs show, and makes what carries their
// consoles.
func (d *demo) consoles(c config, links *page) (*consoleproxy.Switchboard, *consoleproxy.Screens, error) {
	node, err := consoletest.Start()
	if err != nil {
		return nil, nil, err
	}
	d.stops = append(d.stops, node.Close)
	screen, err := consoletest.StartScreen(consoletest.ScreenOptions{})
	if err != nil {
		return nil, nil, err
	}
	d.stops = append(d.stops, screen.Close)
	board := consoleproxy.NewSwitchboard(consoleproxy.SwitchboardConfig{
		Dialer: node, Recordings: c.path(c.Console.Recordings), Link: links.Link,
	})
	return board, consoleproxy.NewScreens(screen, board), nil
}

// trust trusts the key of the simulated node for all nodes of the demo: it sits
// down at one console of each cluster, where the node shows it.
func (d *demo) trust(ctx context.Context, session *core.Session) error {
	ctx, cancel := context.WithTimeout(ctx, demoWait)
	defer cancel()
	for _, summary := range session.View().Clusters() {
		if err := d.trustNodes(ctx, session, summary.Cluster.Name); err != nil {
			return err
		}
	}
	return nil
}

func (d *demo) trustNodes(ctx context.Context, session *core.Session, cluster string) error {
	if err := session.Refresh(ctx, cluster); err != nil {
		return err
	}
	for _, vm := range session.View().VMs() {
		if vm.Cluster != cluster || vm.Status != "running" {
			continue
		}
		shown, err := meetNode(ctx, session, vm.Ref())
		if err != nil {
			return err
		}
		if shown == "" {
			continue // it has a screen only
		}
		_, err = session.Do(ctx, core.TrustHost{Cluster: cluster, Host: core.AnyHost, Fingerprint: shown})
		return err
	}
	return nil
}

// meetNode has the node of a VM show its key, and returns its fingerprint; empty
// where the VM has no serial console.
func meetNode(ctx context.Context, session *core.Session, vm core.Ref) (string, error) {
	seat, err := session.OpenConsole(ctx, vm, core.ConsoleSerial)
	if err != nil {
		return "", err
	}
	defer seat.Close(core.Errorf(core.CodeState, "the demo is ready"))
	line, err := session.Line(ctx, seat)
	if err != nil {
		return "", err
	}
	defer func() { _ = line.Close() }() // the seat ends too
	for line.State().Phase == core.LineConnecting {
		select {
		case <-ctx.Done():
			return "", ctx.Err()
		case <-line.Changed():
		}
	}
	keys, err := session.HostKeys(ctx, vm.Cluster)
	if err != nil || len(keys) == 0 {
		return "", err
	}
	return keys[0].Fingerprint, nil
}
