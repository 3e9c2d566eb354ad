package tui

import (
	"sync"
	"weak"
)

// Orders lets sessions that show the same rows in the same order hold that order
// once, and find it once when the rows change. It keeps no order that nobody
// shows. A nil one shares nothing.
type Orders struct {
	mu    sync.Mutex
	known map[orderKey]weak.Pointer[sorted]
}

// NewOrders makes the orders of a server; they go into the Options of each screen.
func NewOrders() *Orders { return &Orders{known: map[orderKey]weak.Pointer[sorted]{}} }

// orderKey names an order of one list. A weak pointer is never equal to that of
// a list that comes to lie at the same place later.
type orderKey struct {
	first any // a weak pointer to the first row's place in the list
	len   int
	order order
	rev   uint64 // of what the order depends on beyond the list
}

// sorted is an order: indexes into a list. It is known for as long as somebody
// holds it.
type sorted struct {
	mu sync.Mutex
	at []int32 // nil: not found yet
}

// sortedRows returns the order of a list that is never changed: the one that is
// known, or what find finds. Who comes while it is being found waits.
func sortedRows[T any](o *Orders, list []*T, by order, rev uint64, find func() []int32) *sorted {
	if o == nil || len(list) == 0 {
		return &sorted{at: find()}
	}
	s := o.of(orderKey{weak.Make(&list[0]), len(list), by, rev})
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.at == nil {
		s.at = find()
	}
	return s
}

func (o *Orders) of(key orderKey) *sorted {
	o.mu.Lock()
	defer o.mu.Unlock()
	if s := o.known[key].Value(); s != nil {
		return s
	}
	for k, p := range o.known {
		if p.Value() == nil {
			delete(o.known, k)
		}
	}
	s := &sorted{}
	o.known[key] = weak.Make(s)
	return s
}
