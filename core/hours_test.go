package core

import (
	"encoding/json"
	"testing"
	"time"
)

func TestHours(t *testing.T) {
	t.Parallel()
	at := func(s string) time.Time {
		when, err := time.Parse(time.RFC3339, s)
		if err != nil {
			t.Fatal(err)
		}
		return when
	}
	tests := map[string]struct {
		text, normal string
		open, closed []string
		at, next     string // Next(at)
	}{
		"always": {open: []string{"2026-11-22T03:00:00Z"}},
		"office hours": {
			text: "mon-fri 8:00-18:00 Europe/Berlin", normal: "mon-fri 08:00-18:00 Europe/Berlin",
			open:   []string{"2026-11-20T07:00:00Z", "2026-11-20T16:59:59Z", "2026-07-01T06:00:00Z"},
			closed: []string{"2026-11-20T06:59:59Z", "2026-11-20T17:00:00Z", "2026-11-21T12:00:00Z", "2026-07-01T16:00:00Z"},
			at:     "2026-11-20T17:00:00Z", next: "2026-11-23T07:00:00Z",
		},
		"over midnight": {
			text: "fri 22:00-6:00", normal: "fri 22:00-06:00 UTC",
			open:   []string{"2026-11-20T22:00:00Z", "2026-11-21T05:59:00Z"},
			closed: []string{"2026-11-21T06:00:00Z", "2026-11-20T05:00:00Z", "2026-11-21T23:00:00Z"},
			at:     "2026-11-20T23:00:00Z", next: "2026-11-21T06:00:00Z",
		},
		"windows that touch are one": {
			text: "mon 00:00-24:00, tue 00:00-12:00", normal: "mon 00:00-24:00, tue 00:00-12:00 UTC",
			open: []string{"2026-11-23T00:00:00Z", "2026-11-24T00:00:00Z"}, closed: []string{"2026-11-24T12:00:00Z"},
			at: "2026-11-23T05:00:00Z", next: "2026-11-24T12:00:00Z",
		},
		"a run over the end of the week": {
			text: "sat-mon 10:00-11:00", normal: "sat-mon 10:00-11:00 UTC",
			open: []string{"2026-11-22T10:30:00Z", "2026-11-23T10:30:00Z"}, closed: []string{"2026-11-24T10:30:00Z"},
			at: "2026-11-23T11:00:00Z", next: "2026-11-28T10:00:00Z",
		},
		"every hour never changes": {
			text: "daily 00:00-24:00", normal: "mon-sun 00:00-24:00 UTC", open: []string{"2026-11-22T03:00:00Z"}, at: "2026-11-22T03:00:00Z",
		},
		"the clock goes forward": {
			text: "sun 02:30-04:00 Europe/Berlin", normal: "sun 02:30-04:00 Europe/Berlin",
			open: []string{"2026-03-29T01:30:00Z"}, closed: []string{"2026-03-29T02:00:00Z"},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h, err := ParseHours(tt.text)
			if err != nil {
				t.Fatal(err)
			}
			if h.String() != tt.normal {
				t.Errorf("written as %q, want %q", h, tt.normal)
			}
			for _, s := range tt.open {
				if !h.Open(at(s)) {
					t.Errorf("closed at %s", s)
				}
			}
			for _, s := range tt.closed {
				if h.Open(at(s)) {
					t.Errorf("open at %s", s)
				}
			}
			if tt.at != "" {
				var want time.Time
				if tt.next != "" {
					want = at(tt.next)
				}
				if got := h.Next(at(tt.at)); !got.Equal(want) {
					t.Errorf("after %s it changes at %s, want %s", tt.at, got.UTC(), want)
				}
			}
			var again Hours
			raw, err := json.Marshal(h)
			if err == nil {
				err = json.Unmarshal(raw, &again)
			}
			if err != nil || !again.Equal(h) {
				t.Errorf("read back as %q: %v", again, err)
			}
		})
	}
}

func TestHoursRefused(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"mon", "mon-fri", "mon 8-18", "mon 08:00-08:00", "noday 08:00-18:00", "mon 25:00-26:00", "mon 24:00-08:00", "mon 08:60-09:00",
		"mon 08:00-18:00 Nowhere/City", "mon 08:00-18:00 Local", "mon 08:00-18:00 ../etc/passwd", "mon 08:00-18:00 UTC UTC", ",",
		"mon 1:00-2:00,mon 1:00-2:00,mon 1:00-2:00,mon 1:00-2:00,mon 1:00-2:00,mon 1:00-2:00,mon 1:00-2:00,mon 1:00-2:00,mon 1:00-2:00,mon 1:00-2:00,mon 1:00-2:00",
	} {
		if h, err := ParseHours(text); CodeOf(err) != CodeInvalid {
			t.Errorf("%q is taken for %q: %v", text, h, err)
		}
	}
}

func FuzzHours(f *testing.F) {
	f.Add("mon-fri 08:00-18:00, sat 22:00-02:00 Europe/Berlin")
	f.Fuzz(func(t *testing.T, text string) {
		h, err := ParseHours(text)
		if err != nil {
			return
		}
		again, err := ParseHours(h.String())
		if err != nil || again.String() != h.String() {
			t.Fatalf("%q is written as %q and read back as %q: %v", text, h, again, err)
		}
		now := time.Date(2026, 11, 22, 3, 0, 0, 0, time.UTC)
		if next := h.Next(now); !next.IsZero() && h.Open(next) == h.Open(now) {
			t.Fatalf("%q does not change at %s", h, next)
		}
	})
}
