package core

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Hours are the times of the week at which a grant holds, such as
// "mon-fri 08:00-18:00, sat 10:00-14:00 Europe/Berlin". The zero value means
// always.
type Hours struct {
	text    string // in normal form
	windows []window
	zone    *time.Location
}

// window is a span that begins on some days of the week. Minutes count from
// midnight of that day by the clock on the wall; to may be on the next day.
type window struct {
	days     [7]bool // by time.Weekday
	from, to int
}

const (
	dayMinutes = 24 * 60
	maxWindows = 10
)

// ParseHours reads windows that are separated by commas, each with its days, a
// blank and its times, and after them the name of a time zone (without one: UTC).
// A window whose end is not after its begin ends on the next day. Empty text is
// always. The error is an *Error with CodeInvalid.
func ParseHours(text string) (Hours, error) {
	bad := func(format string, args ...any) (Hours, error) {
		return Hours{}, Errorf(CodeInvalid, "%q are no hours: %s", Printable(text), fmt.Sprintf(format, args...)).
			WithHint("write days and times, such as \"mon-fri 08:00-18:00 Europe/Berlin\"")
	}
	parts := strings.Split(strings.TrimSpace(text), ",")
	if len(parts) == 1 && parts[0] == "" {
		return Hours{}, nil
	}
	if len(parts) > maxWindows {
		return bad("more than %d windows", maxWindows)
	}
	h := Hours{zone: time.UTC}
	zone := "UTC"
	for i, part := range parts {
		fields := strings.Fields(part)
		if i == len(parts)-1 && len(fields) == 3 {
			zone, fields = fields[2], fields[:2]
			loc, err := time.LoadLocation(zone)
			if err != nil || zone == "Local" {
				return bad("%s is not a time zone", Printable(zone))
			}
			h.zone = loc
		}
		if len(fields) != 2 {
			return bad("a window has days and times")
		}
		w, why := parseWindow(fields[0], fields[1])
		if why != "" {
			return bad("%s", why)
		}
		h.windows = append(h.windows, w)
	}
	h.text = h.write(zone)
	return h, nil
}

// weekdays are the names of the days, from time.Sunday on.
var weekdays = [...]string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}

func parseWindow(days, times string) (w window, why string) {
	if strings.EqualFold(days, "daily") {
		days = "mon-sun"
	}
	first, last, _ := strings.Cut(strings.ToLower(days), "-")
	if last == "" {
		last = first
	}
	i, j := slices.Index(weekdays[:], first), slices.Index(weekdays[:], last)
	if i < 0 || j < 0 {
		return w, Printable(days) + " are no days"
	}
	for ; ; i = (i + 1) % 7 {
		w.days[i] = true
		if i == j {
			break
		}
	}
	from, to, _ := strings.Cut(times, "-")
	var ok1, ok2 bool
	w.from, ok1 = parseClock(from)
	w.to, ok2 = parseClock(to)
	if !ok1 || !ok2 || w.from == dayMinutes || w.from == w.to {
		return w, Printable(times) + " is no span of time"
	}
	if w.to < w.from {
		w.to += dayMinutes
	}
	return w, ""
}

// parseClock reads "08:00"; "24:00" is the end of the day.
func parseClock(s string) (minutes int, ok bool) {
	hour, minute, found := strings.Cut(s, ":")
	h, err1 := strconv.Atoi(hour)
	m, err2 := strconv.Atoi(minute)
	if !found || err1 != nil || err2 != nil || len(minute) != 2 || h < 0 || m < 0 || m > 59 || h*60+m > dayMinutes {
		return 0, false
	}
	return h*60 + m, true
}

func (h Hours) write(zone string) string {
	words := make([]string, len(h.windows))
	for i, w := range h.windows {
		to := w.to
		if to > dayMinutes {
			to -= dayMinutes
		}
		words[i] = fmt.Sprintf("%s %02d:%02d-%02d:%02d", w.dayWords(), w.from/60, w.from%60, to/60, to%60)
	}
	return strings.Join(words, ", ") + " " + zone
}

// dayWords writes the days of a window, which are one run of the week.
func (w window) dayWords() string {
	first := slices.Index(w.days[:], true)
	for w.days[(first+6)%7] && first != 1 {
		first = (first + 6) % 7
	}
	last := first
	for w.days[(last+1)%7] && (last+1)%7 != first {
		last = (last + 1) % 7
	}
	if last == first {
		return weekdays[first]
	}
	return weekdays[first] + "-" + weekdays[last]
}

// IsZero tells whether the hours restrict nothing.
func (h Hours) IsZero() bool { return len(h.windows) == 0 }

// String writes the hours as ParseHours reads them.
func (h Hours) String() string { return h.text }

// Equal tells whether both are the same hours.
func (h Hours) Equal(o Hours) bool { return h.text == o.text }

// MarshalText implements encoding.TextMarshaler.
func (h Hours) MarshalText() ([]byte, error) { return []byte(h.text), nil }

// UnmarshalText implements encoding.TextUnmarshaler.
func (h *Hours) UnmarshalText(text []byte) error {
	read, err := ParseHours(string(text))
	if err != nil {
		return err
	}
	*h = read
	return nil
}

// Open tells whether t is within the hours.
func (h Hours) Open(t time.Time) bool {
	if h.IsZero() {
		return true
	}
	for _, back := range []int{0, -1} {
		for _, w := range h.windows {
			if from, to, ok := h.on(t, back, w); ok && !t.Before(from) && t.Before(to) {
				return true
			}
		}
	}
	return false
}

// on returns the window that begins days after the day of t.
func (h Hours) on(t time.Time, days int, w window) (from, to time.Time, ok bool) {
	y, m, d := t.In(h.zone).Date()
	from = time.Date(y, m, d+days, 0, w.from, 0, 0, h.zone)
	to = time.Date(y, m, d+days, 0, w.to, 0, 0, h.zone)
	noon := time.Date(y, m, d+days, 12, 0, 0, 0, time.UTC)
	return from, to, w.days[noon.Weekday()]
}

// Next returns when Open changes after t; zero where it never does.
func (h Hours) Next(t time.Time) (next time.Time) {
	for days := -1; days <= 8; days++ {
		for _, w := range h.windows {
			from, to, ok := h.on(t, days, w)
			if !ok {
				continue
			}
			for _, edge := range []time.Time{from, to} {
				if edge.After(t) && h.Open(edge) != h.Open(t) && (next.IsZero() || edge.Before(next)) {
					next = edge
				}
			}
		}
	}
	return next
}
