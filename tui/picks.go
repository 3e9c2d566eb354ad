package tui

// picks are rows of a view in an order of their own, or some of them. Rows are
// named by their index in the view: that is half as long as a pointer, and leads
// to the row's text too.
type picks[T any] struct {
	of    []*T            // all rows, as the view lists them
	texts func() []string // what words are looked for in, by row; nil: the rows tell it themselves
	at    []int32         // which of them in which order; nil: all as they are
}

func (p picks[T]) len() int {
	if p.at == nil {
		return len(p.of)
	}
	return len(p.at)
}

func (p picks[T]) row(i int) *T {
	if p.at == nil {
		return p.of[i]
	}
	return p.of[p.at[i]]
}

// index finds a row, -1 where it is not among them. It compares pointers only.
func (p picks[T]) index(row *T) int {
	for i := range p.len() {
		if p.row(i) == row {
			return i
		}
	}
	return -1
}

// only returns those of the picks that are found, which is in the order of the
// view and not nil.
func (p picks[T]) only(found []int32) picks[T] {
	out := picks[T]{of: p.of, texts: p.texts, at: found}
	if p.at == nil {
		return out
	}
	in := make([]bool, len(p.of))
	for _, i := range found {
		in[i] = true
	}
	out.at = make([]int32, 0, len(found))
	for _, i := range p.at {
		if in[i] {
			out.at = append(out.at, i)
		}
	}
	return out
}
