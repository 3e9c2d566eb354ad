package consoleproxy

import (
	"crypto/des" //nolint:gosec // VNC authentication is DES (RFC 6143, 7.2.2); it runs inside SSH or TLS, or the site chose to have it
	"crypto/subtle"
	"math/bits"
)

// maxVNCPassword is how many bytes of a password VNC authentication looks at.
const maxVNCPassword = 8

// challenge is what a server of VNC authentication sends, and what it expects.
type challenge [16]byte

// answer encrypts the challenge with a password: DES, with the bits of each byte
// of the key in the other order.
func (c challenge) answer(password string) challenge {
	var key [maxVNCPassword]byte
	copy(key[:], password)
	for i := range key {
		key[i] = bits.Reverse8(key[i])
	}
	block, err := des.NewCipher(key[:]) //nolint:gosec // as above
	if err != nil {
		panic(err) // a key of eight bytes is one
	}
	var out challenge
	block.Encrypt(out[:8], c[:8])
	block.Encrypt(out[8:], c[8:])
	return out
}

// right tells in constant time whether an answer shows that its sender knows the
// password.
func (c challenge) right(answer challenge, password string) bool {
	want := c.answer(password)
	return subtle.ConstantTimeCompare(answer[:], want[:]) == 1
}
