package core

import (
	"regexp"
	"slices"
	"strings"
)

// Filter is a parsed filter line. The grammar serves the screens' / and the
// commands' --filter:
//
//	word          the row's text contains it, upper and lower case alike; words are AND-ed
//	key:value     a field (status, state, cluster, node, os, tag, owner, hypervisor, ...);
//	              value may hold * and ?; several values with ','
//	!x            not x
//	/re/          the row's text matches the regular expression (RE2, no case)
//	~x            the letters of x occur in this order
//	key>8G key<2  sizes and counts (memory, disk, vcpus): M, G, T; MiB without a unit;
//	              also >= <= and, for equal, key:8G
//	"two words"   spaces inside quotes
//
// The zero Filter and a nil one match everything. A Filter is safe for
// concurrent use.
type Filter struct{ terms []term }

// Row is what a filter looks at. Text is what plain words search, in lower case;
// Field returns the values of a field in lower case, ok false for a field that
// this kind of row does not have; Number the same for sizes and counts.
type Row interface {
	FilterText() string
	FilterField(name string) (values []string, ok bool)
	FilterNumber(name string) (n int64, ok bool)
}

// Match tells whether the row passes.
func (f *Filter) Match(r Row) bool {
	if f == nil {
		return true
	}
	for i := range f.terms {
		if f.terms[i].match(r) == f.terms[i].not {
			return false
		}
	}
	return true
}

// IsZero tells whether the filter matches everything.
func (f *Filter) IsZero() bool { return f == nil || len(f.terms) == 0 }

// Narrows tells whether all that f finds is among what old finds. It may say no
// where that is so, and never yes where it is not.
func (f *Filter) Narrows(old *Filter) bool {
	if old.IsZero() {
		return true
	}
	if f == nil {
		return false
	}
	for i := range old.terms {
		if !slices.ContainsFunc(f.terms, func(t term) bool { return t.implies(&old.terms[i]) }) {
			return false
		}
	}
	return true
}

// implies tells whether a row that passes t passes old too.
func (t *term) implies(old *term) bool {
	if t.kind == termWord && old.kind == termWord && !t.not && !old.not {
		return strings.Contains(t.value, old.value)
	}
	return t.not == old.not && t.kind == old.kind && t.text() == old.text()
}

// filterTexts puts the texts of rows one after the other in memory.
func filterTexts[R Row](rows []R) []string {
	var all strings.Builder
	ends := make([]int, len(rows))
	for i, r := range rows {
		all.WriteString(r.FilterText())
		ends[i] = all.Len()
	}
	texts, from := make([]string, len(rows)), 0
	for i, end := range ends {
		texts[i], from = all.String()[from:end], end
	}
	return texts
}

// String writes the filter as ParseFilter reads it, in normal form.
func (f *Filter) String() string {
	if f == nil {
		return ""
	}
	var b strings.Builder
	for i, t := range f.terms {
		if i > 0 {
			b.WriteByte(' ')
		}
		if t.not {
			b.WriteByte('!')
		}
		b.WriteString(t.text())
	}
	return b.String()
}

// FilterFields lists the names that may stand before ':' in a filter, and
// FilterNumbers those before '<' and '>'. A kind of row has some of them.
func FilterFields() []string {
	return []string{
		"archived", "by", "cluster", "event", "from", "group", "hypervisor", "id", "ip", "link", "mac", "name", "network", "node", "op", "os", "owner",
		"role", "secondary", "state", "status", "stuck", "tag", "target", "template", "title", "uuid",
	}
}

// FilterNumbers lists the names of sizes (in MiB) and counts.
func FilterNumbers() []string {
	return []string{
		"cpus", "disk", "disk_free", "disks", "errors", "memory", "memory_free", "memory_used", "nics", "nodes",
		"running", "vcpus", "vms",
	}
}

// termKind is the kind of a term of a filter.
type termKind int

const (
	termWord termKind = iota
	termFuzzy
	termRegexp
	termField
	termNumber
)

// term is one condition; the terms of a filter are AND-ed.
type term struct {
	kind   termKind
	not    bool
	key    string         // of a field or number
	op     string         // of a number: "<", "<=", ">", ">=", ":"
	value  string         // as written, in lower case unless it is a regular expression
	values []string       // of a field: alternatives
	number int64          // in MiB for sizes
	re     *regexp.Regexp // of a regular expression
}

func (t *term) match(r Row) bool {
	switch t.kind {
	case termWord:
		return strings.Contains(r.FilterText(), t.value)
	case termFuzzy:
		return inOrder(r.FilterText(), t.value)
	case termRegexp:
		return t.re.MatchString(r.FilterText())
	case termNumber:
		n, ok := r.FilterNumber(t.key)
		return ok && t.compare(n)
	case termField:
		return t.matchField(r)
	}
	return false
}

func (t *term) compare(n int64) bool {
	switch t.op {
	case "<":
		return n < t.number
	case "<=":
		return n <= t.number
	case ">":
		return n > t.number
	case ">=":
		return n >= t.number
	default:
		return n == t.number
	}
}

// matchField compares whole values, or their part up to the first dot where the
// pattern has none and the field holds host names.
func (t *term) matchField(r Row) bool {
	values, ok := r.FilterField(t.key)
	if !ok {
		return false
	}
	for _, pattern := range t.values {
		short := t.hostNames() && !strings.Contains(pattern, ".")
		for _, v := range values {
			if glob(pattern, v) {
				return true
			}
			if head, _, ok := strings.Cut(v, "."); ok && short && glob(pattern, head) {
				return true
			}
		}
		if pattern == "" && len(values) == 0 {
			return true
		}
	}
	return false
}

func (t *term) hostNames() bool {
	switch t.key {
	case "name", "node", "secondary", "target":
		return true
	}
	return false
}

// inOrder tells whether the letters of word occur in text in their order.
func inOrder(text, word string) bool {
	for _, r := range word {
		i := strings.IndexRune(text, r)
		if i < 0 {
			return false
		}
		text = text[i+len(string(r)):]
	}
	return true
}

// glob matches the whole of s with a pattern in which '*' stands for any text
// and '?' for one byte. It takes at most len(pattern)*len(s) steps.
func glob(pattern, s string) bool {
	p, i := 0, 0
	star, from := -1, 0
	for i < len(s) {
		switch {
		case p < len(pattern) && pattern[p] == '*':
			star, from = p, i
			p++
		case p < len(pattern) && (pattern[p] == '?' || pattern[p] == s[i]):
			p++
			i++
		case star >= 0:
			from++
			p, i = star+1, from
		default:
			return false
		}
	}
	return strings.Trim(pattern[p:], "*") == ""
}
