package consoleproxy

import (
	"context"
	"encoding/json"
	"time"

	"github.com/gorilla/websocket"

	"gwm/core"
)

// message is what goes over a control socket, in both directions.
//
// The page sends: "have" (the key to come back with has arrived), "link" (it wants
// to connect with the screen), "may" (what may it do?), "do" (What, Number), "ping"
// (is anybody there?).
// gwm sends: "hello" (VM, Cluster, User, Resume, Powers), "link" (Key), "powers",
// "screen" (why it cannot be seen, or that it can), "done" and "refused" (Number),
// "pong", "end", "replaced".
type message struct {
	Type    string    `json:"type"`
	VM      string    `json:"vm,omitempty"`
	Cluster string    `json:"cluster,omitempty"`
	User    string    `json:"user,omitempty"`
	Resume  string    `json:"resume,omitempty"`
	Key     string    `json:"key,omitempty"`
	What    string    `json:"what,omitempty"`
	Number  int       `json:"number,omitempty"`
	Powers  []power   `json:"powers,omitempty"`
	Code    core.Code `json:"code,omitempty"`
	Text    string    `json:"text,omitempty"`
	Hint    string    `json:"hint,omitempty"`
}

// complaint is a message that says what is wrong.
func complaint(kind string, e *core.Error) message {
	return message{Type: kind, Code: e.Code, Text: core.Printable(e.Message), Hint: core.Printable(e.Hint)}
}

// power is something that a person may or may not do with the VM.
type power struct {
	What   string `json:"what"`
	Effect string `json:"effect"` // what the page asks about before it is done
	Asks   bool   `json:"asks"`   // the page asks first
	May    bool   `json:"may"`
	Why    string `json:"why,omitempty"` // why not
}

// powerOps are the ops that the page offers, by its words for them.
func powerOps(vm core.Ref) []struct {
	what string
	op   core.Op
} {
	return []struct {
		what string
		op   core.Op
	}{
		{"start", core.StartVM{VM: vm}},
		{"shutdown", core.StopVM{VM: vm}},
		{"off", core.StopVM{VM: vm, Force: true}},
		{"reset", core.RestartVM{VM: vm, Mode: core.RestartHard}},
		{"restart", core.RestartVM{VM: vm, Mode: core.RestartFull}},
	}
}

func powersOf(seat occupant) []power {
	var all []power
	for _, p := range powerOps(seat.Info().VM) {
		may, spec := seat.Can(p.op), p.op.Spec()
		all = append(all, power{
			What: p.what, Effect: core.Printable(spec.Effect), Asks: spec.Danger > core.Safe, May: may.OK, Why: core.Printable(may.Why),
		})
	}
	return all
}

const (
	maxWaiting = 32               // messages for a page that does not read
	askWait    = 15 * time.Second // for one request of the page
)

// control is one control socket. One goroutine reads it (serve), one writes.
type control struct {
	conn   *websocket.Conn
	out    chan parting
	closed chan struct{} // closed when nothing is read any more
	asked  *rates[string]
}

// parting is a message; with a code it is the last.
type parting struct {
	message message
	code    int
	reason  string
}

func newControl(c *websocket.Conn) *control {
	listen(c, maxControl)
	return &control{
		conn: c, out: make(chan parting, maxWaiting), closed: make(chan struct{}),
		asked: newRates[string](Rate{Burst: 20, Every: 500 * time.Millisecond}),
	}
}

// send puts a message into the queue. A page that does not read is gone.
func (c *control) send(m message) { c.put(parting{message: m}) }

// end sends a last message and closes.
func (c *control) end(m message, code int, reason string) { c.put(parting{m, code, reason}) }

// over is end for a seat that is over.
func (c *control) over(why *core.Error) {
	m := complaint("end", why)
	c.end(m, closeOver, m.Text)
}

func (c *control) put(p parting) {
	select {
	case c.out <- p:
	default:
		_ = c.conn.Close() // it is too slow
	}
}

// write sends what is in the queue and pings, until reading ends or a last message
// was sent.
func (c *control) write() {
	tick := time.NewTicker(pingEvery)
	defer tick.Stop()
	defer func() { _ = c.conn.Close() }()
	for {
		select {
		case <-c.closed:
			c.bid()
			return
		case <-tick.C:
			if ping(c.conn) != nil {
				return
			}
		case p := <-c.out:
			if !c.deliver(p) {
				return
			}
		}
	}
}

// bid sends a last message that was in the queue when reading ended.
func (c *control) bid() {
	for {
		select {
		case p := <-c.out:
			if p.code != 0 {
				c.deliver(p)
				return
			}
		default:
			return
		}
	}
}

// deliver sends a message; false where it was the last.
func (c *control) deliver(p parting) bool {
	wait := writeWait
	if p.code != 0 {
		wait = closeWait
	}
	if c.conn.SetWriteDeadline(time.Now().Add(wait)) != nil || c.conn.WriteJSON(p.message) != nil {
		return false
	}
	if p.code != 0 {
		hangUp(c.conn, p.code, p.reason)
	}
	return p.code == 0
}

// serve reads until the socket ends. leaves tells that the page was closed.
func (c *control) serve(ctx context.Context, b *browser) (leaves bool) {
	defer close(c.closed)
	for {
		kind, text, err := c.conn.ReadMessage()
		if err != nil {
			return websocket.IsCloseError(err, websocket.CloseNormalClosure, websocket.CloseGoingAway)
		}
		var m message
		if kind != websocket.TextMessage || json.Unmarshal(text, &m) != nil || c.asked.take("", time.Now()) > 0 {
			const why = "this is not what the page sends"
			c.end(message{Type: "end", Code: core.CodeInvalid, Text: why}, websocket.ClosePolicyViolation, why)
			return true
		}
		c.answer(ctx, b, m)
	}
}

func (c *control) answer(ctx context.Context, b *browser, m message) {
	switch m.Type {
	case "have":
		b.arrived()
	case "link":
		c.send(message{Type: "link", Key: b.newLink(time.Now())})
	case "ping":
		c.send(message{Type: "pong"})
	case "may":
		c.send(message{Type: "powers", Powers: powersOf(b.seat)})
	case "do":
		c.send(do(ctx, b.seat, m))
	}
}

// do carries out what the page asks for.
func do(ctx context.Context, seat occupant, m message) message {
	ctx, cancel := context.WithTimeout(ctx, askWait)
	defer cancel()
	for _, p := range powerOps(seat.Info().VM) {
		if p.what != m.What {
			continue
		}
		job, err := seat.Do(ctx, p.op)
		if err == nil {
			return message{Type: "done", Number: m.Number, Text: "job " + job.String() + ": " + core.Printable(p.op.Spec().Title)}
		}
		e := core.AsError(err)
		answer := complaint("refused", e)
		answer.Number = m.Number
		if e.Code == core.CodeStepUp {
			answer.Hint = "do it on the screen of gwm, which asks for the code"
		}
		return answer
	}
	return message{Type: "refused", Number: m.Number, Code: core.CodeInvalid, Text: "there is nothing of this name to do"}
}
