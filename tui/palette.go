package tui

import (
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"gwm/core"
)

// openPalette asks for a command, with a text typed already.
func (a *App) openPalette(typed string) tea.Cmd {
	p := &palette{app: a, sel: a.front().selection()}
	c := a.newChooser("Commands", ":", typed, p.find)
	return tea.Batch(a.pop(c), a.readPeople())
}

// openFinder asks for any object of any cluster by name.
func (a *App) openFinder() tea.Cmd {
	p := &palette{app: a}
	c := a.newChooser("Go to", "> ", "", p.goal)
	c.footer = "enter open  esc close"
	return a.pop(c)
}

// palette finds what the palette suggests. It lives as long as the popup, and so
// do the candidates that it keeps.
type palette struct {
	app  *App
	sel  selection
	here []action
	args completions
	refs []core.Ref // every visible cluster, VM and node
}

// find suggests completions of a command's argument, or commands and objects.
func (p *palette) find(typed string) []entry {
	typed = strings.TrimLeft(typed, " :")
	word, arg, more := strings.Cut(typed, " ")
	if x, ok := p.app.command(word); more && ok && x.Args != "" {
		return p.arguments(x, strings.TrimLeft(arg, " "))
	}
	var out []entry
	if typed == "" {
		out = p.recent()
	}
	out = append(out, p.commands(typed)...)
	if len(typed) > 1 {
		out = append(out, p.objects(typed)...)
	}
	return out[:min(len(out), matchLimit)]
}

// command returns the action with a palette word.
func (a *App) command(word string) (action, bool) {
	i := slices.IndexFunc(a.table, func(x action) bool { return x.Word != "" && x.Word == word })
	if i < 0 {
		return action{}, false
	}
	return a.table[i], true
}

// commands suggests actions by their word and title: those with a word always,
// the others where they exist.
func (p *palette) commands(typed string) []entry {
	if p.here == nil {
		p.here = p.candidates()
	}
	var out []entry
	found := match(typed, len(p.here), func(i int) string { return p.here[i].Word + " " + p.here[i].Title })
	slices.SortStableFunc(found, func(i, j int) int { // a command that begins so comes first
		return starts(p.here[j].Word, typed) - starts(p.here[i].Word, typed)
	})
	for _, i := range found {
		out = append(out, p.entry(p.here[i]))
	}
	return out
}

// candidates are the actions that the palette knows: every command, then
// what works on the selection, then what has only a key.
func (p *palette) candidates() []action {
	var act, words, rest, last []action
	traits, kind := p.app.front().traits(), p.sel.kind()
	for _, x := range p.app.table {
		fits := x.Scope.on(traits, kind)
		switch {
		case x.Quiet || x.Group == groupMove || x.ID == "palette":
		case fits && len(x.Scope.Kinds) > 0:
			act = append(act, x)
		case x.ID == "quit.now":
			last = append(last, x) // enter alone must not leave
		case x.Word != "":
			words = append(words, x)
		case fits:
			rest = append(rest, x)
		}
	}
	return slices.Concat(words, act, rest, last)
}

func starts(word, typed string) int {
	switch {
	case typed == "" || !strings.HasPrefix(word, strings.TrimSpace(typed)):
		return 0
	case word == strings.TrimSpace(typed):
		return 2
	}
	return 1
}

// entry is an action as a suggestion.
func (p *palette) entry(x action) entry {
	e := entry{title: x.Title, key: firstKey(x), fill: x.Word, run: func() tea.Cmd { return p.app.run(x) }}
	if x.Word != "" {
		e.title, e.note = strings.TrimSpace(x.Word+" "+x.Args), x.Help
	}
	if x.Args != "" {
		e.fill += " "
	}
	fits := x.Scope.on(p.app.front().traits(), p.sel.kind())
	if x.Make != nil && fits {
		e.off = p.app.refused(x, p.sel)
		e.title, e.note = x.Word+" "+p.sel.name(), x.Help
	}
	// What works on an object needs its name where none is selected.
	e.more = x.Args != "" && (x.Make != nil && (!fits || e.off != "") || x.Run != nil && !strings.HasPrefix(x.Args, "[") && len(x.Keys) == 0)
	if e.more {
		e.off, e.title = "", x.Word+" "+x.Args
	}
	return e
}

func firstKey(x action) string {
	switch {
	case len(x.Keys) > 0:
		return keyName(x.Keys[0])
	case x.Sub != "":
		return x.Sub + " " + x.Letter
	}
	return ""
}

// arguments suggests what may follow a command: what is typed itself, then what
// completes it.
func (p *palette) arguments(x action, arg string) []entry {
	all := p.args.of(p.app, x, arg)
	add := func(out []entry, text string) []entry {
		return append(out, entry{
			title: x.Word + " " + text, note: x.Title, fill: x.Word + " " + text + " ",
			run: func() tea.Cmd { return p.app.runWith(x, text) },
		})
	}
	var out []entry
	found := match(arg, len(all), func(i int) string { return all[i] })
	typed := strings.TrimSpace(arg)
	if typed != "" && (len(found) == 0 || strings.HasPrefix(x.Args, "[") && !slices.Contains(all, typed)) {
		out = add(out, typed)
	}
	for _, i := range found {
		out = add(out, all[i])
	}
	if len(out) == 0 {
		out = append(out, entry{title: x.Word + " " + x.Args, note: x.Help, off: "type " + x.Args})
	}
	return out
}

// runWith carries an action out with what was typed behind its word.
func (a *App) runWith(x action, arg string) tea.Cmd {
	if x.Run != nil {
		return x.Run(a, arg)
	}
	if len(x.Scope.Kinds) == 1 && (x.Scope.Kinds[0] == core.KindUser || x.Scope.Kinds[0] == core.KindGroup) {
		return a.runOn(x, selection{Refs: []core.Ref{{Kind: x.Scope.Kinds[0], Name: strings.TrimSpace(arg)}}})
	}
	kind := core.KindVM
	if len(x.Scope.Kinds) == 1 && x.Scope.Kinds[0] == core.KindNode {
		kind = core.KindNode
	}
	r, err := a.view.Find(kind, arg)
	if err != nil {
		return a.fail(err)
	}
	return a.runOn(x, selection{Refs: []core.Ref{r}})
}

// objects suggests visible clusters, VMs and nodes by name.
func (p *palette) objects(typed string) []entry {
	if p.refs == nil {
		v := p.app.view
		p.refs = make([]core.Ref, 0, len(v.VMs())+len(v.Nodes()))
		for _, c := range v.Clusters() {
			p.refs = append(p.refs, core.ClusterRef(c.Cluster.Name))
		}
		for _, vm := range v.VMs() {
			p.refs = append(p.refs, vm.Ref())
		}
		for _, n := range v.Nodes() {
			p.refs = append(p.refs, n.Ref())
		}
	}
	var out []entry
	for _, i := range match(typed, len(p.refs), func(i int) string { return objectName(p.refs[i]) }) {
		r := p.refs[i]
		note := kindWord(r.Kind)
		if r.Name != "" {
			note += " on " + r.Cluster
		}
		out = append(out, entry{title: objectName(r), note: note, run: func() tea.Cmd { return p.app.push(objectPlace(r)) }})
	}
	return out
}

// goal suggests objects by whatever holds what was typed, and says what that is;
// before anything is typed those that were looked at lately before all others, and
// where nothing is found names with these letters.
func (p *palette) goal(typed string) []entry {
	if strings.TrimSpace(typed) == "" {
		return append(p.recent(), p.objects(typed)...)
	}
	hits, _ := p.app.view.Search(typed, matchLimit)
	if len(hits) == 0 {
		return p.objects(typed)
	}
	out := make([]entry, 0, len(hits))
	for _, h := range hits {
		on := h.On
		out = append(out, entry{title: objectName(on), note: hitNote(h), run: func() tea.Cmd { return p.app.push(objectPlace(on)) }})
	}
	return out
}

// hitNote says what was found and by what, where that is not its name.
func hitNote(h core.Hit) string {
	note := kindWord(h.On.Kind)
	if h.On.Name != "" {
		note += " on " + h.On.Cluster
	}
	for _, by := range h.By {
		if by.Field != "name" {
			note += ", " + by.Field + " " + core.Printable(by.Value)
		}
	}
	return note
}

// recentLimit is how many objects are suggested because they were looked at.
const recentLimit = 5

// recent are the objects whose pages were shown lately, newest first, as far as
// they are still to be seen.
func (p *palette) recent() []entry {
	a, seen := p.app, map[place]bool{p.app.frontPlace(): true}
	var out []entry
	for _, at := range slices.Backward(a.history) {
		if seen[at] || len(out) == recentLimit {
			continue
		}
		seen[at] = true
		there := false
		switch at.Page {
		case pageVM:
			_, there = a.view.VM(at.On)
		case pageNode:
			_, there = a.view.Node(at.On)
		}
		if there {
			out = append(out, entry{
				title: objectName(at.On), note: kindWord(at.On.Kind) + " on " + at.On.Cluster + ", seen lately",
				run: func() tea.Cmd { return a.push(at) },
			})
		}
	}
	return out
}

// objectName is the name of an object as its own kind of list shows it.
func objectName(r core.Ref) string {
	if r.Kind == core.KindCluster {
		return r.Cluster
	}
	return r.Name
}
