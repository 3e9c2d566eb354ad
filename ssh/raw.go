package ssh

import (
	"io"
	"sync"

	"gwm/ssh/command"
)

// rawKeys are the keys of a terminal while a command has taken it over.
type rawKeys struct {
	typed    chan []byte
	over     <-chan struct{} // closed at the end of the input
	released chan struct{}
	rest     []byte // belongs to the reader
}

// give hands keys on; they are dropped once the terminal was given back.
func (r *rawKeys) give(p []byte) {
	select {
	case r.typed <- append([]byte(nil), p...):
	case <-r.released:
	}
}

// Read implements io.Reader.
func (r *rawKeys) Read(p []byte) (int, error) {
	if len(r.rest) == 0 {
		select {
		case r.rest = <-r.typed:
		case <-r.over:
			return 0, io.EOF
		case <-r.released:
			return 0, io.EOF
		}
	}
	n := copy(p, r.rest)
	r.rest = r.rest[n:]
	return n, nil
}

// takeOver hands all keys on as they come, without echo, until release.
func (k *keyboard) takeOver() (keys *rawKeys, release func()) {
	keys = &rawKeys{typed: make(chan []byte), over: k.over, released: make(chan struct{})}
	k.raw.Store(keys)
	return keys, sync.OnceFunc(func() {
		k.raw.Store(nil)
		close(keys.released)
	})
}

// raw takes the terminal of the channel over for a command. What is written goes
// past the library, which would make two characters of a newline.
func (ch *channel) raw(k *keyboard, now size) (command.Raw, error) {
	keys, release := k.takeOver()
	sizes := make(chan command.Size, 1)
	sizes <- command.Size{Cols: now.width, Rows: now.height}
	ch.conn.spawn(func() {
		for {
			select {
			case <-keys.released:
				return
			case <-ch.ctx.Done():
				return
			case s := <-ch.sizes:
				newest(sizes, command.Size{Cols: s.width, Rows: s.height})
			}
		}
	})
	restore := func() error {
		release()
		return nil
	}
	return command.Raw{Keys: keys, Screen: ch.wire, Sizes: sizes, Restore: restore}, nil
}

// newest puts a value into a channel of size 1 in place of an older one. There is
// one sender.
func newest[T any](c chan T, v T) {
	select {
	case <-c:
	default:
	}
	c <- v
}
