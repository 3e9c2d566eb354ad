package core_test

import (
	"strings"
	"testing"

	"gwm/core"
)

func TestParseSize(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		text string
		want int
	}{
		{"0", 0},
		{"512", 512},
		{"512M", 512},
		{"512MB", 512},
		{"512 MiB", 512},
		{"8g", 8192},
		{"8GB", 8192},
		{"8 gib", 8192},
		{"1.5G", 1536},
		{".5G", 512},
		{"1.T", 1 << 20},
		{"2TiB", 2 << 20},
		{"1.0009M", 1},
		{"0.9", 0},
		{" 4G ", 4096},
		{"4294967296T", 1 << 52},
	} {
		if got, err := core.ParseSize(tt.text); err != nil || got != tt.want {
			t.Errorf("%q is %d, %v, want %d", tt.text, got, err, tt.want)
		}
	}
	for _, text := range []string{
		"", " ", "G", "B", "iB", "8B", "8K", "8KiB", "-1", "+1", "1e3", "0x10", "1_0", "1,5G", "inf", "nan", "1..2", ".", "8GG", "8 G B",
		"4294967297T", strings.Repeat("9", 400), "unlimited", "8\x1b[2JG",
	} {
		if got, err := core.ParseSize(text); core.CodeOf(err) != core.CodeInvalid {
			t.Errorf("%q is %d, %v, want a refusal", text, got, err)
		}
	}
}

func TestFormatSize(t *testing.T) {
	t.Parallel()
	for mib, want := range map[int]string{
		0: "0 MiB", 512: "512 MiB", 1023: "1023 MiB", 1024: "1 GiB", 1536: "1.5 GiB", 1537: "1537 MiB", 10 << 10: "10 GiB",
		1 << 20: "1 TiB", 5 << 18: "1.25 TiB", 1<<20 + 1024: "1025 GiB", 1<<20 + 1: "1048577 MiB", -2048: "-2 GiB",
	} {
		if got := core.FormatSize(mib); got != want {
			t.Errorf("%d MiB is written %q, want %q", mib, got, want)
		}
	}
}

func FuzzParseSize(f *testing.F) {
	for _, s := range []string{"8", "8G", "1.5 TiB", "0.0001M", "4294967296T", "-1", "1e9", "GiB", "..", "\u0130B"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		n, err := core.ParseSize(s)
		if err != nil {
			if core.CodeOf(err) != core.CodeInvalid || core.Printable(err.Error()) != err.Error() {
				t.Errorf("%q: %v", s, err)
			}
			return
		}
		if n < 0 || n > 1<<52 {
			t.Errorf("%q is %d", s, n)
		}
		if again, err := core.ParseSize(core.FormatSize(n)); err != nil || again != n {
			t.Errorf("%q is %d, written %q, and read again %d, %v", s, n, core.FormatSize(n), again, err)
		}
	})
}
