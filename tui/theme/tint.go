package theme

import "image/color"

// Tint is a colour that people gave to something: Text for its name among others,
// Block for its name where all that is on the screen belongs to it.
type Tint struct{ Text, Block Style }

// Tint returns the tint of a name, in the skin's own shade of it. ok is false for
// other names, and where there are no colours.
func (t *Theme) Tint(name string) (tint Tint, ok bool) {
	tint, ok = t.tints[name]
	return tint, ok
}

func tints(skin Skin, mode Mode) map[string]Tint {
	if mode == ModeNone {
		return nil
	}
	out := map[string]Tint{}
	for name, c := range map[string]color.Color{
		"red": skin.Palette[red], "yellow": skin.Palette[yellow], "green": skin.Palette[green],
		"cyan": skin.Palette[cyan], "magenta": skin.Palette[magenta],
	} {
		c = convert(c, mode)
		out[name] = Tint{Text: makeStyle(c, nil, bold), Block: makeStyle(c, nil, bold|reverse)}
	}
	return out
}
