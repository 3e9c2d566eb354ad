package form

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

var (
	errUntil = errors.New("write a day (2026-12-24), a time (2026-12-24T18:00) or a span (+7d, +12h, +2w)")
	errPast  = errors.New("that is over already")
)

// maxSpan bounds a span in hours: a hundred years.
const maxSpan = 100 * 366 * 24

// ParseUntil reads when something ends: a day (its last second), a time, or a span
// from now in hours, days or weeks. Blank is the zero time: without end.
func ParseUntil(text string, now time.Time) (time.Time, error) {
	text = strings.TrimSpace(text)
	if text == "" {
		return time.Time{}, nil
	}
	if span, ok := strings.CutPrefix(text, "+"); ok {
		return parseSpan(span, now)
	}
	for _, layout := range []string{time.DateOnly, "2006-01-02T15:04", "2006-01-02 15:04", time.RFC3339} {
		if at, err := time.ParseInLocation(layout, text, now.Location()); err == nil {
			if layout == time.DateOnly {
				at = at.AddDate(0, 0, 1).Add(-time.Second)
			}
			if !at.After(now) {
				return time.Time{}, errPast
			}
			return at, nil
		}
	}
	return time.Time{}, errUntil
}

func parseSpan(text string, now time.Time) (time.Time, error) {
	if text == "" {
		return time.Time{}, errUntil
	}
	hours, ok := map[byte]int{'h': 1, 'd': 24, 'w': 7 * 24}[text[len(text)-1]|0x20]
	n, err := strconv.Atoi(text[:len(text)-1])
	switch {
	case !ok || err != nil || n <= 0:
		return time.Time{}, errUntil
	case n > maxSpan/hours:
		return time.Time{}, errLarge
	case hours == 1:
		return now.Add(time.Duration(n) * time.Hour), nil
	}
	return now.AddDate(0, 0, n*hours/24), nil
}

// untilWords says a point in time and how far it is.
func untilWords(at, now time.Time) string {
	left := at.Sub(now)
	far := fmt.Sprintf("in %d days", int(left.Hours()/24))
	switch {
	case left < 2*time.Hour:
		far = fmt.Sprintf("in %d minutes", int(left.Minutes()))
	case left < 48*time.Hour:
		far = fmt.Sprintf("in %d hours", int(left.Hours()))
	}
	return at.Format("Mon 2 Jan 2006 15:04 MST") + ", " + far
}
