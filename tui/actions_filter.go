package tui

import (
	"cmp"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"gwm/core"
)

// subQueue is the key of the menu about the job queue of a cluster, and about which
// jobs a list shows.
const subQueue = "Q"

func filterActions() []action {
	here := scope{
		Kinds:   []core.Kind{core.KindCluster, core.KindJob},
		Without: traitRights | traitQuotas | traitUsers | traitGroups | traitKeys | traitMembers | traitTokens | traitHosts,
	}
	jobs := scope{Kinds: []core.Kind{core.KindJob}}
	form := func(letter, word, formWord, args, title, help string) action {
		return action{
			ID: "queue." + word, Sub: subQueue, Letter: letter, Word: word, Args: args, Complete: completeClusters,
			Title: title, Help: help, Group: groupAct, Scope: here, When: mayFilter,
			Run: func(a *App, arg string) tea.Cmd {
				name, id, _ := strings.Cut(arg, " ")
				r, err := a.clusterNamed(cmp.Or(name, a.front().selection().clusterOfJob(), a.scope))
				if err != nil {
					return a.fail(err)
				}
				return a.openForm(formWord, strings.TrimSpace(r.Cluster+" "+id), r)
			},
		}
	}
	only := func(letter, word, title, help string, filter func(a *App, sel selection) string) action {
		return action{
			ID: "queue." + word, Sub: subQueue, Letter: letter, Title: title, Help: help, Group: groupLook, Scope: jobs,
			When: func(a *App, sel selection) string {
				switch _, list := a.front().(*jobsPage); {
				case !list:
					return "this is no list of jobs"
				case filter(a, sel) == "":
					return "the job does not tell"
				}
				return ""
			},
			Do: func(a *App, sel selection) tea.Cmd { return a.toggleFilter(filter(a, sel)) },
		}
	}
	fixed := func(text string) func(*App, selection) string { return func(*App, selection) string { return text } }
	return []action{
		{
			ID: "queue.menu", Keys: []string{subQueue}, Title: "queue", Help: "Choose which jobs are shown; see and change what a cluster does with jobs before it begins them.",
			Group: groupAct, Scope: here, Opens: true,
		},
		only("m", "mine", "only mine", "Show only jobs that you asked for; again: all.", fixed("from:me")),
		only("o", "others", "only of others", "Show only jobs that were not asked for through gwm; again: all.", fixed("from:others")),
		only("s", "stuck", "only stuck", "Show only jobs that do not go on; again: all.", fixed("stuck:*")),
		only("u", "open", "only unfinished", "Show only jobs that wait or run; again: all.", fixed("state:queued,submitting,running")),
		only("c", "cluster", "only of its cluster", "Show only jobs of the cluster of this one; again: all.", func(_ *App, sel selection) string {
			return fieldWord("cluster", sel.clusterOfJob())
		}),
		only("k", "kind", "only of its kind", "Show only jobs that do what this one does; again: all.", func(_ *App, sel selection) string {
			if len(sel.Jobs) == 0 {
				return ""
			}
			kinds, _ := sel.Jobs[0].FilterField("op")
			return fieldWord("op", slices.Concat(kinds, []string{""})[0])
		}),
		{
			ID: "go.filters", Sub: subQueue, Letter: "f", Word: "filters", Args: "[CLUSTER]", Complete: completeClusters, Title: "job filters",
			Group: groupLook, Scope: here, When: mayFilter, Help: "Show what a cluster does with jobs before it begins them.",
			Run: func(a *App, arg string) tea.Cmd {
				r, err := a.clusterNamed(cmp.Or(arg, a.front().selection().clusterOfJob(), a.scope))
				if err != nil {
					return a.fail(err)
				}
				return a.push(filtersPlace(r.Cluster))
			},
		},
		form("a", "filter-add", formFilterAdd, "[CLUSTER]", "add a job filter", "Have a cluster refuse, hold back or slow down jobs."),
		form("e", "filter-edit", formFilterEdit, "[CLUSTER [FILTER]]", "edit a job filter", "Change a job filter of a cluster."),
		form("d", "filter-remove", formFilterRemove, "[CLUSTER]", "remove a job filter", "Remove a job filter of a cluster."),
		form("r", "drain", formDrain, "[CLUSTER]", "refuse new jobs", "Have a cluster refuse every new job, or keep it waiting."),
	}
}

// clusterOfJob is the cluster of the first of what is selected.
func (s selection) clusterOfJob() string {
	if len(s.Jobs) > 0 {
		return s.Jobs[0].Cluster
	}
	return s.ref().Cluster
}

// fieldWord is a word of a filter, empty where there is no value.
func fieldWord(field, value string) string {
	if value == "" {
		return ""
	}
	return field + ":" + value
}

// mayFilter says why the person may not see and change the filters.
func mayFilter(a *App, sel selection) string {
	if why := onlyOne(a, sel); why != "" {
		return why
	}
	cluster := sel.clusterOfJob()
	if cluster == "" {
		return "it is on no cluster"
	}
	if d := a.session.Can(core.AddJobFilter{Cluster: cluster, Filter: core.DrainJobs(core.FilterReject, "")}); !d.OK {
		return core.Printable(d.Why)
	}
	return ""
}

// toggleFilter puts a word FIELD:VALUE into the filter of the page in front, in
// place of another of the same field, or takes it away where it is there.
func (a *App) toggleFilter(word string) tea.Cmd {
	f, ok := a.front().(filterer)
	if !ok {
		return nil
	}
	text, _, _ := f.filtered()
	words := strings.Fields(text)
	field, _, _ := strings.Cut(word, ":")
	there := slices.Contains(words, word)
	words = slices.DeleteFunc(words, func(w string) bool { return strings.HasPrefix(w, field+":") })
	if !there {
		words = append(words, word)
	}
	return a.setFilter(strings.Join(words, " "))
}
