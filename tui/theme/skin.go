package theme

import (
	"image/color"

	"github.com/charmbracelet/x/ansi"
)

// Skin is a palette with a name. Every style derives from its palette.
type Skin struct {
	Name    string
	Title   string // one line for the theme menu
	Light   bool   // made for a light background
	Palette map[slot]color.Color
}

// Exact tells whether the skin brings colours of its own, its background
// included, instead of using the terminal's sixteen.
func (s Skin) Exact() bool { return s.Palette[paper] != nil }

// Background and Foreground are what the whole screen is set to; nil leaves the
// terminal's own.
func (s Skin) Background() color.Color { return s.Palette[paper] }

// Foreground is the colour of plain text; nil leaves the terminal's own.
func (s Skin) Foreground() color.Color { return s.Palette[ink] }

// Default is the skin that follows the user's terminal.
func Default() Skin {
	return Skin{Name: "terminal", Title: "the sixteen colours of your terminal", Palette: map[slot]color.Color{
		accent: ansi.Cyan, green: ansi.Green, yellow: ansi.Yellow, red: ansi.Red,
		magenta: ansi.Magenta, cyan: ansi.Cyan, pick: ansi.Cyan, pickInk: ansi.Black,
		alarm: ansi.Red, alarmInk: ansi.BrightWhite,
	}}
}

// Skins lists every skin, the default one first.
func Skins() []Skin {
	return []Skin{
		Default(),
		exact("slate", "calm, dark blue-grey", false, hexes{
			ink: 0xd7dce5, dim: 0x98a2b3, accent: 0x7cb7ff, green: 0x86d39a, yellow: 0xe5c07b,
			red: 0xff8b8b, magenta: 0xd4a5f5, cyan: 0x74d0d8, paper: 0x171b22,
			pick: 0x2f4a70, pickInk: 0xf4f7fb, alarm: 0xb3261e, alarmInk: 0xffffff, line: 0x828c9e,
		}),
		exact("paper", "light, black on white", true, hexes{
			ink: 0x1f2328, dim: 0x59636e, accent: 0x0a5ac2, green: 0x116329, yellow: 0x7a4b00,
			red: 0xb3261e, magenta: 0x7a3ec2, cyan: 0x0b6470, paper: 0xffffff,
			pick: 0xcfe3ff, pickInk: 0x10233d, alarm: 0xb3261e, alarmInk: 0xffffff, line: 0x6a737d,
		}),
		// Blue, orange and yellow stay apart with red-green blindness (deuteranopia,
		// protanopia); brightness differs too, for those who see no hue.
		exact("safe", "dark, for red-green colour blindness", false, hexes{
			ink: 0xe6e6e6, dim: 0xa3a3a3, accent: 0x7cc4ff, green: 0x56b4e9, yellow: 0xf0e442,
			red: 0xf5a05a, magenta: 0xe0a0c8, cyan: 0x9ad7f5, paper: 0x121212,
			pick: 0x264f73, pickInk: 0xffffff, alarm: 0xf0e442, alarmInk: 0x000000, line: 0x8a8a8a,
		}),
		// Red and cyan-green stay apart with blue-yellow blindness (tritanopia).
		exact("safe-blue", "dark, for blue-yellow colour blindness", false, hexes{
			ink: 0xe6e6e6, dim: 0xa3a3a3, accent: 0x66d9d0, green: 0x4fc7bd, yellow: 0xf7c8c8,
			red: 0xff7d7d, magenta: 0xd9b3b3, cyan: 0x8fe3dc, paper: 0x121212,
			pick: 0x1f4f4b, pickInk: 0xffffff, alarm: 0xa31515, alarmInk: 0xffffff, line: 0x8a8a8a,
		}),
	}
}

// FindSkin returns the skin with a name.
func FindSkin(name string) (Skin, bool) {
	for _, s := range Skins() {
		if s.Name == name {
			return s, true
		}
	}
	return Skin{}, false
}

type hexes map[slot]uint32

func exact(name, title string, light bool, h hexes) Skin {
	p := make(map[slot]color.Color, len(h))
	for s, v := range h {
		p[s] = ansi.RGBColor{R: uint8(v >> 16), G: uint8(v >> 8), B: uint8(v)}
	}
	return Skin{Name: name, Title: title, Light: light, Palette: p}
}
