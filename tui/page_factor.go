package tui

import (
	"context"
	"net/url"
	"strings"

	tea "charm.land/bubbletea/v2"

	"gwm/core"
	"gwm/tui/qr"
	"gwm/tui/theme"
)

// pageFactor is the page on which a person sets up their second factor.
const pageFactor = "second factor"

// factorPage shows the secret for the authenticator app as a QR code and as
// letters, asks for a first code, then shows the recovery codes once. What it
// shows is in no message of the shell and goes with the page.
type factorPage struct {
	app      *App
	host     *host
	place    place
	asked    bool
	failed   *core.Error // why there is nothing to set up
	uri      core.Secret // for the app; zero until it was made
	code     *qr.Code    // the same as a picture; nil where it fits none
	line     line        // the first code
	busy     bool
	said     string
	recovery core.Secret // the codes, one a line; zero until the first code was right
	inverted bool        // without colours: for a terminal that writes dark on light
	w, h     int
	typingX  int // where the code is typed, as painted last
	typingY  int
}

type (
	// begunMsg brings the address for the app.
	begunMsg struct {
		uri core.Secret
		err error
	}
	// confirmedMsg brings the recovery codes, or why the code was not taken.
	confirmedMsg struct {
		recovery core.Secret
		err      error
	}
)

func newFactorPage(h *host, a *App, p place) *factorPage {
	return &factorPage{app: a, host: h, place: p, line: newLine("")}
}

func (p *factorPage) at() place { return p.place }

func (p *factorPage) traits() trait { return 0 }

func (p *factorPage) selection() selection { return selection{} }

func (p *factorPage) act(string) (tea.Cmd, bool) { return nil, false }

func (p *factorPage) resize(w, h int) { p.w, p.h = w, h }

// show begins, once.
func (p *factorPage) show(*core.View) tea.Cmd {
	if p.asked {
		return nil
	}
	p.asked = true
	return p.host.call(func(ctx context.Context) tea.Msg {
		uri, err := p.host.session.BeginTOTP(ctx)
		return begunMsg{core.NewSecret(uri), err}
	})
}

func (p *factorPage) update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case begunMsg:
		if msg.err != nil {
			p.failed = core.AsError(msg.err)
			return nil
		}
		p.uri = msg.uri
		p.code, _ = qr.New(p.uri.Reveal()) // what is too long is typed
	case confirmedMsg:
		p.busy = false
		switch {
		case core.CodeOf(msg.err) == core.CodeConflict: // what is shown is worth nothing any more
			p.wipe()
			p.failed = core.AsError(msg.err)
			return nil
		case msg.err != nil:
			p.said = core.AsError(msg.err).Error()
			return nil
		}
		p.wipe()
		p.recovery = msg.recovery
	}
	return nil
}

// wipe forgets what nobody else may learn. The shell calls it when the page goes.
func (p *factorPage) wipe() {
	p.uri, p.recovery, p.code, p.line, p.said = core.Secret{}, core.Secret{}, nil, newLine(""), ""
}

// holds says why the page must not go by itself now, "" where it may.
func (p *factorPage) holds() string {
	if p.recovery.IsZero() {
		return ""
	}
	return "the recovery codes are not shown again; keep them, then leave with esc"
}

// secret is what is typed into an app that reads no QR code.
func (p *factorPage) secret() string {
	u, err := url.Parse(p.uri.Reveal())
	if err != nil {
		return ""
	}
	return u.Query().Get("secret")
}

func (p *factorPage) key(k tea.KeyPressMsg) (tea.Cmd, bool) {
	key := k.String()
	switch {
	case !p.recovery.IsZero():
		return p.recoveryKey(key), key != "?"
	case key == "esc" || key == "q":
		return p.leave(), true
	case p.uri.IsZero():
		return nil, false
	case key == "enter":
		return p.confirm(), true
	case key == "y":
		return p.app.copySecret("the secret", p.secret()), true
	case key == "Y":
		return p.app.copySecret("the address for the app", p.uri.Reveal()), true
	case key == "i" && p.host.look.theme.Mode == theme.ModeNone:
		p.inverted = !p.inverted
		return nil, true
	case p.busy || k.Text != "" && strings.Trim(k.Text, "0123456789 ") != "":
		return nil, false
	}
	p.said = ""
	return nil, p.line.key(k)
}

// recoveryKey takes every key but that of the help, so that none leads away.
func (p *factorPage) recoveryKey(key string) tea.Cmd {
	switch key {
	case "y":
		return p.app.copySecret("the recovery codes", p.recovery.Reveal())
	case "esc", "q", "enter":
		return p.app.pop(&keptQuestion{p})
	}
	return nil
}

func (p *factorPage) paste(text string) tea.Cmd {
	if !p.busy && p.recovery.IsZero() {
		p.said = ""
		p.line.insert(text)
	}
	return nil
}

// confirm shows the first code to the session.
func (p *factorPage) confirm() tea.Cmd {
	code := strings.TrimSpace(p.line.String())
	switch {
	case p.busy:
		return nil
	case code == "":
		p.said = "type the code first that the app shows"
		return nil
	}
	p.busy, p.said, p.line = true, "", newLine("")
	return p.host.call(func(ctx context.Context) tea.Msg {
		recovery, err := p.host.session.ConfirmTOTP(ctx, code)
		return confirmedMsg{core.NewSecret(strings.Join(recovery, "\n")), err}
	})
}

// leave closes the page, which is in front.
func (p *factorPage) leave() tea.Cmd {
	done := !p.recovery.IsZero()
	cmd := p.app.leave()
	if done {
		p.app.say(Good, "your second factor is set up: a code is asked for before what destroys something")
	}
	return cmd
}

func (p *factorPage) cursor() (x, y int, ok bool) {
	return p.typingX, p.typingY, !p.uri.IsZero() && !p.busy
}

func (p *factorPage) keys() [][2]string {
	keys := [][2]string{
		{"0-9", "the first code that the app shows"},
		{"enter", "show the code and go on"},
		{"y", "copy the secret, or the recovery codes"},
		{"Y", "copy the address for the app (otpauth:)"},
		{"esc", "leave"},
	}
	if p.host.look.theme.Mode == theme.ModeNone {
		keys = append(keys, [2]string{"i", "swap light and dark of the QR code"})
	}
	return keys
}

// keptQuestion asks whether the recovery codes were kept before they go.
type keptQuestion struct{ page *factorPage }

func (q *keptQuestion) key(k tea.KeyPressMsg) (tea.Cmd, bool) {
	if key := k.String(); key == "y" || key == "Y" {
		return q.page.leave(), true
	}
	return nil, true
}

func (q *keptQuestion) paste(string)              {}
func (q *keptQuestion) wheel(int)                 {}
func (q *keptQuestion) click(int) (tea.Cmd, bool) { return nil, false }

func (q *keptQuestion) draw(w, _ int) drawing {
	t := q.page.host.look.theme
	lines := []string{
		t.Border.Render(strings.Repeat(t.Sym.H, w)),
		t.Fit(" "+t.Warn.Render("Did you keep the recovery codes?")+" They are not shown again.", w),
		t.Fit(" "+t.Key.Render("y")+" yes, leave  "+t.Key.Render("n")+" stay (default)", w),
	}
	return drawing{lines: lines, bottom: true, cursorY: -1}
}
