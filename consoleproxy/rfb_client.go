package consoleproxy

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"gwm/core"
)

// knock is gwm's side of the handshake with the server of a screen, up to and
// with ServerInit. It asks for a shared screen, so that it throws nobody out. An
// empty password means that there is none. The caller sets the time that it may
// take. The error is a *core.Error.
func knock(c io.ReadWriter, password string) (serverInit, error) {
	return knocking{password: password}.with(c)
}

// with is knock on a connection.
func (k knocking) with(c io.ReadWriter) (serverInit, error) {
	k.c = c
	s, err := k.all()
	var e *core.Error
	switch {
	case err == nil, errors.As(err, &e):
		return s, err
	case errors.Is(err, errNotRFB):
		return s, &core.Error{Code: core.CodeCluster, Err: err, Message: "what answers at the VM's screen does not speak VNC", Hint: "look at the VM's parameters for VNC"}
	default:
		return s, &core.Error{Code: core.CodeUnreachable, Err: err, Message: "the VM's screen does not answer: the connection broke", Hint: "look whether the VM runs"}
	}
}

type knocking struct {
	c        io.ReadWriter
	password string
	either   bool // the password is for a screen that asks for one; it need not
	version  rfbVersion
}

func (k *knocking) all() (serverInit, error) {
	var err error
	if k.version, err = readVersion(k.c); err != nil {
		return serverInit{}, err
	}
	if _, err = io.WriteString(k.c, k.version.String()); err != nil {
		return serverInit{}, err
	}
	way, err := k.choose()
	if err != nil {
		return serverInit{}, err
	}
	if err := k.prove(way); err != nil {
		return serverInit{}, err
	}
	const shared = 1
	if _, err := k.c.Write([]byte{shared}); err != nil {
		return serverInit{}, err
	}
	return readServerInit(k.c)
}

// choose agrees on a way of authentication. With a password it takes no way that
// needs none: who answers in place of the screen shall not get away with it.
func (k *knocking) choose() (byte, error) {
	var offered []byte
	if k.version == 3 {
		n, err := readUint32(k.c)
		if err != nil {
			return 0, err
		}
		if n == wayInvalid {
			return 0, k.refusal()
		}
		offered = []byte{byte(min(n, 255))}
	} else {
		n, err := readByte(k.c)
		switch {
		case err != nil:
			return 0, err
		case n == 0:
			return 0, k.refusal()
		case n > maxWays:
			return 0, errNotRFB
		}
		offered = make([]byte, n)
		if _, err := io.ReadFull(k.c, offered); err != nil {
			return 0, err
		}
	}
	way := byte(wayNone)
	if k.password != "" && (!k.either || bytes.Contains(offered, []byte{wayVNC})) {
		way = wayVNC
	}
	if !bytes.Contains(offered, []byte{way}) {
		return 0, noWay(offered, way)
	}
	if k.version != 3 {
		if _, err := k.c.Write([]byte{way}); err != nil {
			return 0, err
		}
	}
	return way, nil
}

// prove answers the challenge, where there is one, and reads the result, where
// the version sends one.
func (k *knocking) prove(way byte) error {
	if way == wayVNC {
		var c challenge
		if _, err := io.ReadFull(k.c, c[:]); err != nil {
			return err
		}
		answer := c.answer(k.password)
		if _, err := k.c.Write(answer[:]); err != nil {
			return err
		}
	} else if k.version < 8 {
		return nil
	}
	result, err := readUint32(k.c)
	switch {
	case err != nil:
		return err
	case result == 0:
		return nil
	case k.version == 8:
		return k.refusal()
	}
	return refusedScreen("")
}

// refusal reads why the server refuses.
func (k *knocking) refusal() error {
	why, err := readText(k.c, maxReason)
	if err != nil {
		return err
	}
	return refusedScreen(why)
}

func refusedScreen(why string) *core.Error {
	e := core.Errorf(core.CodeCluster, "the VM's screen refuses gwm")
	if why != "" {
		e.Message += ": " + core.Printable(why)
	}
	return e.WithHint("look at the VM's parameters for VNC: is its password the one in the file?")
}

// noWay says that the server offers no way of authentication that gwm takes.
func noWay(offered []byte, want byte) *core.Error {
	switch {
	case want == wayVNC && bytes.Contains(offered, []byte{wayNone}):
		return core.Errorf(core.CodeCluster, "the VM's screen asks for no password although one is set for it").
			WithHint("somebody else may answer in its place; look at the node, then restart the VM")
	case bytes.Contains(offered, []byte{wayVNC}):
		return core.Errorf(core.CodeUnsupported, "the VM's screen asks for a password that the cluster does not name").
			WithHint("set the parameter vnc_password_file of the VM")
	}
	return core.Errorf(core.CodeUnsupported, "the VM's screen speaks TLS or another kind of login that gwm does not (%s)", ways(offered)).
		WithHint("switch vnc_tls off and bind the screen to the node's loopback: gwm reaches it over SSH there")
}

// ways are the names of ways of authentication.
func ways(offered []byte) string {
	names := map[byte]string{5: "RA2", 6: "RA2ne", 16: "Tight", 18: "TLS", 19: "VeNCrypt", 20: "SASL", 30: "Apple"}
	var b bytes.Buffer
	for i, w := range offered {
		if i > 0 {
			b.WriteString(", ")
		}
		if name := names[w]; name != "" {
			b.WriteString(name)
		} else {
			fmt.Fprintf(&b, "%d", w)
		}
	}
	return b.String()
}
