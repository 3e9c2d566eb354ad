package theme

import "image/color"

// Styles are the styles by meaning. Every state has a symbol in Symbols too.
type Styles struct {
	Text, Dim, Strong, Accent Style // running text

	Title, Crumb, CrumbHere   Style // top line: program or page, path, last part of the path
	Key, Hint, Disabled       Style // bottom line and menus: key, what it does, what is not possible now
	Badge, BadgeWarn          Style // "all clusters"; "RO", "protected"
	Border, BorderFocus       Style // frames and rules
	PanelTitle                Style // title of a box or a section
	Tab, TabHere              Style
	Match                     Style // what a search found
	Header, HeaderSort        Style // column titles; the one that is sorted by
	Selected, Marked          Style // rows: under the cursor, marked
	SelectedMark              Style // both
	Label, Value, Custom      Style // "memory", "4 GiB", a value set on the object itself
	Running, Down, Off        Style // states of a VM
	Good, Info, Warn, Error   Style // results and messages
	Stale, Gone               Style // old data; what is no longer there
	Danger                    Style // insecure, destructive: always on its own background
	Meter, MeterWarn, MeterHi Style // filled part of a bar: normal, much, nearly full
	MeterEmpty                Style // the rest of the bar
}

// slot is a place in a palette.
type slot int

const (
	none slot = iota // the terminal's own
	ink              // text
	dim              // text of less weight
	accent
	green
	yellow
	red
	magenta
	cyan
	paper     // background of the screen
	pick      // background of the cursor's row
	pickInk   // text on it
	alarm     // background of danger
	alarmInk  // text on it
	line      // frames
	slotCount // number of slots
)

// styles derives all styles of a skin: the one table that says what looks how.
func styles(skin Skin, mode Mode) Styles {
	var colors [slotCount]color.Color
	for s, c := range skin.Palette {
		colors[s] = convert(c, mode)
	}
	st := func(fg, bg slot, a attr) Style { return makeStyle(colors[fg], colors[bg], a) }
	quiet := faint // less weight without a colour of its own
	if colors[dim] != nil {
		quiet = 0
	}
	flip := attr(0) // what stands on a background needs reverse where there is no colour
	if mode == ModeNone {
		flip = reverse
	}
	return Styles{
		Text: st(ink, none, 0), Dim: st(dim, none, quiet), Strong: st(ink, none, bold),
		Accent: st(accent, none, 0),
		Title:  st(accent, none, bold), Crumb: st(ink, none, 0), CrumbHere: st(ink, none, bold),
		Key: st(accent, none, bold), Hint: st(dim, none, quiet), Disabled: st(dim, none, quiet),
		Badge: st(pickInk, pick, flip), BadgeWarn: st(yellow, none, bold|reverse),
		Border: st(line, none, lineAttr(colors[line])), BorderFocus: st(accent, none, 0),
		PanelTitle: st(accent, none, bold),
		Tab:        st(dim, none, quiet), TabHere: st(accent, none, bold|underline),
		Match:  st(yellow, none, bold|reverse),
		Header: st(dim, none, bold), HeaderSort: st(accent, none, bold),
		Selected: st(pickInk, pick, flip), SelectedMark: st(pickInk, pick, bold|flip), Marked: st(magenta, none, bold),
		Label: st(dim, none, quiet), Value: st(ink, none, 0), Custom: st(magenta, none, bold),
		Running: st(green, none, 0), Down: st(dim, none, quiet), Off: st(dim, none, quiet),
		Good: st(green, none, 0), Info: st(cyan, none, 0), Warn: st(yellow, none, 0), Error: st(red, none, bold),
		Stale: st(dim, none, quiet), Gone: st(dim, none, quiet|strike),
		Danger: st(alarmInk, alarm, bold|flip),
		Meter:  st(green, none, 0), MeterWarn: st(yellow, none, 0), MeterHi: st(red, none, bold),
		MeterEmpty: st(line, none, lineAttr(colors[line])),
	}
}

// lineAttr makes frames faint where the skin has no colour for them.
func lineAttr(c color.Color) attr {
	if c == nil {
		return faint
	}
	return 0
}
