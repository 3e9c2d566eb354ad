package ssh

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/user"
	"strconv"

	gossh "golang.org/x/crypto/ssh"

	"gwm/core"
	"gwm/ssh/command"
)

// The control socket speaks SSH with a few words of our own.
const (
	// fileChannel is opened by the server for a FILE argument (fileRequest).
	fileChannel = "file@gwm"
	// passwordChannel is opened by the server to ask the person
	// (passwordRequest); the client writes the answer and closes.
	passwordChannel = "password@gwm"
	// resultRequest ends what a side sends on a file channel (fileResult).
	resultRequest = "result@gwm"
	// variableAsk is set by a client that has a person in front of it.
	variableAsk = "GWM_ASK"
)

// ServeControl serves the control socket until ctx ends, as Serve does. The
// peer must be root or the user that this process runs as, which the kernel
// tells; everybody else is refused before the handshake. Such a peer has a site
// administrator's session.
func (s *Server) ServeControl(ctx context.Context, ln net.Listener) error {
	return s.serve(ctx, ln, s.admitLocal)
}

// admitLocal lets root and our own user in.
func (s *Server) admitLocal(conn net.Conn) *connection {
	c := &connection{server: s, net: conn, local: true, exempt: true, leave: func() {}}
	uid, err := peerUID(conn)
	if err != nil {
		s.log.Error("cannot tell who is at the control socket", "err", err)
		c.close()
		return nil
	}
	if !mayControl(uid, os.Getuid()) {
		s.log.Warn("control socket refused", "uid", uid)
		c.turnAway("Only root and the user that gwm runs as may use the control socket.\r\n")
		return nil
	}
	c.name = accountName(uid)
	return c
}

// mayControl tells whether a user may administer a server that runs as own.
func mayControl(uid, own int) bool { return uid == 0 || uid == own }

// accountName is the operating system's name of a user, for the audit log.
func accountName(uid int) string {
	id := strconv.Itoa(uid)
	if u, err := user.LookupId(id); err == nil {
		return u.Username
	}
	return "uid-" + id
}

// remote gives a command at the control socket the files and the person of the
// client.
func (ch *channel) remote(t terminal, env *command.Env) {
	env.Files = remoteFiles{conn: ch.peer, spawn: ch.conn.spawn}
	if t.pty || t.env.lookup(variableAsk) == "" {
		return
	}
	env.Terminal = true
	env.ReadPassword = ch.askPassword
}

type passwordRequest struct{ Prompt string }

// askPassword lets the client ask its person for a password.
func (ch *channel) askPassword(prompt string) (core.Secret, error) {
	answer, requests, err := ch.peer.OpenChannel(passwordChannel, gossh.Marshal(passwordRequest{prompt}))
	if err != nil {
		return core.Secret{}, core.Errorf(core.CodeInvalid, "no password was typed: %w", openError(err))
	}
	ch.conn.spawn(func() { gossh.DiscardRequests(requests) })
	defer func() { _ = answer.Close() }()
	text, err := readAtMost(answer, maxLine)
	if err != nil {
		return core.Secret{}, fmt.Errorf("read the password: %w", err)
	}
	return core.NewSecret(string(text)), nil
}

// openError is why the other side did not open a channel, in its own words.
func openError(err error) error {
	var refused *gossh.OpenChannelError
	if errors.As(err, &refused) {
		return errors.New(core.Printable(refused.Message))
	}
	return errors.New("the client has gone")
}
