package theme

// Symbols are the characters that carry states, frames and bars. Each state
// symbol is one cell wide.
type Symbols struct {
	Running, Down, Off, Error, Unknown, Gone   string // VMs
	Good, Warn, Bad, Loading                   string // health and results
	Queued, Active, Done, Failed, Canceled     string // jobs
	Mark, Custom, Lock, Dot                    string
	Crumb, Arrow, Ellipsis, SortUp, SortDown   string // path separator, "to", cut text, sort up and down
	Left, Right                                string // more columns to the side
	H, V, TopLeft, TopRight, BotLeft, BotRight string // frames
	MeterFull, MeterEmpty                      string
	Spark                                      []string // in rising order, the first for zero
	Gap                                        string   // where nothing is known
}

// Unicode is the default set: box drawing, blocks and geometric shapes that
// every monospace font has; no icon font is needed.
func Unicode() Symbols {
	return Symbols{
		Running: "▲", Down: "▼", Off: "○", Error: "!", Unknown: "?", Gone: "×",
		Good: "●", Warn: "!", Bad: "!", Loading: "◌",
		Queued: "◌", Active: "▶", Done: "✓", Failed: "!", Canceled: "×",
		Mark: "●", Custom: "*", Lock: "■", Dot: "·",
		Crumb: "›", Arrow: "→", Ellipsis: "…", SortUp: "↑", SortDown: "↓",
		Left: "‹", Right: "›",
		H: "─", V: "│", TopLeft: "╭", TopRight: "╮", BotLeft: "╰", BotRight: "╯",
		MeterFull: "━", MeterEmpty: "─",
		Spark: []string{" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"},
		Gap:   "·",
	}
}

// ASCII is the set for terminals and fonts that have nothing else.
func ASCII() Symbols {
	return Symbols{
		Running: "+", Down: "-", Off: "o", Error: "!", Unknown: "?", Gone: "x",
		Good: "*", Warn: "!", Bad: "!", Loading: "?",
		Queued: ".", Active: ">", Done: "+", Failed: "!", Canceled: "x",
		Mark: "*", Custom: "*", Lock: "#", Dot: "-",
		Crumb: ">", Arrow: "->", Ellipsis: "~", SortUp: "^", SortDown: "v",
		Left: "<", Right: ">",
		H: "-", V: "|", TopLeft: "+", TopRight: "+", BotLeft: "+", BotRight: "+",
		MeterFull: "#", MeterEmpty: ".",
		Spark: []string{" ", ".", ":", "-", "=", "+", "*", "#", "@"},
		Gap:   "?",
	}
}
