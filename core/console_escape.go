package core

import (
	"context"
	"encoding/json"
	"strings"
)

// Escape is the key that calls gwm at a serial console, where all others are the
// guest's: a control character.
type Escape byte

// DefaultEscape is ctrl-], as of telnet and virsh.
const DefaultEscape Escape = 0x1d

// String is the key as people write it: ctrl-].
func (e Escape) String() string { return "ctrl-" + strings.ToLower(string(rune(e)|0x40)) }

// ParseEscape reads a key as people write it: ctrl-o, ctrl+o, ^O, in any case.
func ParseEscape(text string) (Escape, error) {
	key := strings.ToLower(strings.TrimSpace(text))
	for _, begin := range []string{"ctrl-", "ctrl+", "c-", "^"} {
		if rest, ok := strings.CutPrefix(key, begin); ok && len(rest) == 1 {
			return escapeOf(rest[0])
		}
	}
	return 0, Errorf(CodeInvalid, "%q is no key that consoles can be escaped with", Printable(cut(text))).WithHint("%s", escapeHint)
}

const escapeHint = `possible are ctrl- and a letter but c, d, h, i, j and m, or one of ] \ ^ _; for example: ctrl-o`

// escapeOf is ctrl and a character, unless consoles cannot do without it.
func escapeOf(c byte) (Escape, error) {
	e := Escape(c & 0x1f)
	reserved := map[Escape]string{
		0x03: "interrupts programs", 0x04: "ends the input", 0x08: "is backspace", 0x09: "is tab", 0x0a: "ends lines", 0x0d: "is enter", 0x1b: "is esc",
	}
	switch why := reserved[e]; {
	case why != "":
		return 0, Errorf(CodeInvalid, "ctrl-%c %s, which guests need", c, why).WithHint("%s", escapeHint)
	case c >= 'a' && c <= 'z', strings.IndexByte(`]\^_`, c) >= 0:
		return e, nil
	}
	return 0, Errorf(CodeInvalid, "ctrl-%s is no key that every terminal has", Printable(string(rune(c)))).WithHint("%s", escapeHint)
}

// prefEscape is the setting, among those that front ends keep, that they share.
const prefEscape = "escape"

// EscapeIn is the key among the settings of a person (Session.Prefs), DefaultEscape
// where none was chosen.
func EscapeIn(prefs []byte) Escape {
	var p struct {
		Escape string `json:"escape"`
	}
	if json.Unmarshal(prefs, &p) == nil {
		if e, err := ParseEscape(p.Escape); err == nil {
			return e
		}
	}
	return DefaultEscape
}

// SetEscape keeps the key among the settings of the person.
func (s *Session) SetEscape(ctx context.Context, e Escape) error {
	raw, err := s.Prefs(ctx)
	if err != nil {
		return err
	}
	all := map[string]json.RawMessage{}
	if err := json.Unmarshal(raw, &all); err != nil {
		return Errorf(CodeState, "your settings are damaged").WithHint("change any of them on the screen, which writes them anew")
	}
	all[prefEscape] = json.RawMessage(`"` + strings.ReplaceAll(e.String(), `\`, `\\`) + `"`)
	raw, err = json.Marshal(all)
	if err != nil {
		return err
	}
	return s.SavePrefs(ctx, raw)
}
