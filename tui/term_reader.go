package tui

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"gwm/tui/term"
)

// termReader is what pages share that show what a program wrote for a terminal:
// scrolling, searching, selecting lines.
type termReader struct {
	emulator term.Emulator
	view     *term.View
	height   int
	anchor   int64 // the row where a selection of rows began; -1: there is none
	found    int   // rows with what is looked for
	dragged  bool  // the mouse marks a part
}

// maxRowsBack is more than there can be.
const maxRowsBack = term.MaxPast + term.MaxRows

// act moves, searches, selects and copies.
func (r *termReader) act(id string) (cmd tea.Cmd, done bool) {
	v := r.view
	switch id {
	case actMatchNext:
		return nil, v.FindNext(1)
	case actMatchPrev:
		return nil, v.FindNext(-1)
	case actUp, actDown, actPageUp, actPageDown, actHalfUp, actHalfDown, actTop, actBottom:
		v.MovePoint(map[string]int{
			actUp: -1, actDown: 1, actPageUp: -r.height, actPageDown: r.height, actHalfUp: -r.height / 2, actHalfDown: r.height / 2,
			actTop: -maxRowsBack, actBottom: maxRowsBack,
		}[id])
	case actSelect:
		if r.anchor >= 0 {
			r.unmark()
			return nil, true
		}
		r.anchor = v.PointRow()
	case actCopyRows:
		return r.copyRows(), true
	default:
		return nil, false
	}
	r.extend()
	return nil, true
}

// extend has a selection of rows reach to the point.
func (r *termReader) extend() {
	if r.anchor >= 0 {
		r.view.MarkRows(r.anchor, r.view.PointRow())
	}
}

// copyRows copies the selection, or else the row of the point.
func (r *termReader) copyRows() tea.Cmd {
	v := r.view
	text, what := v.Selected(), "the selection"
	if text == "" {
		row := v.PointRow()
		text, what = strings.TrimRight(v.Text(row, row+1), "\n"), "the line"
	}
	r.unmark()
	return send(copyMsg{what: what, text: text, counted: true})
}

// drag marks a part with the mouse, which is copied when the button goes up.
func (r *termReader) drag(msg tea.MouseMsg, x, y int) (cmd tea.Cmd, used bool) {
	if r.view == nil {
		return nil, false
	}
	left := msg.Mouse().Button == tea.MouseLeft
	switch msg.(type) {
	case tea.MouseClickMsg:
		if left {
			r.unmark()
			r.view.PointAt(y)
			r.view.Mark(x, y, true)
			r.dragged = true
		}
	case tea.MouseMotionMsg:
		if r.dragged && left {
			r.view.Mark(x, y, false)
		}
	case tea.MouseReleaseMsg:
		if r.dragged && r.view.Marked() {
			cmd = send(copyMsg{what: "the selection", text: r.view.Selected(), counted: true})
		}
		r.dragged = false
	default:
		return nil, false
	}
	return cmd, true
}

// drags tells whether a drag is under way, which goes on beyond the page.
func (r *termReader) drags() bool { return r.dragged }

func (r *termReader) unmark() {
	r.anchor = -1
	r.view.Unmark()
}

func (r *termReader) filter(text string) (matched, total int, err error) {
	if r.view == nil {
		return 0, 0, nil
	}
	r.found = r.view.Find(text)
	return r.found, r.emulator.Len(), nil
}

func (r *termReader) filtered() (text string, matched, total int) {
	if r.view == nil {
		return "", 0, 0
	}
	return r.view.Finding(), r.found, r.emulator.Len()
}

func (r *termReader) click(_, _ int, _ bool) tea.Cmd { return nil }

func (r *termReader) wheel(_, _, lines int) tea.Cmd {
	if r.view != nil {
		r.view.Scroll(lines)
		r.extend()
	}
	return nil
}
