package tui

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"gwm/core"
)

// hostKeysMsg brings the keys of the nodes of a cluster.
type hostKeysMsg struct {
	c    *console
	keys []core.HostKey
	err  error
}

// askTrust looks up which key the node of the console showed.
func (p *consolePage) askTrust() tea.Cmd {
	s, c := p.host.session, p.c
	return p.app.call(func(ctx context.Context) tea.Msg {
		keys, err := s.HostKeys(ctx, c.vm.Cluster)
		return hostKeysMsg{c, keys, err}
	})
}

// reach asks whether to trust the key that the node showed. A node that
// showed another one before is not trusted from here: the old key must be
// forgotten first, by who found out why.
func (m hostKeysMsg) reach(a *App) tea.Cmd {
	if m.err != nil {
		return a.fail(m.err)
	}
	node := m.c.state.Node
	var shown *core.HostKey
	for i := range m.keys {
		k := &m.keys[i]
		if k.Host != node && k.Host != core.AnyHost {
			continue
		}
		if k.Known != "" {
			return a.unasked(func() tea.Cmd { return a.hardStop(*k) })
		}
		if shown == nil || k.Offered.After(shown.Offered) {
			shown = k
		}
	}
	if shown == nil {
		return a.say(Problem, "no key of "+core.Printable(node)+" is kept; connect again and look once more")
	}
	if !shown.Trusted.IsZero() {
		return a.say(Info, "the key of "+core.Printable(node)+" is trusted by now; connect again from the menu")
	}
	return a.unasked(func() tea.Cmd { return a.offerKey(*shown) })
}

// hardStop says that a node shows another key than before, and leads to where that
// is decided.
func (a *App) hardStop(k core.HostKey) tea.Cmd {
	m := a.newMenu(a.look.theme.Sym.Warn + " " + core.Printable(k.Host) + " shows another key than before")
	m.add(menuItem{letter: "n", title: "leave it so", note: "gwm does not log in there", run: func() tea.Cmd { return nil }})
	m.add(menuItem{letter: "h", title: "look at the keys of " + k.Cluster, note: "the old one and the new one", run: func() tea.Cmd {
		return a.push(place{Page: pageCluster, On: core.ClusterRef(k.Cluster), Arg: clusterArgHosts})
	}})
	return a.pop(m)
}
