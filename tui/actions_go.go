package tui

import (
	"cmp"
	"context"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"gwm/core"
)

func goActions() []action {
	list := func(id, key, word, title, help, args string, complete func(*App, string) []string, page string) action {
		return action{
			ID: id, Keys: []string{key}, Word: word, Args: args, Complete: complete, Title: title, Help: help,
			Group: groupGo, Scope: scope{Without: traitTabs},
			Run: func(a *App, arg string) tea.Cmd { return a.goTo(a.listPlace(page, arg)) },
		}
	}
	none := func(*App, string) []string { return nil }
	states := func(*App, string) []string { return []string{"running", "queued", "failed", "done", "canceled"} }
	object := func(word string, kind core.Kind, complete func(*App, string) []string) action {
		return action{
			ID: "go." + word, Word: word, Args: strings.ToUpper(word), Complete: complete, Title: "open a " + kindWord(kind),
			Help: "Open the page of a " + kindWord(kind) + ", by a unique part of its name.", Group: groupGo,
			Run: func(a *App, arg string) tea.Cmd { return a.openObject(kind, arg) },
		}
	}
	return []action{
		list("go.fleet", "1", "clusters", "clusters", "Every cluster with its health and its sums.", "", none, pageFleet),
		list("go.vms", "2", "vms", "VMs", "The VMs of all clusters in one table, or of one cluster (C).", "[FILTER]", none, pageVMs),
		list("go.nodes", "3", "nodes", "nodes", "The nodes of all clusters, or of one.", "[FILTER]", none, pageNodes),
		list("go.jobs", "4", "jobs", "jobs", "Jobs of gwm and of the clusters, newest first.", "[FILTER]", states, pageJobs),
		list("go.messages", "5", "messages", "messages", "Everything that the bottom line said in this session.", "", none, pageMessages),
		{
			ID: "go.mine", Keys: []string{"!"}, Word: "mine", Title: "my running jobs", Help: "Your jobs that wait or run.", Group: groupGo,
			Do: func(a *App, _ selection) tea.Cmd {
				return a.goTo(place{Page: pageJobs, Arg: "by:" + a.session.User().Name + " state:queued,submitting,running"})
			},
		},
		object("vm", core.KindVM, completeVMs),
		object("node", core.KindNode, completeNodes),
		{
			ID: "go.cluster", Word: "overview", Args: "CLUSTER", Complete: completeClusters, Title: "open a cluster", Group: groupGo,
			Help: "Open the page of a cluster: what it tells, users, quotas.",
			Run: func(a *App, arg string) tea.Cmd {
				if arg == "" && a.scope == "" {
					return a.openPalette("overview ")
				}
				r, err := a.view.Find(core.KindCluster, cmp.Or(arg, a.scope))
				if err != nil {
					return a.fail(err)
				}
				return a.push(clusterPlace(r.Cluster))
			},
		},
		{
			ID: "go.job", Word: "job", Args: "JOB", Complete: completeJobs, Title: "open a job", Help: "Open a job by its number.",
			Group: groupGo, Run: func(a *App, arg string) tea.Cmd { return a.openJob(arg) },
		},
		{
			ID: "scope", Keys: []string{"C"}, Word: "cluster", Args: "CLUSTER|all", Title: "choose a cluster", Group: groupGo,
			Help:     "Limit the lists to one cluster, or show all of them again.",
			Complete: completeScopes,
			Run: func(a *App, arg string) tea.Cmd {
				if arg == "" {
					return a.openClusterPicker()
				}
				return a.setScope(arg)
			},
		},
		{
			ID: "whoami", Word: "whoami", Title: "who am I", Help: "Show who you are, your groups, keys and grants.", Group: groupGo,
			Do: func(a *App, _ selection) tea.Cmd { return a.push(place{Page: pageText, Arg: textWhoami}) },
		},
		{
			ID: "can", Word: "can", Args: "VERB OBJECT [USER]", Complete: completeCan, Title: "what may I do", Group: groupGo,
			Help: "Ask whether you, or somebody else, may do something, and why or why not: can power web1 bob.",
			Run:  func(a *App, arg string) tea.Cmd { return a.can(arg) },
		},
		list("go.audit", "6", "audit", "audit log", "What was done, by whom, as far as you may read it.", "[FILTER]", none, pageAudit),
		{
			ID: "about", Word: "about", Title: "about gwm", Help: "Show the version and what the terminal can do.", Group: groupGo,
			Do: func(a *App, _ selection) tea.Cmd { return a.push(place{Page: pageText, Arg: textAbout}) },
		},
	}
}

// listPlace is a list in the scope that the person chose.
func (a *App) listPlace(page, filter string) place {
	p := place{Page: page, Arg: filter}
	switch page {
	case pageFleet, pageMessages, pageUsers, pageGroups, pageApplicants, pageTokens, pageTemplates:
		return p
	}
	if a.scope != "" {
		p.On = core.ClusterRef(a.scope)
	}
	return p
}

// openObject finds what was typed among the visible objects and opens its page.
func (a *App) openObject(kind core.Kind, text string) tea.Cmd {
	if text == "" {
		return a.openPalette(string(kind) + " ")
	}
	r, err := a.view.Find(kind, text)
	if err != nil {
		return a.fail(err)
	}
	return a.push(objectPlace(r))
}

func (a *App) openJob(text string) tea.Cmd {
	if text == "" {
		return a.openPalette("job ")
	}
	for _, row := range a.view.Jobs() {
		if row.Name == text || row.Upstream != nil && (row.Cluster+"/"+row.Upstream.ID == text || row.Cluster+"/job/"+row.Upstream.ID == text) {
			return a.push(jobPlace(row))
		}
	}
	return a.say(Problem, "there is no job "+core.Printable(text)+", or you may not see it")
}

// setScope limits the lists to a cluster ("all": to none) and shows the list in
// front again with it.
func (a *App) setScope(name string) tea.Cmd {
	if name == "all" {
		name = ""
	} else {
		r, err := a.view.Find(core.KindCluster, name)
		if err != nil {
			return a.fail(err)
		}
		name = r.Cluster
	}
	a.scope = name
	at := a.front().at()
	page := at.Page
	switch page {
	case pageVMs, pageNodes, pageJobs:
	default:
		page = pageVMs
		if name == "" {
			page = pageFleet
		}
	}
	return tea.Batch(a.goTo(a.listPlace(page, "")), a.keepLater())
}

// can answers "can VERB OBJECT [USER]" with the sentence of the decision.
func (a *App) can(arg string) tea.Cmd {
	words := strings.Fields(arg)
	if len(words) != 2 && len(words) != 3 {
		return a.openPalette("can ")
	}
	verb := core.Verb(words[0])
	known := allVerbs()
	if !slices.Contains(known, verb) {
		return a.say(Problem, "there is no verb "+core.Printable(words[0])+"; verbs are "+joinVerbs(known))
	}
	r, err := a.findAny(words[1])
	if err != nil {
		return a.fail(err)
	}
	if len(words) == 2 {
		d := a.view.Can(verb, r)
		return a.say(verdict(d))
	}
	s, user := a.session, strings.TrimPrefix(words[2], "user:")
	return a.call(func(ctx context.Context) tea.Msg {
		d, err := s.WhyOf(ctx, user, verb, r)
		if err != nil {
			return failMsg{err: err}
		}
		kind, text := verdict(d)
		return Announce{Text: user + ": " + text, Kind: kind}
	})
}

// verdict is a decision in words.
func verdict(d core.Decision) (Kind, string) {
	why := cmp.Or(d.Why, d.Rule)
	if d.OK {
		return Good, "yes: " + why
	}
	return Warning, "no: " + why
}

// findAny finds a visible VM, cluster or node by what was typed; users, groups and
// the site are taken by their whole names.
func (a *App) findAny(text string) (core.Ref, error) {
	if strings.HasPrefix(text, "user:") || strings.HasPrefix(text, "group:") || text == "site" {
		return core.ParseRef(text)
	}
	var first error
	for _, kind := range []core.Kind{core.KindVM, core.KindCluster, core.KindNode} {
		r, err := a.view.Find(kind, text)
		if err == nil {
			return r, nil
		}
		if first == nil || core.CodeOf(err) == core.CodeInvalid {
			first = err
		}
	}
	return core.Ref{}, first
}

// refresh asks the clusters in sight for new data.
func (a *App) refresh() tea.Cmd {
	cluster := a.front().at().On.Cluster
	what := "every cluster"
	if cluster != "" {
		what = cluster
	}
	asked, s := a.say(Info, "asking "+what+" for new data"), a.session
	if p, ok := ahead[interface{ reread() tea.Cmd }](a); ok {
		asked = tea.Batch(asked, p.reread())
	}
	return tea.Batch(asked, a.call(func(ctx context.Context) tea.Msg {
		if err := s.Refresh(ctx, cluster); err != nil {
			return failMsg{err: err}
		}
		return Announce{Text: what + " answered", Kind: Info}
	}))
}

func joinVerbs(verbs []core.Verb) string {
	var words []string
	for _, v := range verbs {
		if !slices.Contains(words, string(v)) {
			words = append(words, string(v))
		}
	}
	return strings.Join(words, ", ")
}

func kindWord(k core.Kind) string {
	if k == core.KindVM {
		return "VM"
	}
	return string(k)
}
