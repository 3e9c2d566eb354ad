package core

import (
	"strings"
	"testing"
	"time"
)

// rfcSecret is the key of the examples in RFC 4226 and RFC 6238.
const rfcSecret = "12345678901234567890"

func TestHOTPAgreesWithRFC4226(t *testing.T) {
	t.Parallel()
	for counter, want := range strings.Fields("755224 287082 359152 969429 338314 254676 287922 162583 399871 520489") {
		if got := hotp([]byte(rfcSecret), int64(counter)); got != want {
			t.Errorf("counter %d gives %s, want %s", counter, got, want)
		}
	}
}

func TestTOTPAgreesWithRFC6238(t *testing.T) {
	t.Parallel()
	secret := totpText.EncodeToString([]byte(rfcSecret))
	for at, want := range map[int64]string{ // the last six of its eight digits
		59: "287082", 1111111109: "081804", 1111111111: "050471",
		1234567890: "005924", 2000000000: "279037", 20000000000: "353130",
	} {
		for off, taken := range map[time.Duration]bool{
			0: true, -30 * time.Second: true, 30 * time.Second: true, 61 * time.Second: false,
		} {
			step, ok := totpMatch(secret, want, time.Unix(at, 0).Add(off))
			if ok != taken || ok && step != at/30 {
				t.Errorf("the code of %d, %s later: step %d, %v", at, off, step, ok)
			}
		}
	}
	if _, ok := totpMatch("", "755224", time.Unix(0, 0)); ok {
		t.Error("without a secret a code is taken")
	}
}

func FuzzFactorTakesNoForeignCode(f *testing.F) {
	f.Add("755224")
	f.Add("aaaa-bbbb-cccc-dddd")
	f.Fuzz(func(t *testing.T, code string) {
		now := time.Unix(1_800_000_000, 0)
		own := factor{Secret: totpText.EncodeToString([]byte(rfcSecret))}
		codes := own.newRecovery()
		_, right := totpMatch(own.Secret, strings.ReplaceAll(strings.TrimSpace(code), " ", ""), now)
		hash, _ := hashTyped(code, recoveryLength)
		for _, h := range own.Recovery {
			right = right || h == hash
		}
		if _, refused := own.take(code, now); (refused == nil) != right {
			t.Errorf("%q: %v", code, refused)
		}
		if _, refused := own.take(codes[0], now); refused != nil {
			t.Errorf("a recovery code: %v", refused)
		}
		if _, refused := own.take(codes[0], now); refused == nil {
			t.Error("a recovery code was taken twice")
		}
	})
}
