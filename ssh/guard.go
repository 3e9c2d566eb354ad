package ssh

import (
	"runtime/debug"
	"sync/atomic"

	tea "charm.land/bubbletea/v2"
)

// guard keeps a panic of a screen inside its session: it is logged with its
// stack, and the program ends in order, so that the terminal is restored.
type guard struct {
	model  tea.Model
	log    func(p any, stack []byte)
	end    func() // ends the program
	failed atomic.Bool
}

// Init implements tea.Model.
func (g *guard) Init() tea.Cmd {
	defer g.contain()
	return g.command(g.model.Init())
}

// Update implements tea.Model.
func (g *guard) Update(msg tea.Msg) (m tea.Model, cmd tea.Cmd) {
	m = g
	defer g.contain()
	if !g.failed.Load() {
		g.model, cmd = g.model.Update(msg)
	}
	return g, g.command(cmd)
}

// View implements tea.Model.
func (g *guard) View() (v tea.View) {
	defer g.contain()
	if !g.failed.Load() {
		v = g.model.View()
	}
	return v
}

// command guards a command and those that it turns into. The library's own
// recovery, which prints to this process's standard error, remains for those in
// a tea.Sequence.
func (g *guard) command(cmd tea.Cmd) tea.Cmd {
	if cmd == nil {
		return nil
	}
	return func() tea.Msg {
		defer g.contain()
		msg := cmd()
		if batch, ok := msg.(tea.BatchMsg); ok {
			guarded := make(tea.BatchMsg, len(batch))
			for i, c := range batch {
				guarded[i] = g.command(c)
			}
			return guarded
		}
		return msg
	}
}

func (g *guard) contain() {
	if p := recover(); p != nil {
		g.failed.Store(true)
		g.log(p, debug.Stack())
		g.end()
	}
}
