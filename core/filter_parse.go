package core

import (
	"math"
	"regexp"
	"regexp/syntax"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxFilter is the longest filter line, in bytes.
const maxFilter = 1000

// ParseFilter reads a filter line; an empty line matches everything. The error
// is CodeInvalid and names the position.
func ParseFilter(s string) (*Filter, error) {
	if len(s) > maxFilter {
		return nil, Errorf(CodeInvalid, "a filter has at most %d characters", maxFilter)
	}
	if !utf8.ValidString(s) {
		return nil, Errorf(CodeInvalid, "the filter is not valid text")
	}
	p := filterParser{line: s}
	f := &Filter{}
	for p.skipSpaces(); p.pos < len(p.line); p.skipSpaces() {
		t, err := p.term()
		if err != nil {
			return nil, err
		}
		f.terms = append(f.terms, t)
	}
	return f, nil
}

// filterParser reads terms from a line; pos is the byte that comes next.
type filterParser struct {
	line string
	pos  int
}

// bad is an error at a byte position of the line.
func (p *filterParser) bad(at int, format string, args ...any) *Error {
	e := Errorf(CodeInvalid, format, args...)
	e.Message = "filter, position " + strconv.Itoa(utf8.RuneCountInString(p.line[:at])+1) + ": " + e.Message
	return e
}

func (p *filterParser) skipSpaces() {
	for p.pos < len(p.line) && p.line[p.pos] == ' ' || p.pos < len(p.line) && p.line[p.pos] == '\t' {
		p.pos++
	}
}

func (p *filterParser) peek() byte {
	if p.pos < len(p.line) {
		return p.line[p.pos]
	}
	return ' '
}

func (p *filterParser) term() (t term, err error) {
	start := p.pos
	for ; p.peek() == '!'; p.pos++ {
		t.not = !t.not
	}
	at := p.pos
	switch p.peek() {
	case ' ', '\t':
		return t, p.bad(start, "nothing follows '!'").WithHint("write !word, or \"!\" for the sign itself")
	case '/':
		t.kind = termRegexp
		err = p.regexp(&t)
	case '~':
		p.pos++
		t.kind = termFuzzy
		if t.value, err = p.word(" \t"); err == nil && t.value == "" {
			err = p.bad(at, "no letters follow '~'")
		}
	default:
		err = p.plain(&t)
	}
	return t, err
}

// regexp reads /re/, in which \/ stands for a slash.
func (p *filterParser) regexp(t *term) error {
	at := p.pos
	p.pos++
	var b strings.Builder
	for ; p.pos < len(p.line) && p.line[p.pos] != '/'; p.pos++ {
		if strings.HasPrefix(p.line[p.pos:], `\/`) {
			p.pos++
		} else if p.line[p.pos] == '\\' && p.pos+1 < len(p.line) {
			b.WriteByte('\\')
			p.pos++
		}
		b.WriteByte(p.line[p.pos])
	}
	if p.pos >= len(p.line) {
		return p.bad(at, "the regular expression has no end").WithHint("close it with '/'")
	}
	p.pos++
	t.value = b.String()
	re, err := compileLower(t.value)
	if err != nil {
		return p.bad(at, "the regular expression is wrong: %s", strings.TrimPrefix(err.Error(), "error parsing regexp: "))
	}
	t.re = re
	return nil
}

// compileLower compiles a regular expression for text in lower case. It lowers
// the letters in it instead of ignoring case, which is many times slower.
func compileLower(pattern string) (*regexp.Regexp, error) {
	tree, err := syntax.Parse(pattern, syntax.Perl|syntax.FoldCase)
	if err != nil {
		return nil, err
	}
	lowerLetters(tree)
	return regexp.Compile(tree.String())
}

func lowerLetters(tree *syntax.Regexp) {
	if tree.Op == syntax.OpLiteral {
		tree.Flags &^= syntax.FoldCase
		for i, r := range tree.Rune {
			tree.Rune[i] = unicode.ToLower(r)
		}
	}
	for _, sub := range tree.Sub {
		lowerLetters(sub)
	}
}

// word reads up to one of the bytes in end, taking text in quotes as it is, in
// lower case.
func (p *filterParser) word(end string) (string, error) {
	var b strings.Builder
	for p.pos < len(p.line) && !strings.ContainsRune(end, rune(p.line[p.pos])) {
		if p.line[p.pos] != '"' {
			b.WriteByte(p.line[p.pos])
			p.pos++
			continue
		}
		length := strings.IndexByte(p.line[p.pos+1:], '"')
		if length < 0 {
			return "", p.bad(p.pos, "the quote is not closed")
		}
		b.WriteString(p.line[p.pos+1 : p.pos+1+length])
		p.pos += length + 2
	}
	return strings.ToLower(b.String()), nil
}

// plain reads a word, a field or a number.
func (p *filterParser) plain(t *term) (err error) {
	at := p.pos
	key := p.key()
	op := p.operator()
	if key == "" || op == "" || op == ":" && isAddress(p.line[at:]) {
		p.pos = at
		t.kind = termWord
		if t.value, err = p.word(" \t"); err == nil && t.value == "" {
			err = p.bad(at, "the quotes are empty")
		}
		return err
	}
	t.key, t.op = fieldName(key), op
	number := slices.Contains(FilterNumbers(), t.key)
	switch {
	case !number && !slices.Contains(FilterFields(), t.key):
		return p.bad(at, "there is no field %q", Printable(key)).
			WithHint("fields: %s; sizes: %s; or put the word in quotes", joinWords(FilterFields()), joinWords(FilterNumbers()))
	case number:
		t.kind = termNumber
		return p.number(t)
	case op != ":":
		return p.bad(at, "%s is not a size or count", t.key).WithHint("write %s:value; sizes: %s", t.key, joinWords(FilterNumbers()))
	}
	t.kind = termField
	for {
		v, err := p.word(", \t")
		if err != nil {
			return err
		}
		t.values = append(t.values, v)
		if p.peek() != ',' {
			return nil
		}
		p.pos++
	}
}

// key reads the letters in front of an operator.
func (p *filterParser) key() string {
	start := p.pos
	for p.pos < len(p.line) {
		c := p.line[p.pos] | 0x20
		if (c < 'a' || c > 'z') && p.line[p.pos] != '_' {
			break
		}
		p.pos++
	}
	return strings.ToLower(p.line[start:p.pos])
}

func (p *filterParser) operator() string {
	for _, op := range []string{">=", "<=", ">", "<", ":"} {
		if strings.HasPrefix(p.line[p.pos:], op) {
			p.pos += len(op)
			return op
		}
	}
	return ""
}

// number reads a size or a count.
func (p *filterParser) number(t *term) error {
	at := p.pos
	text, err := p.word(" \t")
	if err != nil {
		return err
	}
	t.value = text
	var ok bool
	if isSize(t.key) {
		if t.number, ok = readSize(text); !ok {
			return p.bad(at, "%q is not a size", Printable(text)).WithHint("write %s>8G, with M, G or T", t.key)
		}
		return nil
	}
	n, ok := readNumber(text)
	if !ok || n > maxSizeMiB {
		return p.bad(at, "%q is not a number", Printable(text)).WithHint("write %s>2", t.key)
	}
	t.number = int64(math.Round(n))
	return nil
}

// isSize tells a size in MiB from a count.
func isSize(key string) bool {
	return strings.HasPrefix(key, "memory") || key == "disk" || key == "disk_free"
}

// fieldName turns the other names that people use into ours.
func fieldName(key string) string {
	switch key {
	case "tags":
		return "tag"
	case "mem", "ram":
		return "memory"
	case "cpu":
		return "vcpus"
	case "user", "who":
		return "by"
	case "on":
		return "target"
	case "what":
		return "op"
	case "disk_template":
		return "template"
	case "hv":
		return "hypervisor"
	}
	return key
}

// isAddress tells whether a term that holds ':' is a MAC or IPv6 address, which
// is searched as a word.
func isAddress(s string) bool {
	s, _, _ = strings.Cut(s, " ")
	head, _, _ := strings.Cut(s, ":")
	return len(head) <= 4 && strings.Trim(s, "0123456789abcdefABCDEF:./*") == ""
}

// text writes a term so that it reads back as itself.
func (t *term) text() string {
	switch t.kind {
	case termRegexp:
		return "/" + escapeSlashes(t.value) + "/"
	case termFuzzy:
		return "~" + quoted(t.value)
	case termNumber:
		return t.key + t.op + t.value
	case termField:
		values := make([]string, len(t.values))
		for i, v := range t.values {
			values[i] = quoted(v)
		}
		return t.key + ":" + strings.Join(values, ",")
	case termWord:
	}
	if strings.ContainsAny(t.value, ":<>") || strings.ContainsAny(t.value[:1], "!/~") {
		return `"` + t.value + `"`
	}
	return quoted(t.value)
}

func quoted(s string) string {
	if strings.ContainsAny(s, " \t,") {
		return `"` + s + `"`
	}
	return s
}

// escapeSlashes puts a backslash before each slash that has none.
func escapeSlashes(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '\\' && i+1 < len(s):
			b.WriteByte('\\')
			i++
		case s[i] == '/':
			b.WriteByte('\\')
		}
		b.WriteByte(s[i])
	}
	return b.String()
}
