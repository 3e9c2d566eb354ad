package tui

import (
	"context"
	"fmt"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"gwm/core"
	"gwm/tui/theme"
)

// submit asks what the danger of the ops demands, then does them. Nothing is
// asked for what is safe, one key for what disrupts one object, the name (or the
// verb and the number of objects) for the rest.
func (a *App) submit(ops []core.Op) tea.Cmd { return a.confirm(ops, a.carryOut) }

// submitNoting is submit with more to be said in the question.
func (a *App) submitNoting(ops []core.Op, notes []string) tea.Cmd {
	return a.confirm(ops, a.carryOut, notes...)
}

// confirm asks the same before something else is done with the ops. Notes stand
// in the question below the effect.
func (a *App) confirm(ops []core.Op, do func([]core.Op) tea.Cmd, notes ...string) tea.Cmd {
	if len(ops) == 0 {
		return nil
	}
	switch danger := a.session.Danger(ops...); {
	case danger == core.Safe:
		return do(ops)
	case danger == core.Disruptive && len(ops) == 1:
		return a.pop(&ask{app: a, ops: ops, do: do, notes: notes})
	default:
		d := a.newTyped(ops)
		d.do, d.notes = do, notes
		return a.pop(d)
	}
}

// weigh finds out what else must be known before ops are confirmed, then asks.
func (a *App) weigh(ops []core.Op, notes func(context.Context, *core.Session, *core.View, []core.Op) ([]string, error)) tea.Cmd {
	s, v := a.session, a.view
	return a.call(func(ctx context.Context) tea.Msg {
		said, err := notes(ctx, s, v, ops)
		if err != nil {
			return failMsg{err: err}
		}
		return submitMsg{ops: ops, notes: said}
	})
}

// commandLine is what does the same as an op on the command line.
func commandLine(op core.Op) string {
	words := slices.Clone(op.Spec().Command)
	for i, w := range words {
		words[i] = quoteWord(w)
	}
	return core.Printable("gwm " + strings.Join(words, " "))
}

// quoteWord writes a word so that a shell takes it as it is.
func quoteWord(w string) string {
	if w == "" || strings.ContainsAny(w, " \t'\"$`\\*?;&|<>()#~!") {
		return "'" + strings.ReplaceAll(w, "'", `'\''`) + "'"
	}
	return w
}

func commandLines(ops []core.Op) string {
	lines := make([]string, len(ops))
	for i, op := range ops {
		lines[i] = commandLine(op)
	}
	return strings.Join(lines, "\n")
}

// ask is the question at the bottom for one object: y does it, everything else
// leaves it.
type ask struct {
	app   *App
	ops   []core.Op
	do    func([]core.Op) tea.Cmd
	notes []string // what else there is to know
}

func (q *ask) key(k tea.KeyPressMsg) (tea.Cmd, bool) {
	switch k.String() {
	case "y", "Y":
		return q.do(q.ops), true
	case "ctrl+o":
		return q.app.copy("the command", commandLines(q.ops)), false
	}
	return q.app.say(Info, "nothing was done"), true
}

func (q *ask) paste(string)              {}
func (q *ask) wheel(int)                 {}
func (q *ask) click(int) (tea.Cmd, bool) { return nil, false }

func (q *ask) draw(w, _ int) drawing {
	t := q.app.look.theme
	spec := q.ops[0].Spec()
	question := upperFirst(spec.Title)
	if spec.Target.Cluster != "" && spec.Target.Kind != core.KindCluster {
		question += " on " + spec.Target.Cluster
	}
	question = core.Printable(question) + "? "
	var lines []string
	for i, l := range wrap(question+spec.Sentence(), w-2) {
		if i == 0 && strings.HasPrefix(l, question) {
			lines = append(lines, t.Warn.Render(" "+question)+l[len(question):])
			continue
		}
		lines = append(lines, " "+l)
	}
	for _, l := range noteLines(t, q.notes, w-2) {
		lines = append(lines, " "+l)
	}
	keys := " " + t.Key.Render("y") + " yes  " + t.Key.Render("n") + " no (default)  "
	lines = append(lines, keys+t.Dim.Render(t.Cut("ctrl-o copies: "+commandLine(q.ops[0]), max(w-theme.Width(keys)-1, 0))))
	edge := q.app.look.cluster(spec.Target.Cluster, t.Border)
	out := []string{edge.Render(strings.Repeat(t.Sym.H, w))}
	for _, l := range lines {
		out = append(out, t.Fit(l, w))
	}
	return drawing{lines: out, bottom: true, cursorY: -1}
}

// typed is the dialog in which the name, or the verb and the number, must be
// typed. Pasted text does not count.
type typed struct {
	app    *App
	ops    []core.Op
	do     func([]core.Op) tea.Cmd
	hidden map[core.Ref]bool // marked, but not visible behind the filter
	left   int               // marked objects that it does not fit
	notes  []string          // what else there is to know
	want   string
	line   line
	first  int // first visible object
	rows   int
	said   string
}

func (a *App) newTyped(ops []core.Op) *typed {
	d := &typed{app: a, ops: ops, hidden: map[core.Ref]bool{}, line: newLine("")}
	sel := a.front().selection()
	for _, r := range sel.Hidden {
		d.hidden[r] = true
	}
	if sel.Marked && len(ops) > 1 {
		d.left = len(sel.Refs) + len(sel.Jobs) - len(ops)
	}
	d.want = wanted(ops)
	return d
}

// aim is the object that an op is about for people.
func aim(s core.Spec) core.Ref {
	if s.About.IsZero() {
		return s.Target
	}
	return s.About
}

// wanted is what must be typed: the name of the object, or verb and number.
func wanted(ops []core.Op) string {
	spec := ops[0].Spec()
	on := aim(spec)
	want := on.Name
	if on.Kind == core.KindCluster {
		want = on.Cluster
	}
	if len(ops) > 1 || want == "" {
		verb := strings.TrimSuffix(spec.Title, " "+on.Name)
		if !spec.Remote {
			verb, _, _ = strings.Cut(verb, " ")
		}
		want = fmt.Sprintf("%s %d", verb, len(ops))
	}
	return want
}

func (d *typed) key(k tea.KeyPressMsg) (tea.Cmd, bool) {
	d.said = ""
	switch k.String() {
	case "enter":
		if strings.TrimSpace(d.line.String()) != d.want {
			d.said = "that is not " + d.want + "; nothing was done"
			return nil, false
		}
		return d.do(d.ops), true
	case "down":
		d.wheel(1)
	case "up":
		d.wheel(-1)
	case "pgdown":
		d.wheel(max(d.rows-1, 1))
	case "pgup":
		d.wheel(-max(d.rows-1, 1))
	case "ctrl+o":
		return d.app.copy("the commands", commandLines(d.ops)), false
	default:
		d.line.key(k)
	}
	return nil, false
}

func (d *typed) paste(string) { d.said = "pasted text does not count: type it" }

func (d *typed) wheel(lines int) {
	d.first = max(min(d.first+lines, len(d.ops)-d.rows), 0)
}

func (d *typed) click(int) (tea.Cmd, bool) { return nil, false }

func (d *typed) draw(w, h int) drawing {
	t := d.app.look.theme
	width := min(w, 76)
	inner := width - 4
	spec := d.ops[0].Spec()
	title := upperFirst(spec.Title)
	var lines []string
	if len(d.ops) == 1 {
		lines = wrap(spec.Sentence(), inner)
	} else {
		title = upperFirst(d.want) + " " + opsWord(d.ops) + "s"
		lines = wrap(d.effects(), inner)
		room := h - len(lines) - len(d.notes) - 9
		if h < 16 {
			room = h - len(lines) - 6
		}
		d.rows = max(min(len(d.ops), room, 10), 1)
		d.wheel(0)
		for _, op := range d.ops[d.first:min(d.first+d.rows, len(d.ops))] {
			lines = append(lines, d.object(op.Spec(), inner))
		}
		lines = append(lines, t.Dim.Render(d.position()))
	}
	lines = append(lines, noteLines(t, d.notes, inner)...)
	if h >= 16 {
		lines = append(lines, "")
		lines = append(lines, t.Dim.Render(t.Cut(d.command(), inner)), "")
	}
	prompt := "Type " + d.want + " to do it: "
	if theme.Width(prompt) > inner-12 {
		lines = append(lines, t.Strong.Render(t.Cut(strings.TrimSpace(prompt), inner)))
		prompt = "> "
	}
	text, at := d.line.draw(t, max(inner-theme.Width(prompt), 1))
	lines = append(lines, t.Strong.Render(prompt)+text)
	y := len(lines)
	if d.said != "" {
		lines = append(lines, t.Error.Render(t.Cut(t.Sym.Bad+" "+core.Printable(d.said), inner)))
	}
	title = t.Sym.Warn + " " + core.Printable(title)
	return drawing{
		lines:   frame(t, title, "enter do it  ctrl-o copy  esc leave", lines, width),
		cursorX: 2 + theme.Width(prompt) + at, cursorY: y,
	}
}

// effects is one sentence about all objects.
func (d *typed) effects() string {
	clusters := map[string]bool{}
	hidden := 0
	for _, op := range d.ops {
		target := aim(op.Spec())
		clusters[target.Cluster] = true
		if d.hidden[target] {
			hidden++
		}
	}
	target := aim(d.ops[0].Spec())
	if !d.ops[0].Spec().Remote {
		return d.localEffects(hidden)
	}
	text := fmt.Sprintf("%d %ss on %d clusters", len(d.ops), kindWord(target.Kind), len(clusters))
	if len(clusters) == 1 {
		text = fmt.Sprintf("%d %ss on %s", len(d.ops), kindWord(target.Kind), target.Cluster)
	}
	if hidden > 0 {
		text += fmt.Sprintf(", %d of them hidden by the filter", hidden)
	}
	text += "; one job runs them all."
	if d.left > 0 {
		text += fmt.Sprintf(" It does not fit %d more that are marked.", d.left)
	}
	return text
}

// localEffects says the same of changes of gwm's own records.
func (d *typed) localEffects(hidden int) string {
	text := fmt.Sprintf("%d changes, one after the other, until one fails. The first: %s.", len(d.ops), d.ops[0].Spec().Effect)
	if hidden > 0 {
		text += fmt.Sprintf(" %d of them are hidden by the filter.", hidden)
	}
	if d.left > 0 {
		text += fmt.Sprintf(" It does not fit %d more that are marked.", d.left)
	}
	return core.Printable(text)
}

// opsWord is what several ops are about: "VM", "user"; "change" where all of
// them change one object.
func opsWord(ops []core.Op) string {
	if aim(ops[0].Spec()) == aim(ops[1].Spec()) {
		return "change"
	}
	return kindWord(aim(ops[0].Spec()).Kind)
}

// object is one line of the list.
func (d *typed) object(s core.Spec, w int) string {
	t := d.app.look.theme
	text := core.Printable(aim(s).String())
	if !s.Remote {
		text = core.Printable(s.Title)
	}
	if d.hidden[aim(s)] {
		return t.BadgeWarn.Render(t.Cut(t.Sym.Warn+" "+text+"  hidden by the filter", w))
	}
	return t.Cut("  "+text, w)
}

func (d *typed) position() string {
	if d.rows >= len(d.ops) {
		return ""
	}
	return fmt.Sprintf("%d to %d of %d, up and down scroll", d.first+1, d.first+d.rows, len(d.ops))
}

func (d *typed) command() string {
	if len(d.ops) == 1 {
		return "same as: " + commandLine(d.ops[0])
	}
	return "same as: " + commandLine(d.ops[0]) + fmt.Sprintf(" and %d more", len(d.ops)-1)
}

// noteLines are notes of a question; a fingerprint, which is to be compared, stands
// out.
func noteLines(t *theme.Theme, notes []string, w int) []string {
	var lines []string
	for _, note := range notes {
		if strings.HasPrefix(note, "SHA256:") {
			lines = append(lines, t.Strong.Render(t.Cut(core.Printable(note), w)))
			continue
		}
		lines = append(lines, wrap(core.Printable(note), w)...)
	}
	return lines
}

func wrap(text string, w int) []string { return theme.Wrap(text, w, 0) }

// upperFirst makes a sentence of words. A name of a cluster and what is in it stays
// as it is.
func upperFirst(s string) string {
	first, _, _ := strings.Cut(s, " ")
	if s == "" || strings.Contains(first, "/") {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}
