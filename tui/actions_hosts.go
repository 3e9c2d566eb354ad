package tui

import (
	"cmp"
	"context"
	"slices"

	tea "charm.land/bubbletea/v2"

	"gwm/core"
	"gwm/tui/logview"
)

// hostActions are about the keys of nodes, and gwm's own for them.
func hostActions() []action {
	rows := scope{Traits: traitHosts, Without: traitRights | traitQuotas | traitSitters | traitMembers, Kinds: []core.Kind{core.KindCluster}}
	clusters := scope{Kinds: []core.Kind{core.KindCluster}}
	return []action{
		{
			ID: "host.trust", Keys: []string{"A"}, Word: "host-trust", Title: "trust the key", Group: groupAct, Scope: rows, Hint: 2,
			Help: "Let gwm log in to whatever shows this key as that node, once the fingerprint was compared on the node.",
			When: func(a *App, sel selection) string {
				switch {
				case len(sel.Hosts) == 0:
					return "no key is selected; :host-keys shows those of a cluster"
				case !sel.Hosts[0].Trusted.IsZero():
					return "it is trusted already"
				case sel.Hosts[0].Known != "":
					return "another key of this node is trusted; find out why it changed, then forget that one first"
				}
				return mayTrust(a, sel)
			},
			Do: func(a *App, sel selection) tea.Cmd { return a.offerKey(sel.Hosts[0]) },
		},
		{
			ID: "host.forget", Keys: []string{"D"}, Word: "host-forget", Title: "forget the key", Group: groupAct, Scope: rows, Hint: 3,
			Help: "Trust the key no more; of a key that was only shown: take it off the list.",
			Make: func(_ *App, sel selection) ([]core.Op, string) {
				if len(sel.Hosts) == 0 {
					return nil, "no key is selected; :host-keys shows those of a cluster"
				}
				k := sel.Hosts[0]
				return []core.Op{core.ForgetHost{Cluster: k.Cluster, Host: k.Host, Fingerprint: k.Fingerprint}}, ""
			},
			Notes: hostNotes,
		},
		{
			ID: "go.hosts", Word: "host-keys", Args: "[CLUSTER]", Complete: completeClusters, Title: "keys of the nodes", Group: groupGo,
			Help: "Show the SSH keys that the nodes of a cluster have shown to gwm, and which are trusted.",
			Run: func(a *App, arg string) tea.Cmd {
				r, err := a.clusterNamed(cmp.Or(arg, a.front().selection().ref().Cluster, a.scope))
				if err != nil {
					return a.fail(err)
				}
				return a.push(place{Page: pageCluster, On: r, Arg: clusterArgHosts})
			},
		},
		{
			ID: "console.key", Keys: []string{"K"}, Word: "console-key", Args: "[CLUSTER]", Complete: completeClusters, Title: "gwm's own key", Group: groupLook, Scope: clusters,
			Help: "Show the line for authorized_keys with which gwm logs in to the nodes, to be copied there.",
			Run: func(a *App, arg string) tea.Cmd {
				r, err := a.clusterNamed(arg)
				if err != nil {
					return a.fail(err)
				}
				return a.push(place{Page: pageText, On: r, Arg: textKey})
			},
		},
		{
			ID: "console.rotate", Word: "console-rotate", Args: "[CLUSTER]", Complete: completeClusters, Title: "make a new key of gwm's own", Group: groupGo,
			Help: "Give gwm another key for the nodes of a cluster; consoles open again once it is on the nodes.",
			Run: func(a *App, arg string) tea.Cmd {
				r, err := a.clusterNamed(arg)
				if err != nil {
					return a.fail(err)
				}
				op := core.RotateConsoleKey{Cluster: r.Cluster}
				if d := a.session.Can(op); !d.OK {
					return a.say(Warning, "make a new key: "+core.Printable(d.Why))
				}
				return a.submit([]core.Op{op})
			},
		},
	}
}

// mayTrust is why the person may not trust keys of the nodes of a cluster, "" where
// they may.
func mayTrust(a *App, sel selection) string {
	return mayDo(func(sel selection) core.Op { return core.TrustHost{Cluster: sel.ref().Cluster} })(a, sel)
}

// offerKey asks for which nodes a key is to be trusted that one of them showed.
func (a *App) offerKey(k core.HostKey) tea.Cmd {
	trust := func(host string) func() tea.Cmd {
		return func() tea.Cmd {
			return a.weigh([]core.Op{core.TrustHost{Cluster: k.Cluster, Host: host, Fingerprint: k.Fingerprint}}, hostNotes)
		}
	}
	if k.Host == core.AnyHost {
		return trust(k.Host)()
	}
	m := a.newMenu(k.Fingerprint)
	m.add(menuItem{letter: "o", title: "trust it for " + core.Printable(k.Host), note: "only this node", run: trust(k.Host)})
	m.add(menuItem{letter: "e", title: "trust it for every node of " + k.Cluster, note: "where all of them share one key", run: trust(core.AnyHost)})
	return a.pop(m)
}

// hostNotes say what must be compared before a key is trusted or forgotten.
func hostNotes(ctx context.Context, s *core.Session, _ *core.View, ops []core.Op) ([]string, error) {
	switch op := ops[0].(type) {
	case core.TrustHost:
		keys, err := s.HostKeys(ctx, op.Cluster)
		i := slices.IndexFunc(keys, func(k core.HostKey) bool { return k.Fingerprint == op.Fingerprint && k.Trusted.IsZero() })
		if err != nil || i < 0 {
			return nil, err
		}
		return []string{op.Fingerprint, "Is that what the node itself says? On " + keys[i].Host + ": " + keys[i].Compare()}, nil
	case core.ForgetHost:
		keys, err := s.HostKeys(ctx, op.Cluster)
		if err != nil {
			return nil, err
		}
		notes := []string{op.Fingerprint}
		for _, k := range keys {
			if k.Known == op.Fingerprint {
				notes = append(notes, k.Host+" shows "+k.Fingerprint+" instead. Forget the trusted key only where you know why, for example because the node was installed anew.")
				break
			}
		}
		return notes, nil
	}
	return nil, nil
}

// ownKeyLines are gwm's own key for the nodes of a cluster, and what to do with it.
func ownKeyLines(ctx context.Context, s *core.Session, cluster string) ([]logview.Line, error) {
	line, err := s.ConsoleKey(ctx, cluster)
	if err != nil {
		return nil, err
	}
	out := []logview.Line{head("gwm's own key for the nodes of " + cluster)}
	out = append(out, logview.Line{Text: core.Printable(line), Level: logview.Note}, logview.Line{})
	for _, text := range []string{
		"gwm logs in with it to show serial consoles, and screens that listen on a node's own address only.",
		"It belongs into /root/.ssh/authorized_keys of every node of the cluster. y copies it.",
		"from=\"ADDRESS\" in front of it, followed by a comma, lets nobody use it who comes from elsewhere.",
		"",
		"For example:",
		"ssh root@node1.example.org 'cat >> /root/.ssh/authorized_keys', then paste it, enter, ctrl-d",
	} {
		out = append(out, logview.Line{Text: text, Level: logview.Quiet})
	}
	return out, nil
}

// copyOwnKey puts gwm's own key for the nodes of a cluster on the clipboard.
func (a *App) copyOwnKey(cluster string) tea.Cmd {
	s := a.session
	return a.call(func(ctx context.Context) tea.Msg {
		line, err := s.ConsoleKey(ctx, cluster)
		if err != nil {
			return failMsg{err: err}
		}
		return copyMsg{what: "gwm's own key for " + cluster, text: line}
	})
}
