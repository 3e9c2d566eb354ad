package ssh

import (
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	charm "charm.land/ssh"
	gossh "golang.org/x/crypto/ssh"

	"gwm/core"
	"gwm/ssh/command"
)

// refuseRequest answers the requests of a connection: port forwarding, and
// everything that is not known.
func refuseRequest(charm.Context, *charm.Server, *gossh.Request) (bool, []byte) { return false, nil }

// refuseChannel answers every kind of channel but sessions.
func refuseChannel(_ *charm.Server, _ *gossh.ServerConn, offer gossh.NewChannel, _ charm.Context) {
	switch offer.ChannelType() {
	case "direct-tcpip", "direct-streamlocal@openssh.com":
		_ = offer.Reject(gossh.Prohibited, "gwm does not forward connections")
	default:
		_ = offer.Reject(gossh.UnknownChannelType, "gwm opens sessions only")
	}
}

// sessionOffer stands between the client and the library: what the client asks
// of the session passes sift first.
type sessionOffer struct {
	gossh.NewChannel
	ch *channel
}

// Accept implements gossh.NewChannel.
func (o sessionOffer) Accept() (gossh.Channel, <-chan *gossh.Request, error) {
	raw, in, err := o.NewChannel.Accept()
	if err != nil {
		return nil, nil, fmt.Errorf("accept a session: %w", err)
	}
	out := make(chan *gossh.Request)
	guarded := &input{Channel: raw, ch: o.ch}
	o.ch.wire = guarded
	o.ch.conn.spawn(func() { o.ch.sift(guarded, in, out) })
	return guarded, out, nil
}

// sift passes on to the library what it may serve, refuses the rest, and ends
// the channel's context when the client closed the channel. A channel on which
// nothing was started within the time of a handshake is closed.
func (ch *channel) sift(raw gossh.Channel, in <-chan *gossh.Request, out chan<- *gossh.Request) {
	defer close(out)
	defer ch.cancel()
	waiting := time.AfterFunc(ch.conn.server.cfg.Limits.Handshake, func() { _ = raw.Close() })
	defer waiting.Stop()
	for req := range in {
		switch {
		case req.Type == "subsystem":
			ch.refuseSubsystem(raw, req)
		case !ch.passes(raw, req):
			if req.WantReply {
				_ = req.Reply(false, nil)
			}
		case req.Type == "window-change" || req.Type == "signal":
			if req.WantReply {
				_ = req.Reply(true, nil)
			}
		default:
			if req.Type == "shell" || req.Type == "exec" {
				waiting.Stop()
			}
			out <- req
		}
	}
}

// passes tells whether a request is acceptable, and carries out those that the
// library does not see: window sizes, which it would let pile up, and signals.
func (ch *channel) passes(raw gossh.Channel, req *gossh.Request) bool {
	switch req.Type {
	case "shell", "exec":
		if ch.started {
			return false
		}
		ch.started = true
		ch.conn.work.Add(1) // until serveSession ends
		return true
	case "pty-req":
		return !ch.started
	case "env":
		return ch.setVariable(req.Payload)
	case "window-change":
		var size struct{ Width, Height, PixelWidth, PixelHeight uint32 }
		if gossh.Unmarshal(req.Payload, &size) != nil {
			return false
		}
		ch.resize(size.Width, size.Height)
		return true
	case "signal":
		return ch.signal(req.Payload)
	default: // agent and X11 forwarding among them
		return false
	}
}

// setVariable tells whether a variable of the environment may be set.
func (ch *channel) setVariable(payload []byte) bool {
	var v struct{ Name, Value string }
	if ch.started || gossh.Unmarshal(payload, &v) != nil || ch.variables >= maxVariables {
		return false
	}
	ch.variables++
	return acceptVariable(v.Name, v.Value) || ch.conn.local && v.Name == variableAsk
}

// signal ends what runs, as the signals do that a terminal can send.
func (ch *channel) signal(payload []byte) bool {
	var sig struct{ Name string }
	if gossh.Unmarshal(payload, &sig) != nil {
		return false
	}
	switch sig.Name {
	case "INT", "TERM", "HUP", "KILL", "QUIT":
		ch.cancel()
		return true
	}
	return false
}

// refuseSubsystem says on the session's standard error that there are none, and
// ends it: OpenSSH's clients show no reason for a request that fails.
func (ch *channel) refuseSubsystem(raw gossh.Channel, req *gossh.Request) {
	ok := !ch.started
	ch.started = true
	if req.WantReply {
		_ = req.Reply(ok, nil)
	}
	if !ok {
		return
	}
	var sub struct{ Name string }
	_ = gossh.Unmarshal(req.Payload, &sub)
	_, _ = fmt.Fprintf(raw.Stderr(), "gwm has no %s: it does not transfer files, it runs a screen and commands\n", core.Printable(sub.Name))
	_, _ = raw.SendRequest("exit-status", false, gossh.Marshal(struct{ Status uint32 }{command.ExitUsage}))
	_ = raw.Close()
}

// input is what the person types or sends, and the end of the channel. It writes
// for one goroutine at a time, which the library's channel leaves to its callers:
// the echo of what is typed comes beside what a command prints.
type input struct {
	gossh.Channel
	ch      *channel
	writing sync.Mutex
}

// Write implements io.Writer.
func (i *input) Write(p []byte) (int, error) {
	i.writing.Lock()
	defer i.writing.Unlock()
	return i.Channel.Write(p)
}

// Close implements io.Closer.
func (i *input) Close() error {
	i.ch.released.Do(i.ch.conn.release)
	return i.Channel.Close()
}

// cutGrace is how long the news that a client closed the whole channel may come
// after the end of the input that it causes.
const cutGrace = 10 * time.Millisecond

// Read implements io.Reader. It tells when the person does something. The end of
// the input is io.EOF only where the client said so: what was cut is not taken
// for complete.
func (i *input) Read(p []byte) (int, error) {
	n, err := i.Channel.Read(p)
	if n > 0 {
		i.ch.touch()
	}
	if errors.Is(err, io.EOF) {
		select {
		case <-i.ch.ctx.Done():
			err = io.ErrUnexpectedEOF
		case <-time.After(cutGrace):
		}
	}
	return n, err
}
