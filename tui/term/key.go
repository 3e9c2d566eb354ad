package term

import (
	"strconv"
	"strings"
	"unicode/utf8"

	tea "charm.land/bubbletea/v2"
)

// Key is what a key sends, nothing where it has no meaning for a program.
func (m Modes) Key(k tea.Key) []byte {
	if k.Text != "" && k.Mod&(tea.ModCtrl|tea.ModAlt|tea.ModMeta) == 0 {
		return []byte(k.Text)
	}
	if seq, ok := m.named(k); ok {
		return seq
	}
	return typed(k)
}

// typed is what a character sends with ctrl or alt.
func typed(k tea.Key) []byte {
	if k.Code >= tea.KeyExtended || k.Code <= 0 || !utf8.ValidRune(k.Code) {
		return nil
	}
	var out []byte
	if k.Mod&(tea.ModAlt|tea.ModMeta) != 0 {
		out = append(out, 0x1b)
	}
	if k.Mod&tea.ModCtrl == 0 {
		code := k.Code
		if k.ShiftedCode != 0 && k.Mod&tea.ModShift != 0 {
			code = k.ShiftedCode
		}
		return utf8.AppendRune(out, code)
	}
	if b, ok := controlled(k.Code); ok {
		return append(out, b)
	}
	return nil
}

// controlled is what a character is with ctrl.
func controlled(c rune) (b byte, ok bool) {
	switch {
	case c >= 'a' && c <= 'z', c >= '@' && c <= '_':
		return byte(c) & 0x1f, true
	case c == ' ', c == '2':
		return 0, true
	case c >= '3' && c <= '7':
		return byte(c-'3') + 0x1b, true
	case c == '/':
		return 0x1f, true
	case c == '8', c == '?':
		return 0x7f, true
	}
	return 0, false
}

// named is what a key with a name sends.
func (m Modes) named(k tea.Key) ([]byte, bool) {
	mod := 1 + modifiers(k.Mod)
	alt := ""
	if k.Mod&tea.ModAlt != 0 {
		alt = "\x1b"
	}
	if letter, ok := letters()[k.Code]; ok {
		switch {
		case mod > 1:
			return []byte("\x1b[1;" + strconv.Itoa(mod) + letter), true
		case m.AppCursor || strings.Contains("PQRS", letter):
			return []byte("\x1bO" + letter), true
		}
		return []byte("\x1b[" + letter), true
	}
	if number, ok := numbers()[k.Code]; ok {
		if mod > 1 {
			return []byte("\x1b[" + strconv.Itoa(number) + ";" + strconv.Itoa(mod) + "~"), true
		}
		return []byte("\x1b[" + strconv.Itoa(number) + "~"), true
	}
	if text, ok := m.keypad(k.Code); ok {
		return []byte(alt + text), true
	}
	switch k.Code {
	case tea.KeyEnter:
		return []byte(alt + "\r"), true
	case tea.KeyTab:
		if k.Mod&tea.ModShift != 0 {
			return []byte("\x1b[Z"), true
		}
		return []byte(alt + "\t"), true
	case tea.KeyEscape:
		return []byte(alt + "\x1b"), true
	case tea.KeyBackspace:
		if k.Mod&tea.ModCtrl != 0 {
			return []byte(alt + "\b"), true
		}
		return []byte(alt + "\x7f"), true
	}
	return nil, false
}

// modifiers are shift, alt and ctrl as xterm counts them.
func modifiers(mod tea.KeyMod) (n int) {
	for i, bit := range []tea.KeyMod{tea.ModShift, tea.ModAlt, tea.ModCtrl} {
		if mod&bit != 0 {
			n |= 1 << i
		}
	}
	return n
}

// letters are the keys that send ESC [ and a letter, numbers those that send a
// number and ~.
func letters() map[rune]string {
	return map[rune]string{
		tea.KeyUp: "A", tea.KeyDown: "B", tea.KeyRight: "C", tea.KeyLeft: "D", tea.KeyHome: "H", tea.KeyEnd: "F", tea.KeyBegin: "E",
		tea.KeyKpUp: "A", tea.KeyKpDown: "B", tea.KeyKpRight: "C", tea.KeyKpLeft: "D", tea.KeyKpHome: "H", tea.KeyKpEnd: "F",
		tea.KeyF1: "P", tea.KeyF2: "Q", tea.KeyF3: "R", tea.KeyF4: "S",
	}
}

func numbers() map[rune]int {
	return map[rune]int{
		tea.KeyInsert: 2, tea.KeyDelete: 3, tea.KeyPgUp: 5, tea.KeyPgDown: 6,
		tea.KeyKpInsert: 2, tea.KeyKpDelete: 3, tea.KeyKpPgUp: 5, tea.KeyKpPgDown: 6,
		tea.KeyF5: 15, tea.KeyF6: 17, tea.KeyF7: 18, tea.KeyF8: 19, tea.KeyF9: 20, tea.KeyF10: 21, tea.KeyF11: 23, tea.KeyF12: 24,
	}
}

// keypad is what a key of the number pad sends.
func (m Modes) keypad(code rune) (string, bool) {
	if code == tea.KeyKpEnter && !m.AppKeypad {
		return "\r", true
	}
	plain := map[rune]string{
		tea.KeyKp0: "0p", tea.KeyKp1: "1q", tea.KeyKp2: "2r", tea.KeyKp3: "3s", tea.KeyKp4: "4t", tea.KeyKp5: "5u",
		tea.KeyKp6: "6v", tea.KeyKp7: "7w", tea.KeyKp8: "8x", tea.KeyKp9: "9y", tea.KeyKpMultiply: "*j", tea.KeyKpPlus: "+k",
		tea.KeyKpMinus: "-m", tea.KeyKpDecimal: ".n", tea.KeyKpDivide: "/o", tea.KeyKpEnter: "\rM", tea.KeyKpEqual: "=X",
	}[code]
	switch {
	case plain == "":
		return "", false
	case m.AppKeypad:
		return "\x1bO" + plain[1:], true
	}
	return plain[:1], true
}

// Pasted is what pasted text sends: line ends as the enter key, and where the
// program asked for it between marks. Control characters but tab are left out,
// so that a text cannot press keys, nor end the marks by itself.
func (m Modes) Pasted(text string) []byte {
	var b strings.Builder
	text = strings.ReplaceAll(text, "\r\n", "\r")
	for _, r := range text {
		switch {
		case r == '\n':
			b.WriteByte('\r')
		case r == '\r', r == '\t', r >= ' ' && r != 0x7f && (r < 0x80 || r > 0x9f):
			b.WriteRune(r)
		}
	}
	if m.Paste {
		return []byte("\x1b[200~" + b.String() + "\x1b[201~")
	}
	return []byte(b.String())
}
