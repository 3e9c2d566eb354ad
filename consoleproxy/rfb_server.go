package consoleproxy

import (
	"crypto/rand"
	"encoding/binary"
	"errors"
	"io"

	"gwm/core"
)

// errViewer is of a viewer that does not keep to the protocol, or does not know
// the password. It learns nothing more.
var errViewer = errors.New("the viewer did not log in")

// welcome is gwm's side of the handshake with a viewer. Exactly one way of
// authentication is offered, and nothing else is accepted: without a password
// None, with one VNC authentication.
type welcome struct {
	password string
	name     string // of the desktop
	// open connects with the screen. It is called once the viewer has logged in;
	// where it fails the viewer is told why, if its version can hear it.
	open func() (serverInit, error)
}

// greet does the whole handshake. The caller sets the time that it may take. The
// error is errViewer, that of open, or of the connection.
func (w welcome) greet(c io.ReadWriter) error {
	version, err := w.offer(c)
	if err != nil {
		return err
	}
	if w.password != "" {
		if err := w.examine(c); err != nil {
			if errors.Is(err, errViewer) {
				err = errors.Join(err, say8(c, version, "the password is wrong, used or too old"))
			}
			return err
		}
	}
	init, err := w.open()
	if err != nil {
		if w.password != "" || version == 8 {
			err = errors.Join(err, say8(c, version, core.AsError(err).Error()))
		}
		return err
	}
	if w.password != "" || version == 8 {
		if _, err := c.Write(make([]byte, 4)); err != nil { // SecurityResult: good
			return err
		}
	}
	// Whether the viewer wants the screen alone does not count: it is shared.
	if _, err := readByte(c); err != nil {
		return err
	}
	_, err = c.Write(init.bytes(w.name))
	return err
}

// offer agrees on the version and on the one way of authentication.
func (w welcome) offer(c io.ReadWriter) (rfbVersion, error) {
	if _, err := io.WriteString(c, rfbVersion(8).String()); err != nil {
		return 0, err
	}
	version, err := readVersion(c)
	if err != nil {
		return 0, asViewer(err)
	}
	way := byte(wayNone)
	if w.password != "" {
		way = wayVNC
	}
	if version == 3 {
		_, err := c.Write([]byte{0, 0, 0, way})
		return version, err
	}
	if _, err := c.Write([]byte{1, way}); err != nil {
		return 0, err
	}
	// CVE-2022-36436: what was not offered is not accepted.
	chosen, err := readByte(c)
	if err == nil && chosen != way {
		err = errors.Join(errViewer, say8(c, version, "this way to log in was not offered"))
	}
	return version, err
}

// examine asks for the password. The time that it takes does not depend on how
// wrong the answer is.
func (w welcome) examine(c io.ReadWriter) error {
	var question, answer challenge
	_, _ = rand.Read(question[:]) // does not fail
	if _, err := c.Write(question[:]); err != nil {
		return err
	}
	if _, err := io.ReadFull(c, answer[:]); err != nil {
		return err
	}
	if !question.right(answer, w.password) {
		return errViewer
	}
	return nil
}

// say8 sends a SecurityResult that refuses; only version 3.8 hears a reason.
func say8(c io.Writer, version rfbVersion, why string) error {
	b := binary.BigEndian.AppendUint32(nil, 1)
	if version == 8 {
		b = appendText(b, why[:min(len(why), maxReason)])
	}
	_, err := c.Write(b)
	return err
}

func asViewer(err error) error {
	if errors.Is(err, errNotRFB) {
		return errViewer
	}
	return err
}
