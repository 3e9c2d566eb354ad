package tui

import (
	"bytes"
	"context"
	"time"

	tea "charm.land/bubbletea/v2"

	"gwm/core"
)

// send types. What is typed goes out in order, one piece at a time.
func (c *console) send(p []byte) tea.Cmd {
	if len(p) == 0 || !c.live() {
		return nil
	}
	if len(c.outbox)+len(p) > maxOutbox {
		c.refused = core.Errorf(core.CodeLimit, "the guest does not read what is typed; %s wait for it", sizeOf(len(c.outbox)))
		return nil
	}
	if c.asked.IsZero() && bytes.IndexByte(p, '\r') >= 0 {
		c.asked = time.Now()
	}
	c.outbox = append(c.outbox, p...)
	return c.flush(0)
}

// maxAnswers is what a guest gets for its device requests in a second at most, and
// what may wait besides: it asks as much as it likes, and keys come first.
const maxAnswers = 4 << 10

// answer types what the guest is owed for its device requests.
func (c *console) answer(owed []byte) tea.Cmd {
	if now := time.Now(); now.Sub(c.answeredAt) >= time.Second {
		c.answeredAt, c.answered = now, 0
	}
	if len(c.outbox)+len(owed) > maxAnswers || c.answered+len(owed) > maxAnswers {
		return nil
	}
	c.answered += len(owed)
	return c.send(owed)
}

// slow is how long to wait before a guest that does not read is tried again.
const slow = 200 * time.Millisecond

func (c *console) flush(after time.Duration) tea.Cmd {
	if c.sending || len(c.outbox) == 0 || !c.live() {
		return nil
	}
	c.sending = true
	ctx, line, p := c.ctx, c.line, append([]byte(nil), c.outbox...)
	return func() tea.Msg {
		if !pause(ctx, after) {
			return nil
		}
		n, err := line.Write(p)
		return consoleSentMsg{c, line, n, err, line.State()}
	}
}

// pause waits, and is false where ctx ended before.
func pause(ctx context.Context, d time.Duration) bool {
	if d <= 0 {
		return ctx.Err() == nil
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// sent goes on with the rest of what was typed.
func (c *console) sent(m consoleSentMsg) tea.Cmd {
	if m.line != c.line {
		return nil
	}
	c.sending = false
	c.become(m.state)
	c.outbox = c.outbox[min(max(m.n, 0), len(c.outbox)):]
	switch {
	case core.CodeOf(m.err) == core.CodeLimit:
		return c.flush(slow)
	case m.err != nil:
		c.refused, c.outbox, c.paste = core.AsError(m.err), nil, nil
		return nil
	case len(c.outbox) > 0:
		return c.flush(0)
	}
	return c.pasteOn()
}

// ask does something with the line outside Update.
func (c *console) ask(said string, f func(ctx context.Context, line core.Line) error) tea.Cmd {
	if !c.live() {
		return nil
	}
	c.refused = nil
	ctx, line := c.ctx, c.line
	return func() tea.Msg {
		ctx, cancel := context.WithTimeout(ctx, doTime)
		defer cancel()
		err := f(ctx, line)
		return consoleDidMsg{c, line, said, err, line.State()}
	}
}

// did takes how that went.
func (c *console) did(m consoleDidMsg, a *App) tea.Cmd {
	switch {
	case m.line != c.line:
		return nil
	case m.err != nil:
		c.refused = core.AsError(m.err)
	case m.said != "":
		a.say(Info, m.said)
	}
	c.become(m.state)
	return nil
}
