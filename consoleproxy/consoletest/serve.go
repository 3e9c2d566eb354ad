package consoletest

import (
	"context"
	"io"
	"net"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	gossh "golang.org/x/crypto/ssh"
)

// errRefused is what a node that fell answers.
const errRefused = syscall.ECONNREFUSED

const (
	loginWait = 30 * time.Second
	maxWords  = 64
)

// hanging is a connection that stands still while its node hangs.
type hanging struct {
	net.Conn
	node *Node
}

func (h hanging) wait() {
	h.node.mu.Lock()
	c := h.node.hang
	h.node.mu.Unlock()
	<-c
}

func (h hanging) Read(p []byte) (int, error) {
	h.wait()
	n, err := h.Conn.Read(p)
	h.wait()
	return n, err
}

func (h hanging) Write(p []byte) (int, error) {
	h.wait()
	return h.Conn.Write(p)
}

// serve is one SSH connection.
func (n *Node) serve(conn net.Conn) {
	defer func() {
		_ = recover() // a toy does not take its host down
		_ = conn.Close()
		n.mu.Lock()
		delete(n.conns, conn)
		n.mu.Unlock()
	}()
	_ = conn.SetDeadline(time.Now().Add(loginWait))
	peer, channels, requests, err := gossh.NewServerConn(hanging{conn, n}, n.config())
	if err != nil {
		return
	}
	defer func() { _ = peer.Close() }()
	_ = conn.SetDeadline(time.Time{})
	n.mu.Lock()
	n.logins++
	n.mu.Unlock()
	n.running.Go(func() {
		for r := range requests {
			_ = r.Reply(false, nil) // as OpenSSH answers a keepalive
		}
	})
	for c := range channels {
		switch c.ChannelType() {
		case "session":
			n.running.Go(func() { n.session(c) })
		case "direct-tcpip":
			n.running.Go(func() { n.connect(c) })
		default:
			_ = c.Reject(gossh.UnknownChannelType, "there is no such thing here")
		}
	}
}

// session runs one command.
func (n *Node) session(c gossh.NewChannel) {
	channel, requests, err := c.Accept()
	if err != nil {
		return
	}
	defer func() { _ = channel.Close() }()
	for r := range requests {
		var exec struct{ Command string }
		switch r.Type {
		case "pty-req", "env", "window-change":
			_ = r.Reply(true, nil)
		case "exec":
			err := gossh.Unmarshal(r.Payload, &exec)
			_ = r.Reply(err == nil, nil)
			if err != nil {
				return
			}
			n.running.Go(func() { gossh.DiscardRequests(requests) })
			status := n.run(exec.Command, channel)
			_, _ = channel.SendRequest("exit-status", false, gossh.Marshal(struct{ Status uint32 }{status}))
			return
		default:
			_ = r.Reply(false, nil)
		}
	}
}

// run is the programs that a node has: cat, and those that show the serial port of
// a VM.
func (n *Node) run(command string, channel gossh.Channel) (status uint32) {
	words := split(command)
	switch {
	case len(words) == 3 && words[0] == "cat" && words[1] == "--":
		n.mu.Lock()
		content, ok := n.files[words[2]]
		n.mu.Unlock()
		if !ok {
			_, _ = io.WriteString(channel.Stderr(), "cat: "+words[2]+": No such file or directory\n")
			return 1
		}
		_, _ = io.WriteString(channel, content)
		return 0
	case len(words) >= 3 && strings.HasSuffix(words[0], "/kvm-console-wrapper"):
		return n.Guest(words[2]).serve(channel)
	case len(words) == 2 && words[0] == "serial":
		return n.Guest(words[1]).serve(channel)
	default:
		_, _ = io.WriteString(channel.Stderr(), "there is no such program here\r\n")
		return 127
	}
}

// connect carries a forwarded connection.
func (n *Node) connect(c gossh.NewChannel) {
	var to struct {
		Host     string
		Port     uint32
		From     string
		FromPort uint32
	}
	if err := gossh.Unmarshal(c.ExtraData(), &to); err != nil {
		_ = c.Reject(gossh.ConnectionFailed, "not understood")
		return
	}
	n.mu.Lock()
	target, ok := n.forward[net.JoinHostPort(to.Host, strconv.Itoa(int(to.Port)))]
	n.mu.Unlock()
	if !ok {
		_ = c.Reject(gossh.ConnectionFailed, "Connection refused")
		return
	}
	conn, err := (&net.Dialer{Timeout: loginWait}).DialContext(context.Background(), "tcp", target)
	if err != nil {
		_ = c.Reject(gossh.ConnectionFailed, "Connection refused")
		return
	}
	channel, requests, err := c.Accept()
	if err != nil {
		_ = conn.Close() // who asked has gone
		return
	}
	n.running.Go(func() { gossh.DiscardRequests(requests) })
	n.running.Go(func() {
		_, _ = io.Copy(channel, conn)
		_ = channel.Close() // the far end is through
	})
	_, _ = io.Copy(conn, channel)
	_ = conn.Close() // the near end is through
}

// split reads a command as a POSIX shell does that meets nothing but words and
// single quotes.
func split(command string) []string {
	var words []string
	var word strings.Builder
	quoted, begun, escaped := false, false, false
	for _, r := range command {
		switch {
		case escaped:
			word.WriteRune(r)
			escaped = false
		case r == '\'':
			quoted, begun = !quoted, true
		case r == '\\' && !quoted:
			escaped, begun = true, true
		case r == ' ' && !quoted:
			if begun {
				words = append(words, word.String())
			}
			word.Reset()
			begun = false
		default:
			word.WriteRune(r)
			begun = true
		}
	}
	if begun {
		words = append(words, word.String())
	}
	return slices.Clip(words[:min(len(words), maxWords)])
}
