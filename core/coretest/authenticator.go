package coretest

import (
	"crypto/hmac"
	"crypto/sha1" //nolint:gosec // it is what authenticator apps use (RFC 6238)
	"encoding/base32"
	"encoding/binary"
	"fmt"
	"net/url"
	"testing"
	"time"
)

// Code is what an authenticator app that read an otpauth address shows at a
// moment.
func Code(t testing.TB, uri string, at time.Time) string {
	t.Helper()
	code, err := CodeOf(uri, at)
	if err != nil {
		t.Fatal(err)
	}
	return code
}

// CodeOf is Code where there is no test at hand.
func CodeOf(uri string, at time.Time) (string, error) {
	u, err := url.Parse(uri)
	if err != nil || u.Scheme != "otpauth" || u.Host != "totp" {
		return "", fmt.Errorf("%q is not for an authenticator app: %w", uri, err)
	}
	key, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(u.Query().Get("secret"))
	if err != nil {
		return "", err
	}
	mac := hmac.New(sha1.New, key)
	mac.Write(binary.BigEndian.AppendUint64(nil, uint64(at.Unix()/30)))
	sum := mac.Sum(nil)
	from := sum[19] & 15
	return fmt.Sprintf("%06d", (binary.BigEndian.Uint32(sum[from:from+4])&0x7fffffff)%1_000_000), nil
}
