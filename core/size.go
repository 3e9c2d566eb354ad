package core

import (
	"math"
	"strconv"
	"strings"
)

// Unlimited is the word for a limit that does not bound.
const Unlimited = "unlimited"

// maxSizeMiB bounds the sizes that people may write: 4 ZiB.
const maxSizeMiB = 1 << 52

// ParseSize reads an amount of data as people write it and returns whole MiB: a
// number without a unit is MiB; units are M, G and T, also as MB, MiB and so on,
// in upper or lower case, with or without a space before them; all are powers of
// 1024. What is left of a MiB is cut off. The error is CodeInvalid.
func ParseSize(text string) (mib int, err error) {
	n, ok := readSize(text)
	if !ok {
		return 0, Errorf(CodeInvalid, "%q is not an amount of data", Printable(text)).WithHint("write it like 512M, 8G or 1.5T")
	}
	return int(n), nil
}

// FormatSize writes whole MiB in the greatest unit that leaves a number of at
// least one, so that ParseSize reads it back exactly: "512 MiB", "1.5 GiB". What
// would need more than two decimals is written in the next smaller unit.
func FormatSize(mib int) string {
	for _, u := range []struct {
		name  string
		power int
	}{{"TiB", 20}, {"GiB", 10}} {
		if mib < 1<<u.power && mib > -1<<u.power {
			continue
		}
		// With two decimals it is exact where 100 times it is a whole number.
		if mib*100%(1<<u.power) == 0 {
			return strconv.FormatFloat(float64(mib)/float64(int(1)<<u.power), 'f', -1, 64) + " " + u.name
		}
	}
	return strconv.Itoa(mib) + " MiB"
}

// readSize is ParseSize without an error text.
func readSize(text string) (mib int64, ok bool) {
	digits := strings.ToLower(strings.TrimSpace(text))
	factor := 1.0
	for _, unit := range []string{"ib", "b"} {
		if rest, found := strings.CutSuffix(digits, unit); found {
			if digits = rest; digits == "" || !strings.ContainsRune("mgt", rune(digits[len(digits)-1])) {
				return 0, false
			}
			break
		}
	}
	if digits != "" {
		switch digits[len(digits)-1] {
		case 'm':
			digits = digits[:len(digits)-1]
		case 'g':
			digits, factor = digits[:len(digits)-1], 1<<10
		case 't':
			digits, factor = digits[:len(digits)-1], 1<<20
		}
	}
	n, ok := readNumber(strings.TrimSpace(digits))
	if n *= factor; !ok || n > maxSizeMiB {
		return 0, false
	}
	return int64(n), true
}

// readNumber reads a plain decimal number: digits, at most one dot between or
// around them.
func readNumber(text string) (n float64, ok bool) {
	if text == "" || strings.Trim(text, "0123456789.") != "" {
		return 0, false
	}
	n, err := strconv.ParseFloat(text, 64)
	return n, err == nil && !math.IsInf(n, 0)
}
