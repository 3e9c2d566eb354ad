package tui

import (
	"runtime"
	"testing"
)

func TestOrdersFindEachOnceAndKeepNone(t *testing.T) {
	t.Parallel()
	o, list, found := NewOrders(), make([]*int, 3), 0
	find := func() []int32 { found++; return []int32{2, 1, 0} }
	s := sortedRows(o, list, order{"name", false}, 0, find)
	if again := sortedRows(o, list, order{"name", false}, 0, find); again != s || found != 1 {
		t.Errorf("the order was found %d times", found)
	}
	sortedRows(o, list[:2], order{"name", false}, 0, find)
	sortedRows(o, list[1:], order{"name", false}, 0, find)
	sortedRows(o, list, order{"name", true}, 0, find)
	if found != 4 {
		t.Errorf("four orders were found %d times", found)
	}
	runtime.KeepAlive(s)
	runtime.GC()
	sortedRows(o, list, order{"age", false}, 0, find)
	if n := len(o.known); n != 1 {
		t.Errorf("%d orders are known, and one is held", n)
	}
}
