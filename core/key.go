package core

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"slices"
	"strings"
	"time"
)

// Key is a public SSH key of a user. One key belongs to one user.
type Key struct {
	User        string    `json:"user"`
	Type        string    `json:"type"`        // "ssh-ed25519", ...
	Blob        []byte    `json:"blob"`        // SSH wire format (RFC 4253 section 6.6)
	Fingerprint string    `json:"fingerprint"` // "SHA256:..." as OpenSSH prints it
	Comment     string    `json:"comment,omitempty"`
	Added       time.Time `json:"added"`
	Expires     time.Time `json:"expires,omitzero"` // zero: never
}

// Expired tells whether the key may no longer log in.
func (k Key) Expired(now time.Time) bool { return !k.Expires.IsZero() && !now.Before(k.Expires) }

// keyTypes are the key types that may log in. DSA and certificates are not
// among them: certificates come from a trusted authority, not from a key list.
var keyTypes = []string{
	"ssh-ed25519", "ssh-rsa",
	"ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521",
	"sk-ssh-ed25519@openssh.com", "sk-ecdsa-sha2-nistp256@openssh.com",
}

// Fingerprint returns the SHA-256 fingerprint of a key in wire format, as
// OpenSSH prints it.
func Fingerprint(blob []byte) string {
	sum := sha256.Sum256(blob)
	return "SHA256:" + base64.RawStdEncoding.EncodeToString(sum[:])
}

// ParseKey reads one line of an authorized_keys file (RFC 4716 does not apply:
// "TYPE BASE64 COMMENT"). Options in front are refused, since gwm would not
// honour them. The error is an *Error with CodeInvalid.
func ParseKey(line string) (Key, error) {
	fields, why := splitKeyLine(strings.TrimSpace(line))
	var blob []byte
	if why == "" {
		var err error
		if blob, err = base64.StdEncoding.DecodeString(fields[1]); err != nil {
			why = "the base64 part is damaged or cut"
		} else {
			why = checkKeyBlob(fields[0], blob)
		}
	}
	if why != "" {
		return Key{}, Errorf(CodeInvalid, "this is not a public key: %s", why).
			WithHint("paste the one line of a file such as ~/.ssh/id_ed25519.pub")
	}
	return Key{
		Type: fields[0], Blob: blob, Fingerprint: Fingerprint(blob), Comment: Printable(strings.Join(fields[2:], " ")),
	}, nil
}

// ParseKeys reads the text of an authorized_keys file: a key a line, as ParseKey
// takes it, between empty lines and comments. What names the text in the error,
// which tells the line.
func ParseKeys(what, text string) ([]Key, error) {
	var keys []Key
	n := 0
	for line := range strings.Lines(text) {
		n++
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		key, err := ParseKey(line)
		if err != nil {
			e := AsError(err)
			return nil, Errorf(e.Code, "%s, line %d: %s", Printable(what), n, e.Message).WithHint("%s", e.Hint)
		}
		keys = append(keys, key)
	}
	return keys, nil
}

// splitKeyLine cuts a line into type, base64 part and comment words, or says
// what is wrong with it.
func splitKeyLine(line string) (fields []string, why string) {
	fields = strings.Fields(line)
	switch {
	case strings.Contains(line, "PRIVATE KEY"):
		return nil, "it is a PRIVATE key, keep it secret"
	case strings.ContainsAny(line, "\r\n"):
		return nil, "it has more than one line"
	case len(line) > 16<<10:
		return nil, "it is longer than 16 KiB"
	case len(fields) < 2:
		return nil, "it needs a type and a base64 part"
	case slices.Contains(keyTypes, fields[0]):
		return fields, ""
	case len(fields) > 2 && strings.Contains(line, " ssh-"):
		return nil, "options in front of the key are not supported"
	}
	return nil, "type " + cut(Printable(fields[0])) + " is not supported; supported are " + joinWords(keyTypes)
}

// checkKeyBlob says what is wrong with a key in wire format; it is empty for a
// good one.
func checkKeyBlob(kind string, blob []byte) (why string) {
	parts, ok := wireFields(blob)
	if !ok || len(parts) < 2 || string(parts[0]) != kind {
		return "the base64 part does not hold a key of type " + kind
	}
	switch kind {
	case "ssh-ed25519", "sk-ssh-ed25519@openssh.com":
		if len(parts[1]) != 32 {
			return "an ed25519 key has 32 bytes"
		}
	case "ssh-rsa":
		if len(parts) != 3 || len(bytes.TrimLeft(parts[2], "\x00"))*8 < 2048 {
			return "an RSA key needs at least 2048 bits"
		}
	default:
		if len(parts) < 3 {
			return "the base64 part is cut"
		}
	}
	return ""
}

// wireFields splits an SSH wire format blob (RFC 4251 section 5: string) into
// its length-prefixed strings; ok is false where the lengths do not add up.
func wireFields(blob []byte) (parts [][]byte, ok bool) {
	for len(blob) > 0 {
		if len(blob) < 4 {
			return nil, false
		}
		n := binary.BigEndian.Uint32(blob)
		blob = blob[4:]
		if uint64(n) > uint64(len(blob)) {
			return nil, false
		}
		parts = append(parts, blob[:n])
		blob = blob[n:]
	}
	return parts, true
}
