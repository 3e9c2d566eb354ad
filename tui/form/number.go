package form

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Unit is what a Number counts.
type Unit int

// The units.
const (
	Count Unit = iota // whole things
	MiB               // memory and disks, in MiB; "1.5G" and "512 MiB" are understood, a bare number is MiB
)

// Amount is what a Number says.
type Amount struct {
	N         int
	Empty     bool
	Unlimited bool
}

// Limit is the amount as a pointer: nil for unlimited, and for empty.
func (a Amount) Limit() *int {
	if a.Empty || a.Unlimited {
		return nil
	}
	n := a.N
	return &n
}

// Unlimited is how an amount without a limit is written.
const Unlimited = "unlimited"

// Limited is the text of a limit: nil is Unlimited.
func (u Unit) Limited(limit *int) string {
	if limit == nil {
		return Unlimited
	}
	return u.Text(*limit)
}

// Text writes n so that Parse reads it again: the largest unit that loses
// nothing.
func (u Unit) Text(n int) string {
	if u == MiB && n != 0 {
		for _, s := range []struct {
			by     int
			suffix string
		}{{1 << 20, "T"}, {1 << 10, "G"}} {
			if n%(s.by/2) == 0 && n >= s.by {
				return strconv.FormatFloat(float64(n)/float64(s.by), 'f', -1, 64) + s.suffix
			}
		}
		return strconv.Itoa(n) + "M"
	}
	return strconv.Itoa(n)
}

// Words says n as people read it: "1.5 GiB", "4".
func (u Unit) Words(n int) string {
	if u != MiB {
		return strconv.Itoa(n)
	}
	switch f := float64(n); {
	case n >= 1<<20:
		return trimZero(f/(1<<20)) + " TiB"
	case n >= 1<<10:
		return trimZero(f/(1<<10)) + " GiB"
	}
	return strconv.Itoa(n) + " MiB"
}

func trimZero(f float64) string {
	return strings.TrimSuffix(strings.TrimRight(strconv.FormatFloat(f, 'f', 2, 64), "0"), ".")
}

var (
	errCount = errors.New("write a whole number, for example 4")
	errSize  = errors.New("write a size, for example 512M, 1.5G or 2T")
	errMinus = errors.New("it cannot be less than 0")
	errLarge = errors.New("it is too large")
)

// Parse reads a number. Blank is Empty; "unlimited", or the beginning of it, is
// Unlimited.
func (u Unit) Parse(text string) (Amount, error) {
	text = strings.ToLower(strings.TrimSpace(text))
	switch {
	case text == "":
		return Amount{Empty: true}, nil
	case strings.HasPrefix(Unlimited, text):
		return Amount{Unlimited: true}, nil
	case u == MiB:
		n, err := parseMiB(text)
		return Amount{N: n}, err
	}
	n, err := strconv.Atoi(text)
	switch {
	case errors.Is(err, strconv.ErrRange) || n > math.MaxInt32:
		return Amount{}, errLarge
	case err != nil:
		return Amount{}, errCount
	case n < 0:
		return Amount{}, errMinus
	}
	return Amount{N: n}, nil
}

func parseMiB(text string) (int, error) {
	end := strings.IndexFunc(text, func(r rune) bool { return (r < '0' || r > '9') && r != '.' && r != '-' })
	number, suffix := text, ""
	if end >= 0 {
		number, suffix = text[:end], strings.TrimSpace(text[end:])
	}
	by, ok := map[string]float64{"": 1, "m": 1, "g": 1 << 10, "t": 1 << 20}[strings.TrimSuffix(strings.TrimSuffix(suffix, "b"), "i")]
	f, err := strconv.ParseFloat(number, 64)
	switch {
	case !ok || err != nil:
		return 0, errSize
	case f < 0:
		return 0, errMinus
	case f*by > math.MaxInt32:
		return 0, errLarge
	case f*by != math.Trunc(f*by):
		return 0, fmt.Errorf("it must be whole MiB; %s is %g", text, f*by)
	}
	return int(f * by), nil
}
