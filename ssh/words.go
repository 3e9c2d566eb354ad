package ssh

import (
	"errors"
	"strings"
)

// errOpenQuote is what splitWords returns for a line that goes on.
var errOpenQuote = errors.New("the command line has an open quote")

// splitWords splits a command line as a POSIX shell does (XCU 2.2: backslash,
// single and double quotes), without expanding anything.
func splitWords(line string) ([]string, error) {
	var s splitter
	for _, r := range line {
		switch {
		case s.escaped:
			s.escape(r)
		case r == '\\' && s.quote != '\'':
			s.escaped, s.inWord = true, true
		case s.quote != 0:
			s.quoted(r)
		default:
			s.plain(r)
		}
	}
	if s.quote != 0 || s.escaped {
		return nil, errOpenQuote
	}
	s.end()
	return s.words, nil
}

// splitter is the state between two characters.
type splitter struct {
	words   []string
	word    strings.Builder
	inWord  bool // a word has begun, however empty
	quote   rune // ' or " while inside, else 0
	escaped bool // the last character was a backslash
}

// escape takes the character after a backslash, which double quotes keep in
// front of most.
func (s *splitter) escape(r rune) {
	if s.quote == '"' && !strings.ContainsRune("\"\\$`", r) {
		s.word.WriteByte('\\')
	}
	s.word.WriteRune(r)
	s.escaped = false
}

func (s *splitter) quoted(r rune) {
	if r == s.quote {
		s.quote = 0
		return
	}
	s.word.WriteRune(r)
}

func (s *splitter) plain(r rune) {
	switch r {
	case '\'', '"':
		s.quote, s.inWord = r, true
	case ' ', '\t', '\n':
		s.end()
	default:
		s.word.WriteRune(r)
		s.inWord = true
	}
}

// end ends the word, if there is one.
func (s *splitter) end() {
	if s.inWord {
		s.words = append(s.words, s.word.String())
		s.word.Reset()
		s.inWord = false
	}
}

// quoteWords is the opposite of splitWords.
func quoteWords(words []string) string {
	quoted := make([]string, len(words))
	for i, w := range words {
		quoted[i] = "'" + strings.ReplaceAll(w, "'", `'\''`) + "'"
	}
	return strings.Join(quoted, " ")
}
