package form

import (
	"math"
	"strings"
	"testing"
	"time"
)

func TestParseNumber(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		unit Unit
		text string
		want Amount
		err  error
	}{
		{Count, "", Amount{Empty: true}, nil},
		{Count, " 4 ", Amount{N: 4}, nil},
		{Count, "0", Amount{}, nil},
		{Count, "unlimited", Amount{Unlimited: true}, nil},
		{Count, "UNL", Amount{Unlimited: true}, nil},
		{Count, "-1", Amount{}, errMinus},
		{Count, "1.5", Amount{}, errCount},
		{Count, "4G", Amount{}, errCount},
		{Count, "99999999999999999999", Amount{}, errLarge},
		{Count, "2147483648", Amount{}, errLarge},
		{MiB, "512", Amount{N: 512}, nil},
		{MiB, "512M", Amount{N: 512}, nil},
		{MiB, "1.5G", Amount{N: 1536}, nil},
		{MiB, "1.5 GiB", Amount{N: 1536}, nil},
		{MiB, "2tb", Amount{N: 2 << 20}, nil},
		{MiB, "0", Amount{}, nil},
		{MiB, "-1G", Amount{}, errMinus},
		{MiB, "1k", Amount{}, errSize},
		{MiB, "1.2.3G", Amount{}, errSize},
		{MiB, "G", Amount{}, errSize},
		{MiB, "much", Amount{}, errSize},
		{MiB, "9999T", Amount{}, errLarge},
	} {
		got, err := c.unit.Parse(c.text)
		if err != c.err || err == nil && got != c.want { //nolint:errorlint // these errors are values
			t.Errorf("%q is %+v (%v), want %+v (%v)", c.text, got, err, c.want, c.err)
		}
	}
	if _, err := MiB.Parse("0.3M"); err == nil || !strings.Contains(err.Error(), "whole MiB") {
		t.Errorf("part of a MiB: %v", err)
	}
}

func TestWords(t *testing.T) {
	t.Parallel()
	for n, want := range map[int][2]string{
		0: {"0", "0 MiB"}, 512: {"512M", "512 MiB"}, 1024: {"1G", "1 GiB"}, 1536: {"1.5G", "1.5 GiB"},
		1100: {"1100M", "1.07 GiB"}, 3 << 19: {"1.5T", "1.5 TiB"}, 1 << 20: {"1T", "1 TiB"},
	} {
		if MiB.Text(n) != want[0] || MiB.Words(n) != want[1] {
			t.Errorf("%d is %q and %q, want %q", n, MiB.Text(n), MiB.Words(n), want)
		}
	}
	if n := 4; Count.Limited(nil) != "unlimited" || Count.Limited(&n) != "4" {
		t.Error("limits are written wrongly")
	}
}

// FuzzParseNumber: what can be read is a number that Text writes so that it is
// read again.
func FuzzParseNumber(f *testing.F) {
	for _, s := range []string{"", "4", "1.5G", "unl", "-3", "1e9", "0x10", "١٢", "9999999999T", "NaN", "inf", "1.5 gib", "."} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, u := range []Unit{Count, MiB} {
			a, err := u.Parse(text)
			if err != nil || a.Empty || a.Unlimited {
				continue
			}
			if a.N < 0 || a.N > math.MaxInt32 {
				t.Errorf("%q is %d", text, a.N)
			}
			if again, err := u.Parse(u.Text(a.N)); err != nil || again != a {
				t.Errorf("%q is %d, written %q, read %+v (%v)", text, a.N, u.Text(a.N), again, err)
			}
		}
	})
}

func TestParseUntil(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		text, want string
		err        error
	}{
		{"", "", nil},
		{"2026-12-24", "2026-12-24T23:59:59Z", nil},
		{"2026-12-24T18:00", "2026-12-24T18:00:00Z", nil},
		{"2026-12-24 18:00", "2026-12-24T18:00:00Z", nil},
		{"2026-12-24T18:00:00+01:00", "2026-12-24T18:00:00+01:00", nil},
		{"2026-11-22", "2026-11-22T23:59:59Z", nil},
		{"+7d", "2026-11-29T12:00:00Z", nil},
		{"+12h", "2026-11-23T00:00:00Z", nil},
		{"+2W", "2026-12-06T12:00:00Z", nil},
		{"2026-11-21", "", errPast},
		{"7d", "", errUntil},
		{"+", "", errUntil},
		{"+d", "", errUntil},
		{"+0d", "", errUntil},
		{"+-1d", "", errUntil},
		{"+7y", "", errUntil},
		{"+99999999d", "", errLarge},
		{"tomorrow", "", errUntil},
		{"2026-02-30", "", errUntil},
	} {
		got, err := ParseUntil(c.text, now)
		text := ""
		if !got.IsZero() {
			text = got.Format(time.RFC3339)
		}
		if err != c.err || text != c.want { //nolint:errorlint // these errors are values
			t.Errorf("%q is %q (%v), want %q (%v)", c.text, text, err, c.want, c.err)
		}
	}
	for far, want := range map[time.Duration]string{
		90 * time.Minute: "in 90 minutes", 30 * time.Hour: "in 30 hours", 72 * time.Hour: "in 3 days",
	} {
		if got := untilWords(now.Add(far), now); !strings.HasSuffix(got, want) {
			t.Errorf("%v is %q, want %q", far, got, want)
		}
	}
}

// FuzzParseUntil: what can be read lies in the future.
func FuzzParseUntil(f *testing.F) {
	for _, s := range []string{"", "2026-12-24", "+7d", "+9223372036854775807w", "+1h", "2026-12-24T18:00:00Z", "+١d"} {
		f.Add(s)
	}
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	f.Fuzz(func(t *testing.T, text string) {
		if at, err := ParseUntil(text, now); err == nil && !at.IsZero() && !at.After(now) {
			t.Errorf("%q is %v, which is over", text, at)
		}
	})
}
