package core

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha1" //nolint:gosec // HMAC-SHA-1 is what RFC 6238 and every authenticator app use; it does not rest on collisions
	"crypto/subtle"
	"encoding/base32"
	"encoding/binary"
	"fmt"
	"net/url"
	"time"
)

// What of RFC 6238 (time-based one-time passwords) authenticator apps take for
// granted: HMAC-SHA-1, six digits, steps of 30 seconds. A code of one step before
// or after is taken too, because clocks differ.
const (
	totpPeriod     = 30 * time.Second
	totpDigits     = 6
	totpSlack      = 1
	totpSecretSize = 20 // bytes, as RFC 4226 recommends
)

// totpText is how secrets are written.
var totpText = base32.StdEncoding.WithPadding(base32.NoPadding)

// newTOTPSecret makes a secret as text.
func newTOTPSecret() string {
	b := make([]byte, totpSecretSize)
	_, _ = rand.Read(b) // never fails
	return totpText.EncodeToString(b)
}

// totpURI is what an authenticator app reads, as text or as a QR code.
func totpURI(user, secret string) string {
	u := url.URL{Scheme: "otpauth", Host: "totp", Path: "/gwm:" + user, RawQuery: "secret=" + secret + "&issuer=gwm"}
	return u.String()
}

// hotp is the code for a counter (RFC 4226).
func hotp(key []byte, counter int64) string {
	mac := hmac.New(sha1.New, key)
	_ = binary.Write(mac, binary.BigEndian, counter)
	sum := mac.Sum(nil)
	n := binary.BigEndian.Uint32(sum[sum[len(sum)-1]&0xf:]) & 0x7fffffff
	return fmt.Sprintf("%0*d", totpDigits, n%1_000_000)
}

// totpMatch finds the step whose code was typed, among those that are taken now.
// It compares with all of them, so that the time says nothing.
func totpMatch(secret, code string, now time.Time) (step int64, ok bool) {
	key, err := totpText.DecodeString(secret)
	if err != nil || len(key) == 0 {
		return 0, false
	}
	at := now.Unix() / int64(totpPeriod/time.Second)
	for n := at - totpSlack; n <= at+totpSlack; n++ {
		if subtle.ConstantTimeCompare([]byte(hotp(key, n)), []byte(code)) == 1 {
			step, ok = n, true
		}
	}
	return step, ok
}
