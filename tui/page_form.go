package tui

import (
	"context"
	"strings"

	tea "charm.land/bubbletea/v2"

	"gwm/core"
	"gwm/tui/form"
)

// pageForm is the page of every form; place.Arg is the form's word and argument.
const pageForm = "form"

// typer is a page that takes keys and pasted text itself, as a form does. What it
// has no use for may still be a key of the shell.
type typer interface {
	key(k tea.KeyPressMsg) (cmd tea.Cmd, used bool)
	paste(text string) tea.Cmd
	cursor() (x, y int, ok bool)
	// keys lists its keys for the help: key and what it does.
	keys() [][2]string
}

// formPage shows a form. What is filled in survives as a draft when the page is
// left by anything but saving and discarding.
type formPage struct {
	app    *App
	host   *host
	place  place
	kind   formKind
	arg    string
	made   entryForm
	model  *form.Model // nil until the form was made
	failed string      // why it could not be made
	asked  bool
	ahead  []tea.Msg // keys and pasted texts from before the form was there
	over   bool      // saved or discarded: there is no draft
	saving bool      // it is being saved, which cannot be taken back
	result string    // what saving it brought; shown once
	stop   context.CancelFunc
	w, h   int
}

type (
	// madeMsg brings the form, the first time or after a conflict.
	madeMsg struct {
		made entryForm
		err  error
	}
	// actedMsg is what an action of the form brought.
	actedMsg struct {
		set  form.Values
		said string
		err  error
	}
	// resultMsg is what saving by entryForm.Do brought.
	resultMsg struct {
		text string
		err  error
	}
)

func newFormPage(h *host, a *App, p place) page {
	k, arg, ok := findForm(a.forms, p.Arg)
	if !ok {
		return nil
	}
	return &formPage{app: a, host: h, place: p, kind: k, arg: arg}
}

func (p *formPage) at() place { return p.place }

func (p *formPage) traits() trait { return 0 }

func (p *formPage) selection() selection { return selection{} }

func (p *formPage) act(string) (tea.Cmd, bool) { return nil, false }

func (p *formPage) resize(w, h int) { p.w, p.h = w, h }

func (p *formPage) show(*core.View) tea.Cmd {
	if p.asked {
		return nil
	}
	p.asked = true
	return p.ask()
}

func (p *formPage) paint() string {
	t := p.host.look.theme
	switch {
	case p.result != "":
		lines := []string{"", "  " + t.Good.Render(t.Sym.Good+" done"), ""}
		for l := range strings.SplitSeq(p.result, "\n") {
			for _, part := range wrap(core.Printable(l), p.w-4) {
				lines = append(lines, "  "+t.Strong.Render(part))
			}
		}
		return strings.Join(append(lines, "", "  "+t.Dim.Render("y copies the last line, esc leaves; it is shown only once")), "\n")
	case p.failed != "":
		return p.refused(t)
	case p.model == nil:
		return p.waiting(t)
	}
	p.model.SetTheme(t)
	p.model.Resize(p.w, p.h)
	return p.model.View()
}

func (p *formPage) cursor() (x, y int, ok bool) {
	if p.model == nil || p.result != "" {
		return 0, 0, false
	}
	return p.model.Cursor()
}

func (p *formPage) keys() [][2]string {
	return [][2]string{
		{"tab", "next field; shift-tab goes back, arrows do too"},
		{"space", "tick, untick, press"},
		{"enter", "go on to the next field; open a long list; press a button"},
		{"ctrl-n", "next part of a long form; ctrl-p goes back"},
		{"ctrl-x", "save"},
		{"ctrl-o", "copy the command that does the same"},
		{"ctrl-r", "load what is there now and keep your changes"},
		{"esc", "leave; asks when something was changed"},
	}
}

func (p *formPage) key(k tea.KeyPressMsg) (tea.Cmd, bool) {
	key := k.String()
	if p.result != "" {
		switch key {
		case "y":
			return p.copyResult(), true
		case "esc", "enter", "q":
			return p.leave(), true
		}
		return nil, false
	}
	if p.model == nil {
		switch {
		case key == "esc" || key == "q" && p.failed != "":
			if p.stop != nil {
				p.stop()
			}
			return p.leave(), true
		case key == "r" && p.failed != "":
			return p.again(), true
		case p.failed != "":
			return nil, false
		}
		return nil, p.keepKey(k)
	}
	switch key {
	case "ctrl+o":
		return p.copyCommand(), true
	case "ctrl+r":
		return p.reload(), true
	}
	before := p.model.Values()
	ev, used := p.model.Key(k)
	cmd := p.happened(ev, k.Text)
	return tea.Batch(cmd, p.keepDraft(before)), used
}

func (p *formPage) paste(text string) tea.Cmd {
	if p.model == nil && p.failed == "" {
		p.keepAhead(tea.PasteMsg{Content: text})
	}
	if p.model == nil || p.result != "" {
		return nil
	}
	before := p.model.Values()
	p.model.Paste(text)
	return p.keepDraft(before)
}

func (p *formPage) click(x, y int, _ bool) tea.Cmd {
	if p.model == nil || p.result != "" {
		return nil
	}
	before := p.model.Values()
	cmd := p.happened(p.model.Click(x, y), "")
	return tea.Batch(cmd, p.keepDraft(before))
}

func (p *formPage) wheel(_, _, lines int) tea.Cmd {
	if p.model != nil {
		p.model.Wheel(lines)
	}
	return nil
}

// happened does what the form asks for.
func (p *formPage) happened(ev form.Event, typed string) tea.Cmd {
	switch ev {
	case form.Submit:
		return p.submit()
	case form.Leave:
		return p.tryLeave()
	case form.Pick:
		return p.pick(typed)
	case form.Act:
		return p.run()
	default:
		return nil
	}
}

// pick opens the long list of a field.
func (p *formPage) pick(typed string) tea.Cmd {
	field, options := p.model.Picking()
	find := func(typed string) []entry {
		var out []entry
		for _, i := range match(typed, len(options), func(i int) string { return options[i].Name() + " " + options[i].Note }) {
			o := options[i]
			e := entry{title: o.Name(), note: o.Note, fill: o.Name(), run: func() tea.Cmd {
				before := p.model.Values()
				p.model.Picked(o.Value)
				return p.keepDraft(before)
			}}
			if o.State != form.Free {
				e.off = o.Why
			}
			out = append(out, e)
		}
		return out
	}
	c := p.app.newChooser(field.Label, "search: ", strings.TrimSpace(typed), find)
	c.footer = "enter choose  tab complete  esc close"
	return p.app.pop(c)
}

// take shows the form that was made, with the draft that was left of it.
func (p *formPage) take(msg madeMsg) tea.Cmd {
	switch {
	case msg.err != nil && p.model != nil:
		p.model.Fail(core.Printable(core.AsError(msg.err).Error()))
	case msg.err != nil:
		p.failed = core.AsError(msg.err).Error()
	case p.model != nil:
		p.made = msg.made
		p.model.Rebase(msg.made.Form)
		p.model.Say("this is what is there now; your changes are kept")
	default:
		p.made = msg.made
		p.model = form.New(msg.made.Form, p.host.look.theme)
		if d, ok := p.app.prefs.Drafts[p.place.Arg]; ok {
			p.model.SetValues(d.Values)
			p.model.Say("what you had filled in at " + clock(d.At) + " is back; esc and y forget it")
		}
		return p.catchUp()
	}
	return nil
}

// reload makes the form anew.
func (p *formPage) reload() tea.Cmd {
	if p.model.Running() {
		return nil
	}
	p.model.Busy("loading what is there now (esc ends it)")
	return p.ask()
}

// copyResult copies the last line, which is often a code that works once.
func (p *formPage) copyResult() tea.Cmd {
	text := strings.TrimSpace(p.result)
	return p.app.copySecret("the last line", core.Printable(text[strings.LastIndexByte(text, '\n')+1:]))
}

func (p *formPage) copyCommand() tea.Cmd {
	if p.made.Ops != nil {
		if ops, err := p.made.Ops(p.model.Values()); err == nil && len(ops) > 0 {
			return p.app.copy("the command", commandLines(ops))
		}
	}
	return p.app.say(Warning, "there is no command to copy yet")
}
