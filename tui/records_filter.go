package tui

import (
	"context"
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"gwm/core"
)

// filter takes the text of the filter line. What it says of who, what, on what,
// the event and the time is asked of the log too, once it stays for a moment.
func (p *recordsPart) filter(text string) (matched, total int, err error) {
	rest, _, err := splitTimes(text)
	if err == nil {
		matched, total, err = p.list.filter(rest)
	}
	if err != nil {
		return p.shown.len(), p.rows.len(), err
	}
	p.find.text = strings.TrimSpace(text)
	p.typed++
	return matched, total, nil
}

// settled asks for what the filter says when nothing more is typed.
func (p *recordsPart) settled() tea.Cmd {
	at := p.typed
	return p.host.call(func(ctx context.Context) tea.Msg {
		timer := time.NewTimer(typePause)
		defer timer.Stop()
		select {
		case <-timer.C:
			return partTypedMsg{p, at}
		case <-ctx.Done():
			return nil
		}
	})
}

// restricted is the question with what the filter restricts.
func (p *recordsPart) restricted() core.AuditQuery {
	q := p.query
	_, times, err := splitTimes(p.find.text)
	if err != nil {
		return q
	}
	q.Since, q.Until = times[0], times[1]
	for _, word := range strings.Fields(p.find.text) {
		key, value, ok := strings.Cut(word, ":")
		if !ok || value == "" || strings.ContainsAny(value, `,"?`) {
			continue
		}
		restrict(&q, key, value)
	}
	return q
}

// restrict puts a field of the filter into a question, where the log can be asked
// for it; the rows are looked through in any case.
func restrict(q *core.AuditQuery, key, value string) {
	whole := !strings.Contains(value, "*")
	switch key {
	case "by", "user", "who":
		if whole {
			q.By = value
		}
	case "op", "what":
		if head, all := strings.CutSuffix(value, ".*"); all && !strings.Contains(head, "*") {
			q.Op = head + "."
		} else if whole {
			q.Op = value
		}
	case "event", "state":
		if slices.Contains(core.Events(), core.Event(value)) {
			q.Event = core.Event(value)
		}
	case "cluster":
		if q.Target.IsZero() && whole {
			q.Target = core.ClusterRef(value)
		}
	case "target", "on":
		if r, err := core.ParseRef(value); err == nil && strings.Contains(value, ".") {
			q.Target = r
		}
	}
}

// splitTimes takes since: and until: out of a filter, which are no fields of a
// row.
func splitTimes(text string) (rest string, times [2]time.Time, err error) {
	var words []string
	for _, word := range strings.Fields(text) {
		day, at := "", 0
		switch {
		case strings.HasPrefix(word, "since:"):
			day = word[len("since:"):]
		case strings.HasPrefix(word, "until:"):
			day, at = word[len("until:"):], 1
		default:
			words = append(words, word)
			continue
		}
		if times[at], err = parseDay(day, at == 1); err != nil {
			return text, times, err
		}
	}
	if len(words) == len(strings.Fields(text)) {
		return text, times, nil // with its blanks
	}
	return strings.Join(words, " "), times, nil
}

// parseDay reads a day (its beginning, or its end), a time, or a span back from
// now. What is not finished yet counts as none.
func parseDay(text string, end bool) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	for _, layout := range []string{time.DateOnly, "2006-01-02T15:04", time.RFC3339} {
		if at, err := time.ParseInLocation(layout, text, time.Local); err == nil {
			if layout == time.DateOnly && end {
				at = at.AddDate(0, 0, 1)
			}
			return at, nil
		}
	}
	for unit, hours := range map[string]time.Duration{"h": 1, "d": 24, "w": 7 * 24} {
		if n, ok := strings.CutSuffix(text, unit); ok {
			if span, err := time.ParseDuration(n + "h"); err == nil && span > 0 && span < 24*366*time.Hour {
				return time.Now().Add(-span * hours).Truncate(time.Minute), nil
			}
		}
	}
	return time.Time{}, core.Errorf(core.CodeInvalid, "%q is not a time", core.Printable(text)).
		WithHint("write 2026-12-31, 2026-12-31T18:00, 12h, 7d or 2w")
}

// suggest offers fields and values; events and times are known beforehand.
func (p *recordsPart) suggest(field, prefix string) []string {
	var known []string
	switch field {
	case "":
		known = append(p.list.suggest("", prefix), "since:", "until:")
	case "event", "state":
		for _, e := range core.Events() {
			known = append(known, string(e))
		}
	case "since", "until":
		known = []string{"1h", "24h", "7d", "30d", time.Now().Format(time.DateOnly)}
	default:
		return p.list.suggest(field, prefix)
	}
	return slices.DeleteFunc(known, func(s string) bool { return !strings.HasPrefix(s, prefix) })
}
