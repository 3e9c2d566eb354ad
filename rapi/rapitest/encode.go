package rapitest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"unicode/utf16"
	"unicode/utf8"
)

// encode marshals a value that cannot fail to marshal, as Python does by default: nothing but ASCII, other characters as \u escapes, and no escapes for HTML.
func encode(v any) json.RawMessage {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		panic(fmt.Sprintf("rapitest: encode %T: %v", v, err))
	}
	return ascii(bytes.TrimSuffix(b.Bytes(), []byte{'\n'}))
}

// ascii escapes what is not ASCII; in JSON that occurs in texts only.
func ascii(b []byte) []byte {
	at := bytes.IndexFunc(b, func(r rune) bool { return r >= utf8.RuneSelf })
	if at < 0 {
		return b
	}
	out := append(make([]byte, 0, 2*len(b)), b[:at]...)
	for _, r := range string(b[at:]) {
		switch high, low := utf16.EncodeRune(r); {
		case r < utf8.RuneSelf:
			out = append(out, byte(r))
		case high != utf8.RuneError:
			out = fmt.Appendf(out, `\u%04x\u%04x`, high, low)
		default:
			out = fmt.Appendf(out, `\u%04x`, r)
		}
	}
	return out
}
