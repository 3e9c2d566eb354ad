package command

// The keys that are for gwm and not for the guest, after "~" at the beginning of a
// line; ctrl-] anywhere is orderLeave.
const (
	orderLeave     = '.'
	orderHelp      = '?'
	orderTake      = 't'
	orderYield     = 'y'
	orderReconnect = 'r'
	orderBreak     = 'B'
	orderPeople    = '#'
)

const keyLeave = 0x1d // ctrl-]

const escapeHelp = `~.  leave (so does ctrl-])      ~t  take the keyboard over
~#  who sits here               ~y  give the keyboard up
~B  send a break                ~r  reconnect at once
~~  type ~                      ~]  type ctrl-]
Each at the beginning of a line. Through ssh type ~~ for ~: it has the same escapes.`

// escape finds orders to gwm among typed keys.
type escape struct {
	inside bool // something was typed since the last newline
	tilde  bool // a "~" waits for what it means
}

// next takes one key: keys to be typed, and an order where order is not 0.
func (e *escape) next(key byte) (typed []byte, order byte) {
	if !e.tilde {
		switch {
		case key == keyLeave:
			return nil, orderLeave
		case key == '~' && !e.inside:
			e.tilde = true
			return nil, 0
		}
		e.inside = key != '\r' && key != '\n'
		return []byte{key}, 0
	}
	e.tilde = false
	switch key {
	case orderLeave, orderHelp, orderTake, orderYield, orderReconnect, orderBreak, orderPeople:
		return nil, key
	case keyLeave:
		return nil, orderLeave
	case '~':
		e.inside = true
		return []byte{'~'}, 0
	case ']':
		e.inside = true
		return []byte{keyLeave}, 0
	}
	e.inside = key != '\r' && key != '\n'
	return []byte{'~', key}, 0
}
