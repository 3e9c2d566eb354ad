package command

import (
	"strings"

	"gwm/core"
)

// The keys that are for gwm and not for the guest, after "~" at the beginning of a
// line; the escape key anywhere is orderLeave.
const (
	orderLeave     = '.'
	orderHelp      = '?'
	orderTake      = 't'
	orderYield     = 'y'
	orderReconnect = 'r'
	orderBreak     = 'B'
	orderPeople    = '#'
)

// escapeHelp explains the keys; leave is the one that leaves anywhere.
func escapeHelp(leave core.Escape) string {
	return strings.NewReplacer("KEY)", leave.String()+")", "KEY", leave.String()).Replace(`~.  leave (so does KEY)      ~t  take the keyboard over
~#  who sits here               ~y  give the keyboard up
~B  send a break                ~r  reconnect at once
~~  type ~                      ~]  type KEY
Each at the beginning of a line. Through ssh type ~~ for ~: it has the same escapes.`)
}

// escape finds orders to gwm among typed keys.
type escape struct {
	leave  byte // the escape key
	inside bool // something was typed since the last newline
	tilde  bool // a "~" waits for what it means
}

// next takes one key: keys to be typed, and an order where order is not 0.
func (e *escape) next(key byte) (typed []byte, order byte) {
	if !e.tilde {
		switch {
		case key == e.leave:
			return nil, orderLeave
		case key == '~' && !e.inside:
			e.tilde = true
			return nil, 0
		}
		e.inside = key != '\r' && key != '\n'
		return []byte{key}, 0
	}
	e.tilde = false
	if key == e.leave {
		return nil, orderLeave
	}
	switch key {
	case orderLeave, orderHelp, orderTake, orderYield, orderReconnect, orderBreak, orderPeople:
		return nil, key
	case '~':
		e.inside = true
		return []byte{'~'}, 0
	case ']':
		e.inside = true
		return []byte{e.leave}, 0
	}
	e.inside = key != '\r' && key != '\n'
	return []byte{'~', key}, 0
}
