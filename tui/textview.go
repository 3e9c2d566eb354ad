package tui

import (
	tea "charm.land/bubbletea/v2"

	"gwm/core"
	"gwm/tui/logview"
)

// textTraits are what a page that shows a text can do.
const textTraits = traitMove | traitSearch | traitWide

// textView is what pages share that show one text.
type textView struct {
	host *host
	text *logview.View
	w, h int
}

func newTextView(h *host) textView {
	return textView{host: h, text: logview.New(h.look.theme, 20_000)}
}

func (v *textView) resize(w, h int) {
	v.w, v.h = w, h
	v.text.Resize(w, h)
}

func (v *textView) paint() string {
	v.text.SetTheme(v.host.look.theme)
	return v.text.View()
}

func (v *textView) act(id string) (tea.Cmd, bool) {
	switch id {
	case actUp:
		v.text.Move(-1)
	case actDown:
		v.text.Move(1)
	case actPageUp:
		v.text.Page(-1)
	case actPageDown:
		v.text.Page(1)
	case actHalfUp:
		v.text.Half(-1)
	case actHalfDown:
		v.text.Half(1)
	case actTop:
		v.text.Top()
	case actBottom:
		v.text.Bottom()
	case actLeft:
		v.text.Side(-1)
	case actRight:
		v.text.Side(1)
	case actMatchNext:
		v.text.Next(1)
	case actMatchPrev:
		v.text.Next(-1)
	case actWide:
		v.text.SetWrap(!v.text.Wrapped())
		return send(keepMsg{}), true
	default:
		return nil, false
	}
	return nil, true
}

func (v *textView) filter(text string) (matched, total int, err error) {
	matched, total = v.text.Search(text)
	return matched, total, nil
}

func (v *textView) filtered() (text string, matched, total int) { return v.text.Query() }

func (v *textView) click(int, int, bool) tea.Cmd { return nil }

func (v *textView) wheel(_, _, lines int) tea.Cmd {
	v.text.Move(lines)
	return nil
}

func (v *textView) keep() map[string]string {
	if v.text.Wrapped() {
		return map[string]string{"wrap": "yes"}
	}
	return nil
}

func (v *textView) restore(kept map[string]string) { v.text.SetWrap(kept["wrap"] == "yes") }

func (v *textView) traits() trait { return textTraits }

func (v *textView) selection() selection { return selection{} }

// plainLines makes lines for the text of what may hold anything.
func plainLines(texts []string) []logview.Line {
	lines := make([]logview.Line, len(texts))
	for i, t := range texts {
		lines[i] = logview.Line{Text: core.Printable(t)}
	}
	return lines
}
