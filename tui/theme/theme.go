// Package theme is how things look: a small set of styles named by what they
// mean, the symbols that go with them, and text cut to cells. It knows nothing
// of clusters.
//
// It guarantees that a style never carries a meaning that a symbol or a word
// does not carry too, that colour mode none emits no colour, and that text is
// cut at cell borders, also where wide and combining characters stand.
package theme

// Mode is how many colours a terminal shows.
type Mode int

// The modes. Attributes such as bold and reverse are used in all of them.
const (
	ModeNone Mode = iota
	Mode16
	Mode256
	ModeTrue
)

// String names the mode: "none", "16", "256" or "truecolor".
func (m Mode) String() string {
	switch m {
	case ModeNone:
		return "none"
	case Mode16:
		return "16"
	case Mode256:
		return "256"
	case ModeTrue:
		return "truecolor"
	}
	return "unknown"
}

// Theme is what every part of the screen draws with. It is immutable and may be
// shared.
type Theme struct {
	Styles
	Sym  Symbols
	Skin Skin
	Mode Mode

	tints map[string]Tint
}

// New makes the theme of a skin for a colour mode. A skin of exact colours needs
// 256 colours at least; with fewer the default skin takes its place.
func New(skin Skin, mode Mode, ascii bool) *Theme {
	if skin.Palette == nil || mode < Mode256 && skin.Exact() {
		skin = Default()
	}
	t := &Theme{Skin: skin, Mode: mode, Sym: Unicode(), Styles: styles(skin, mode), tints: tints(skin, mode)}
	if ascii {
		t.Sym = ASCII()
	}
	return t
}
