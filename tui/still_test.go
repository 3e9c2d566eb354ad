package tui_test

import (
	"testing"
	"time"
	"unsafe"
)

// TestIdleScreenStandsStill: a second that brings nothing new paints nothing, and
// the renderer is handed the very string that it has.
func TestIdleScreenStandsStill(t *testing.T) {
	t.Parallel()
	sit(t, "admin", func(d *desk) {
		d.Press("2")
		d.Shows("● <10s")
		before := d.View().Content
		for range 30 {
			d.Advance(time.Second)
			after := d.View().Content
			if after != before {
				d.Fatalf("the screen changed while nothing happened:\n%s", d.Screen())
			}
			if unsafe.StringData(after) != unsafe.StringData(before) {
				d.Fatal("an equal screen is another string, which is compared whole for each frame")
			}
		}
	})
}
