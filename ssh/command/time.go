package command

import (
	"fmt"
	"time"

	"gwm/core"
)

// stamp writes a time in UTC, and a dash for the zero time.
func stamp(at time.Time) string {
	if at.IsZero() {
		return "-"
	}
	return at.UTC().Format(time.RFC3339)
}

// age writes how long ago something was, in one unit.
func age(at, now time.Time) string {
	if at.IsZero() {
		return "never"
	}
	switch d := now.Sub(at); {
	case d < time.Minute:
		return fmt.Sprintf("%ds", max(0, int(d.Seconds())))
	case d < time.Hour:
		return fmt.Sprintf("%dm", int(d.Minutes()))
	case d < 48*time.Hour:
		return fmt.Sprintf("%dh", int(d.Hours()))
	default:
		return fmt.Sprintf("%dd", int(d.Hours()/24))
	}
}

// parseTime reads a day (its end, UTC), a time, or a duration from now.
func parseTime(s string) (time.Time, error) {
	if at, err := time.Parse(time.RFC3339, s); err == nil {
		return at, nil
	}
	if day, err := time.Parse(time.DateOnly, s); err == nil {
		return day.Add(24*time.Hour - time.Second), nil
	}
	if d, err := time.ParseDuration(s); err == nil && d > 0 {
		return time.Now().Add(d), nil
	}
	return time.Time{}, core.Errorf(core.CodeInvalid, "%q is not a time", core.Printable(s)).
		WithHint("write 2027-01-31, 2027-01-31T18:00:00Z or 48h")
}

// parseUntil reads a day (its end, UTC) or a time.
func parseUntil(s string) (time.Time, error) {
	at, err := parseSince(s)
	if _, day := time.Parse(time.DateOnly, s); err == nil && day == nil {
		at = at.Add(24 * time.Hour)
	}
	return at, err
}

// parseSince reads a day (its beginning, UTC) or a time.
func parseSince(s string) (time.Time, error) {
	if day, err := time.Parse(time.DateOnly, s); err == nil {
		return day, nil
	}
	if at, err := time.Parse(time.RFC3339, s); err == nil {
		return at, nil
	}
	return time.Time{}, core.Errorf(core.CodeInvalid, "%q is not a time", core.Printable(s)).
		WithHint("write 2026-12-31 or 2026-12-31T18:00:00Z")
}
