package tui

import (
	"context"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"

	"gwm/core"
	"gwm/tui/theme"
)

// Options are what a front end knows of the terminal and of itself.
type Options struct {
	Width, Height int                  // cells; they arrive again as tea.WindowSizeMsg
	Profile       colorprofile.Profile // what colours the terminal has
	ASCII         bool                 // draw with ASCII only
	Term          string               // TERM
	Version       string               // of gwm, for the about page
	Demo          bool                 // the clusters are simulated; shown as a badge
	Welcome       string               // one line of greeting, shown as the first toast
}

// look is how everything is drawn; it is shared by the shell and all pages and
// changed in Update only.
type look struct {
	theme *theme.Theme
}

// App is the model.
type App struct {
	session *core.Session
	options Options
	ctx     context.Context
	cancel  context.CancelFunc
	look    *look
	w, h    int
}

// New makes the screen for a session. It starts nothing; Init does. Close must
// be called when the program ended.
func New(s *core.Session, o Options) *App {
	ctx, cancel := context.WithCancel(context.Background())
	return &App{session: s, options: o, ctx: ctx, cancel: cancel, look: &look{theme: theme.New(theme.Default(), colorMode(o.Profile), o.ASCII)}, w: o.Width, h: o.Height}
}

// colorMode is the theme's word for what a terminal can show.
func colorMode(p colorprofile.Profile) theme.Mode {
	switch p {
	case colorprofile.TrueColor:
		return theme.ModeTrue
	case colorprofile.ANSI256:
		return theme.Mode256
	case colorprofile.ANSI:
		return theme.Mode16
	default:
		return theme.ModeNone
	}
}

// Init implements tea.Model.
func (a *App) Init() tea.Cmd { return nil }

// Update implements tea.Model.
func (a *App) Update(msg tea.Msg) (tea.Model, tea.Cmd) { return a, nil }

// View implements tea.Model.
func (a *App) View() tea.View { return tea.NewView("") }

// Close ends everything that the model still waits for. It does not close the
// session.
func (a *App) Close() { a.cancel() }
