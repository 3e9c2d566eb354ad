package tui

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"gwm/core"
)

func lookActions() []action {
	things := scope{Kinds: []core.Kind{core.KindVM, core.KindNode, core.KindJob}}
	some := scope{Kinds: []core.Kind{core.KindVM, core.KindNode, core.KindJob, core.KindCluster}}
	readable := scope{Without: traitTerm, Kinds: append([]core.Kind{kindRecord}, some.Kinds...)}
	return []action{
		{
			ID: "details", Keys: []string{"d"}, Title: "details", Help: "Show everything that is known of it.",
			Group: groupLook, Scope: scope{Traits: traitOpen, Kinds: some.Kinds}, Hint: 6, When: onlyOne, Do: func(a *App, sel selection) tea.Cmd {
				if sel.details() == a.frontPlace() {
					return a.hint("this page shows all that is known of it")
				}
				return a.push(sel.details())
			},
		},
		{
			ID: "log", Keys: []string{"l"}, Title: "log", Help: "Show the log of the job, or of the last job that worked on it.",
			Group: groupLook, Scope: scope{Without: traitFollow, Kinds: things.Kinds}, Hint: 7,
			When: func(a *App, sel selection) string {
				if why := onlyOne(a, sel); why != "" {
					return why
				}
				if _, ok := lastJob(a.view, sel); !ok {
					return "no job worked on it lately"
				}
				return ""
			},
			Do: func(a *App, sel selection) tea.Cmd {
				row, _ := lastJob(a.view, sel)
				return a.push(jobPlace(row))
			},
		},
		{
			ID: "raw", Keys: []string{"J"}, Title: "raw JSON", Help: "Show it as JSON, as the commands print it.",
			Group: groupLook, Scope: readable, When: onlyOne,
			Do: func(a *App, sel selection) tea.Cmd {
				return a.push(place{Page: pageText, On: sel.ref(), Arg: textRaw})
			},
		},
		{
			ID: "copy", Keys: []string{"y"}, Title: "copy", Help: "Copy its name, address or JSON to the clipboard of your terminal.",
			Group: groupLook, Scope: readable, Do: func(a *App, sel selection) tea.Cmd { return a.openCopyMenu(sel) },
		},
		{
			ID: "related", Keys: []string{"o"}, Title: "related", Help: "Go to what it belongs to: node, VMs, cluster, jobs.",
			Group: groupLook, Scope: readable, When: onlyOne, Do: func(a *App, sel selection) tea.Cmd { return a.openRelated(sel) },
		},
	}
}

func onlyOne(_ *App, sel selection) string {
	if len(sel.Refs)+len(sel.Jobs) > 1 {
		return "it works on one row, several are marked"
	}
	return ""
}

// ref names the first selected object; a job too.
func (s selection) ref() core.Ref {
	switch {
	case len(s.Refs) > 0:
		return s.Refs[0]
	case len(s.Jobs) > 0:
		return jobRef(s.Jobs[0])
	}
	return core.Ref{}
}

// place is the page about the first selected object.
func (s selection) place() place {
	if len(s.Refs) == 0 && len(s.Jobs) > 0 {
		return jobPlace(s.Jobs[0])
	}
	return objectPlace(s.ref())
}

// details is the page with all that is known of the first selected object.
func (s selection) details() place {
	if r := s.ref(); r.Kind == core.KindCluster {
		return clusterPlace(r.Cluster)
	}
	return s.place()
}

// objectPlace is the page about an object; of a cluster it is the list of its
// VMs.
func objectPlace(r core.Ref) place {
	switch r.Kind {
	case kindRecord:
		return place{Page: pageRecord, Arg: r.Name}
	case core.KindVM:
		return place{Page: pageVM, On: r}
	case core.KindNode:
		return place{Page: pageNode, On: r}
	case core.KindCluster:
		return place{Page: pageVMs, On: r}
	case core.KindUser:
		return userPlace(r.Name)
	case core.KindGroup:
		return groupPlace(r.Name)
	case kindNodeGroup, kindNetwork:
		return partPlace(r)
	case core.KindJob:
		if r.Cluster == "" {
			return place{Page: pageJob, Arg: r.Name}
		}
		return place{Page: pageJob, On: core.ClusterRef(r.Cluster), Arg: r.Name}
	default:
		return place{}
	}
}

// jobRef names a row of the job list: our job where there is one, else the
// cluster's.
func jobRef(row core.JobRow) core.Ref {
	switch {
	case row.Ours != nil:
		return core.Ref{Kind: core.KindJob, Name: row.Ours.ID.String()}
	case row.Upstream != nil:
		return core.Ref{Kind: core.KindJob, Cluster: row.Cluster, Name: row.Upstream.ID}
	}
	return core.Ref{}
}

func jobPlace(row core.JobRow) place { return objectPlace(jobRef(row)) }

// lastJob is the selected job, or the newest one that works on the selected
// object.
func lastJob(v *core.View, sel selection) (core.JobRow, bool) {
	if len(sel.Jobs) > 0 {
		return sel.Jobs[0], true
	}
	for _, row := range v.Jobs() {
		for _, t := range row.Targets {
			if t == sel.ref() {
				return row, true
			}
		}
	}
	return core.JobRow{}, false
}

// openCopyMenu offers what can be copied of the selection.
func (a *App) openCopyMenu(sel selection) tea.Cmd {
	if sel.kind() == kindRecord {
		return a.openRecordCopy()
	}
	if at := a.frontPlace(); at.Page == pageText && at.Arg == textKey {
		return a.copyOwnKey(at.On.Cluster)
	}
	m := a.newMenu("Copy")
	add := func(letter, what, text string) {
		if text != "" {
			m.add(menuItem{letter: letter, title: what, note: text, run: func() tea.Cmd { return a.copy(what, text) }})
		}
	}
	var names, full, ips []string
	refs := sel.Refs
	for _, row := range sel.Jobs {
		refs = append(refs, jobRef(row))
	}
	for _, r := range refs {
		full = append(full, fullName(r))
		if r.Kind == core.KindCluster {
			names = append(names, r.Cluster)
			continue
		}
		names = append(names, core.Printable(r.Name))
		ips = append(ips, addresses(a.view, r)...)
	}
	add("n", "name", strings.Join(names, "\n"))
	add("f", "full name", strings.Join(full, "\n"))
	add("i", "IP address", strings.Join(ips, "\n"))
	for _, k := range sel.Hosts {
		add("p", "fingerprint", k.Fingerprint)
	}
	if p, ok := a.front().(*jobPage); ok && !p.bulk() {
		m.add(menuItem{letter: "l", title: "log", note: counted(p.text.Len(), "line"), run: func() tea.Cmd { return a.copy("log", p.text.Text()) }})
	}
	if len(refs) == 1 {
		m.add(menuItem{letter: "j", title: "JSON", note: "as the raw page shows it", run: func() tea.Cmd { return a.copyJSON(refs[0]) }})
	}
	return a.pop(m)
}

// fullName names an object as the commands take it.
func fullName(r core.Ref) string {
	if r.Kind == core.KindJob {
		if r.Cluster == "" {
			return r.Name
		}
		return r.Cluster + "/job/" + core.Printable(r.Name)
	}
	return core.Printable(r.String())
}

// addresses lists the IP addresses of a VM or node.
func addresses(v *core.View, r core.Ref) []string {
	var ips []string
	if vm, ok := v.VM(r); r.Kind == core.KindVM && ok {
		for _, nic := range vm.NICs {
			if nic.IP != "" {
				ips = append(ips, core.Printable(nic.IP))
			}
		}
	}
	if n, ok := v.Node(r); r.Kind == core.KindNode && ok && n.PrimaryIP != "" {
		ips = append(ips, core.Printable(n.PrimaryIP))
	}
	return ips
}

// openRelated offers the pages about what the selected object belongs to.
func (a *App) openRelated(sel selection) tea.Cmd {
	m := a.newMenu("Related")
	links := related(a.view, sel)
	if sel.kind() == kindRecord {
		links = a.relatedRecord()
	}
	for _, link := range links {
		if link.place == a.frontPlace() {
			continue
		}
		m.add(menuItem{title: link.title, note: link.note, run: func() tea.Cmd { return a.push(link.place) }})
	}
	if len(m.items) == 0 {
		return a.say(Info, "nothing related is known")
	}
	return a.pop(m)
}

type link struct {
	title, note string
	place       place
}

// related lists what an object belongs to and what belongs to it.
func related(v *core.View, sel selection) []link {
	r := sel.ref()
	var out []link
	object := func(title string, r core.Ref, name string) {
		out = append(out, link{title, core.Printable(name), objectPlace(r)})
	}
	list := func(title, page, cluster, filter string) {
		p := place{Page: page, Arg: filter}
		if cluster != "" {
			p.On = core.ClusterRef(cluster)
		}
		out = append(out, link{title, core.Printable(filter), p})
	}
	switch r.Kind {
	case core.KindVM:
		vm, ok := v.VM(r)
		if !ok {
			return nil
		}
		for i, name := range append([]string{vm.Node}, vm.Secondaries...) {
			if _, seen := v.Node(core.NodeRef(r.Cluster, name)); seen {
				object([]string{"node", "secondary node"}[min(i, 1)], core.NodeRef(r.Cluster, name), name)
			}
		}
		list("jobs", pageJobs, r.Cluster, r.Name)
		out = append(out, link{"cluster", r.Cluster, clusterPlace(r.Cluster)})
		list("VMs of the cluster", pageVMs, r.Cluster, "")
	case core.KindNode:
		list("VMs of the node", pageVMs, r.Cluster, "node:"+r.Name)
		list("jobs", pageJobs, r.Cluster, r.Name)
		list("nodes of the cluster", pageNodes, r.Cluster, "")
	case core.KindCluster:
		out = append(out, link{"cluster", r.Cluster, clusterPlace(r.Cluster)})
		list("VMs", pageVMs, r.Cluster, "")
		list("nodes", pageNodes, r.Cluster, "")
		list("jobs", pageJobs, r.Cluster, "")
	case core.KindJob:
		for _, t := range sel.Jobs[0].Targets {
			if p := objectPlace(t); p.Page != "" {
				object(string(t.Kind), t, t.String())
			}
		}
	default:
	}
	return out
}
