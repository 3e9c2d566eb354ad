package tui

import (
	"fmt"

	"gwm/core"
	"gwm/tui/theme"
)

// fullest says of which resource a persona has the least left on a cluster, in a
// few words.
func fullest(t *theme.Theme, u core.Usage) (string, theme.Style) {
	at, most := core.Resource(""), -1
	for _, r := range core.Resources() {
		if u.Exceeds(r) > 0 {
			return t.Sym.Bad + " over: " + string(r), t.Error
		}
		if limit := u.Limits.Of(r); limit != nil {
			if p := share(u.Used.Of(r), *limit); p > most {
				at, most = r, p
			}
		}
	}
	if at == "" {
		return "no limit", t.Dim
	}
	style := t.Text
	if most >= 92 {
		style = t.Warn
	}
	return fmt.Sprintf("%d%% of %s", most, at), style
}

// share is how much of a limit is used, in percent. Nothing of nothing is none,
// anything of it is all.
func share(used, limit int) int {
	switch {
	case limit > 0:
		return used * 100 / limit
	case used > 0:
		return 100
	}
	return 0
}
