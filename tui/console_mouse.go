package tui

import (
	tea "charm.land/bubbletea/v2"

	"gwm/tui/term"
)

// mouse gives an event to the guest where it asked for such; otherwise the wheel
// scrolls and dragging marks text, which is copied. With shift it is never for
// the guest, as in other terminals.
func (p *consolePage) mouse(msg tea.MouseMsg, x, y int) (cmd tea.Cmd, used bool) {
	c, at := p.c, msg.Mouse()
	modes := c.screen.Modes()
	if modes.Mouse != term.MouseNone && at.Mod&tea.ModShift == 0 && c.typing() && c.view.Following() {
		col, row, ok := c.view.Cell(x, y)
		if !ok {
			return nil, true
		}
		return c.send(modes.Clicked(msg, col, row)), true
	}
	if _, turned := msg.(tea.MouseWheelMsg); turned {
		return p.roll(at, modes), true
	}
	cmd, _ = p.drag(msg, x, y)
	return cmd, true
}

// roll scrolls; on the alternate screen, which has nothing to scroll, it moves
// the guest's cursor.
func (p *consolePage) roll(at tea.Mouse, modes term.Modes) tea.Cmd {
	lines, code := 3, tea.KeyDown
	switch at.Button {
	case tea.MouseWheelUp:
		lines, code = -3, tea.KeyUp
	case tea.MouseWheelDown:
	default:
		return nil
	}
	if !modes.Alternate {
		p.c.view.Scroll(lines)
		return nil
	}
	if !p.c.typing() {
		return nil
	}
	var out []byte
	for range 3 {
		out = append(out, modes.Key(tea.Key{Code: code})...)
	}
	return p.c.send(out)
}
