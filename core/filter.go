package core

// Filter is a parsed filter line. The grammar serves the screens' / and the
// commands' --filter:
//
//	word          the row's text contains it, upper and lower case alike; words are AND-ed
//	key:value     a field (status, state, cluster, node, os, tag, owner, hypervisor, ...);
//	              value may hold * and ?; several values with ','
//	!x            not x
//	/re/          the row's text matches the regular expression (RE2, no case)
//	~x            the letters of x occur in this order
//	key>8G key<2  sizes and counts (memory, disk, vcpus): M, G, T; MiB without a unit
//	"two words"   spaces inside quotes
type Filter struct{ stub int }

// ParseFilter reads a filter line; an empty line matches everything. The error
// is CodeInvalid and names the position.
func ParseFilter(s string) (*Filter, error) { panic("stub") }

// Row is what a filter looks at. Text is what plain words search, in lower case;
// Field returns the values of a field in lower case, ok false for a field that
// this kind of row does not have; Number the same for sizes and counts.
type Row interface {
	FilterText() string
	FilterField(name string) (values []string, ok bool)
	FilterNumber(name string) (n int64, ok bool)
}

// Match tells whether the row passes.
func (f *Filter) Match(r Row) bool { panic("stub") }
