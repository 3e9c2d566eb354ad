package term

import (
	"fmt"

	tea "charm.land/bubbletea/v2"
)

// Clicked is what an event of the mouse at a cell of the screen sends, nothing
// where the program did not ask for it.
func (m Modes) Clicked(msg tea.MouseMsg, x, y int) []byte {
	at := msg.Mouse()
	code, known := buttonCode(at.Button)
	release := false
	switch msg.(type) {
	case tea.MouseMotionMsg:
		code += 32
		held := at.Button != tea.MouseNone
		if m.Mouse < MouseDrags || !held && m.Mouse < MouseMoves {
			return nil
		}
	case tea.MouseReleaseMsg:
		release = true
	}
	if !known || m.Mouse == MouseNone || x < 0 || y < 0 {
		return nil
	}
	code += modifiers(at.Mod) << 2
	if m.SGRMouse {
		end := 'M'
		if release {
			end = 'm'
		}
		return fmt.Appendf(nil, "\x1b[<%d;%d;%d%c", code, x+1, y+1, end)
	}
	if release {
		code = code&^3 | 3
	}
	if x > 222 || y > 222 {
		return nil
	}
	return []byte{0x1b, '[', 'M', byte(code + 32), byte(x + 33), byte(y + 33)}
}

// buttonCode is a button as xterm counts them.
func buttonCode(b tea.MouseButton) (code int, known bool) {
	switch b {
	case tea.MouseLeft:
		return 0, true
	case tea.MouseMiddle:
		return 1, true
	case tea.MouseRight:
		return 2, true
	case tea.MouseNone:
		return 3, true
	case tea.MouseWheelUp:
		return 64, true
	case tea.MouseWheelDown:
		return 65, true
	case tea.MouseWheelLeft:
		return 66, true
	case tea.MouseWheelRight:
		return 67, true
	}
	return 0, false
}
