package tui

import (
	"context"
	"errors"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"

	"gwm/core"
	"gwm/tui/qr"
	"gwm/tui/theme"
)

// Options are what a front end knows of the terminal and of itself.
type Options struct {
	Width, Height int                  // cells; they arrive again as tea.WindowSizeMsg
	Profile       colorprofile.Profile // what colours the terminal has; zero: none
	ASCII         bool                 // draw with ASCII only
	Term          string               // TERM
	Version       string               // of gwm, for the about page
	Reached       string               // address and port at which the person reached this server over SSH; "" elsewhere
	Demo          bool                 // the clusters are simulated; shown as a badge
	Welcome       string               // one line of greeting, shown as the first message
	Orders        *Orders              // what this screen shares with the others of the server; nil: nothing
}

// errEnded is the reason where the session gives none.
var errEnded = errors.New("the session has ended")

// area is the part of the screen that the page has.
type area struct{ y, w, h int }

// App is the model. All of it is touched by Init, Update and View only.
type App struct {
	own     *core.Session // the person's
	session *core.Session // the one that is shown: own, or a preview of somebody's
	parked  *parked       // what waits behind a preview; nil: there is none
	options Options
	ctx     context.Context // ends at Close
	cancel  context.CancelFunc
	look    *look
	table   []action
	forms   []formKind
	user    string
	people  *roster
	first   tea.Cmd // what the first page asked for, until Init

	view        *core.View
	jobsRunning int

	w, h int
	body area
	full bool // the page has the lines of the bars too

	stack  []*opened
	chosen *selection // of the page in front, for one paint; nil: not asked yet
	pages  int        // pages opened so far; the next host's id
	scope  string

	history  []place
	at, last int // indexes into history

	popups    []*layer
	consoles  []*console // those that this screen sits at, oldest first
	typing    *line      // the filter line while it is typed, else nil
	filterErr string
	offered   []string // what tab could put into the filter line

	notes []note
	noted int // notes so far, also those no longer kept
	toast *note

	prefs   prefs
	prefSeq int // changes of the settings since the start

	verifying *verifying // the walk of the audit log under way; nil: none is

	content string // as painted last: the same string again costs the renderer, which asks 60 times a second, nothing

	mouse     bool
	away      bool // the terminal does not have the focus
	clicked   [2]int
	clickedAt time.Time
	crumbs    []crumbHit
	hints     []hintHit

	looked      time.Time // when the session was last told what is looked at
	interrupted time.Time // when ctrl-c was pressed once
	ended       error     // why the session ended; nil: it goes on
	endedAt     time.Time
}

// New makes the screen for a session. It starts nothing; Init does. Close must
// be called after the program has ended.
func New(s *core.Session, o Options) *App {
	ctx, cancel := context.WithCancel(context.Background())
	a := &App{
		own: s, session: s, options: o, ctx: ctx, cancel: cancel, w: o.Width, h: o.Height,
		look:  &look{theme: theme.New(theme.Default(), colorMode(o.Profile), o.ASCII), escape: core.DefaultEscape},
		table: table(), forms: forms(), people: &roster{}, user: core.Printable(s.User().Name), mouse: true,
	}
	a.takeView()
	a.first = a.push(place{Page: pageFleet})
	if o.Welcome != "" {
		a.say(Info, o.Welcome)
	}
	return a
}

// Close ends everything that the model still waits for and leaves its consoles.
// It does not close the session.
func (a *App) Close() {
	a.leaveConsoles()
	a.cancel()
}

// Ended returns why the session ended while it was on the screen, nil where the
// user left. It is for the last line after the program has ended.
func (a *App) Ended() error { return a.ended }

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

// QRLook says how a terminal can show a QR code.
func QRLook(p colorprofile.Profile, ascii bool) qr.Look {
	return qr.Look{Mode: colorMode(p), ASCII: ascii}
}

// Init implements tea.Model.
func (a *App) Init() tea.Cmd {
	first := a.first
	a.first = nil
	return tea.Batch(first, a.loadPrefs, a.watch(a.own), a.tick(), a.lookAt(time.Now()))
}

// Update implements tea.Model.
func (a *App) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	a.chosen = nil
	cmd := a.take(msg)
	a.chosen = nil
	if focus := a.tellFocus(); focus != nil {
		cmd = tea.Batch(cmd, focus)
	}
	return a, cmd
}

// take finds out what a message means.
func (a *App) take(msg tea.Msg) tea.Cmd {
	if m, ok := msg.(tea.MouseMsg); ok {
		if cmd, used := a.point(m); used {
			return cmd
		}
	}
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		a.w, a.h = msg.Width, msg.Height
		a.layout()
	case tea.KeyPressMsg:
		return a.key(msg)
	case tea.PasteMsg:
		return a.paste(msg.Content)
	case tea.MouseClickMsg:
		return a.click(msg.Mouse())
	case tea.MouseWheelMsg:
		return a.wheel(msg.Mouse())
	case tea.FocusMsg:
		a.away = false
	case tea.BlurMsg:
		a.away = true
	case tea.ColorProfileMsg:
		a.recolor(msg.Profile)
	case changedMsg:
		return a.changed(msg.s)
	case tickMsg:
		return a.ticked(time.Time(msg))
	case endedMsg:
		return a.end(msg.s)
	case Announce:
		return a.say(msg.Kind, msg.Text)
	default:
		return a.receive(msg)
	}
	return nil
}

// shellMsg is a message that knows itself what it means for the shell.
type shellMsg interface{ reach(a *App) tea.Cmd }

// receive takes what pages and commands send.
func (a *App) receive(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case shellMsg:
		cmd := msg.reach(a)
		a.layout() // a message may need a line, or no longer
		return cmd
	case pageMsg:
		return a.deliver(msg)
	case submitMsg:
		return a.unasked(func() tea.Cmd { return a.submitNoting(msg.ops, msg.notes) })
	case copyMsg:
		if msg.counted {
			return a.copyCounted(msg.what, msg.text, "")
		}
		return a.copy(msg.what, msg.text)
	case hintMsg:
		return a.hint(string(msg))
	case keepMsg:
		return a.keepLater()
	case submittedMsg:
		return a.submitted(msg)
	case jobEndMsg:
		return a.jobEnded(msg)
	case previewMsg:
		return a.enterPreview(msg)
	case failMsg:
		return a.failed(msg)
	case prefsMsg:
		return a.applyPrefs(prefs(msg))
	}
	return nil
}

// deliver hands an answer to the page that asked, if it is still there.
func (a *App) deliver(msg pageMsg) tea.Cmd {
	for _, o := range a.pile() {
		if o.host.id != msg.id {
			continue
		}
		if take, ok := msg.msg.(sortedMsg); ok {
			return take()
		}
		return o.page.update(msg.msg)
	}
	return nil
}

// recolor takes over what the terminal said of its colours, unless it was told
// to use none.
func (a *App) recolor(p colorprofile.Profile) {
	mode, have := colorMode(p), a.look.theme
	if have.Mode == theme.ModeNone || mode <= have.Mode {
		return
	}
	a.look.theme = theme.New(have.Skin, mode, a.options.ASCII)
	if skin, ok := theme.FindSkin(a.prefs.Theme); ok {
		a.look.theme = theme.New(skin, mode, a.options.ASCII)
	}
}
