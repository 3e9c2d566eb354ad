package gwmdump

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"
)

// pythonJSON turns what Python prints of lists, dictionaries, texts and numbers
// into JSON: dumpdata writes the columns so that Ganeti Web Manager pickles. ok is
// false for anything else; whether the result is sound is for who reads it.
func pythonJSON(text string) (data []byte, ok bool) {
	var out bytes.Buffer
	for text != "" {
		n := 1
		switch c := text[0]; {
		case strings.IndexByte("[]{},: \t\r\n", c) >= 0:
			out.WriteByte(c)
		case c == '(':
			out.WriteByte('[')
		case c == ')':
			out.WriteByte(']')
		default:
			token, size := pythonToken(text)
			if size == 0 {
				return nil, false
			}
			out.Write(token)
			n = size
		}
		text = text[n:]
	}
	return out.Bytes(), true
}

// pythonToken reads a word, a number or a text at the beginning; size is 0 where
// there is none.
func pythonToken(text string) (token []byte, size int) {
	bare := strings.TrimLeft(text[:min(len(text), 2)], "ub")
	prefix := min(len(text), 2) - len(bare)
	if rest := text[prefix:]; rest != "" && (rest[0] == '\'' || rest[0] == '"') {
		s, n := pythonText(rest)
		if n == 0 {
			return nil, 0
		}
		token, err := json.Marshal(s)
		if err != nil {
			return nil, 0
		}
		return token, prefix + n
	}
	for word, value := range map[string]string{"None": "null", "True": "true", "False": "false"} {
		if strings.HasPrefix(text, word) {
			return []byte(value), len(word)
		}
	}
	size = len(text) - len(strings.TrimLeft(text, "+-.0123456789eE"))
	if token = []byte(text[:size]); size > 0 && size < len(text) && text[size] == 'L' {
		size++ // what Python 2 keeps as a long
	}
	return token, size
}

// pythonText reads a text in quotes, as Python 2 and 3 print it.
func pythonText(text string) (s string, size int) {
	quote := text[0]
	var out strings.Builder
	for rest := text[1:]; rest != ""; {
		if rest[0] == quote {
			return out.String(), len(text) - len(rest) + 1
		}
		// Python writes the escapes that Go does, and either quote in either text.
		if strings.HasPrefix(rest, `\'`) || strings.HasPrefix(rest, `\"`) {
			out.WriteByte(rest[1])
			rest = rest[2:]
			continue
		}
		r, _, tail, err := strconv.UnquoteChar(rest, 0)
		if err != nil {
			return "", 0
		}
		out.WriteRune(r)
		rest = tail
	}
	return "", 0
}
