package ssh

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"

	tea "charm.land/bubbletea/v2"
	charm "charm.land/ssh"
	"github.com/charmbracelet/colorprofile"
	uv "github.com/charmbracelet/ultraviolet"

	"gwm/core"
	"gwm/ssh/command"
	"gwm/tui"
)

// framesPerSecond is what a screen sends at most. A key waits for half of a frame
// on the average, 8 ms, before it is painted.
const framesPerSecond = 60

// runScreen runs one program on the session and returns the exit code. The
// program's own input only blocks: the keys are read here, because the library's
// reader outlives a session that ends with keys in flight.
func (ch *channel) runScreen(ctx context.Context, sess charm.Session, s *core.Session, t terminal) int {
	cfg := ch.conn.server.cfg
	env := t.env.screen(t.name)
	profile := colorprofile.Env(env)
	screen := cfg.Screen(s, tui.Options{
		Width: t.size.width, Height: t.size.height, Profile: profile, ASCII: t.env.ascii(),
		Term: t.name, Version: cfg.Version, Demo: cfg.Demo, Reached: ch.conn.net.LocalAddr().String(),
	})
	defer screen.Close()
	ctx, cancel := context.WithCancel(ctx)
	guarded := &guard{model: screen, log: ch.conn.server.logPanic, end: cancel}
	var feeding sync.WaitGroup
	defer feeding.Wait()
	defer cancel()
	p := tea.NewProgram(guarded,
		tea.WithContext(ctx),
		tea.WithInput(blocking{ctx}),
		tea.WithOutput(sess),
		tea.WithEnvironment(env),
		tea.WithWindowSize(t.size.width, t.size.height),
		tea.WithColorProfile(profile),
		tea.WithoutSignalHandler(),
		tea.WithFilter(noSuspend),
		tea.WithFPS(framesPerSecond),
	)
	say := func(text string) { p.Send(tui.Announce{Text: text, Kind: tui.Warning}) }
	ch.says.Store(&say)
	feeding.Go(func() { ch.feedSizes(ctx, p) })
	ch.conn.spawn(func() { ch.feedKeys(ctx, sess, t.name, p, cancel) })

	_, err := p.Run()
	ch.says.Store(nil)
	switch {
	case guarded.failed.Load() || errors.Is(err, tea.ErrProgramPanic):
		_, _ = fmt.Fprintln(sess, messagePanic)
		return command.ExitFailed
	case err != nil && ctx.Err() == nil:
		ch.conn.server.log.Error("screen ended", "session", s.ID(), "err", err)
		return command.ExitFailed
	}
	return command.ExitDone
}

// feedKeys turns what the client sends into the program's messages, until the
// channel ends: the program may have gone before. The end of the input ends the
// program.
func (ch *channel) feedKeys(ctx context.Context, r io.Reader, term string, p *tea.Program, end context.CancelFunc) {
	defer end()
	events := make(chan uv.Event)
	ch.conn.spawn(func() {
		defer close(events)
		_ = uv.NewTerminalReader(&floodGuard{r: r}, term).StreamEvents(ctx, events)
	})
	for e := range events {
		p.Send(e)
	}
}

// feedSizes passes the terminal's size on, the newest only.
func (ch *channel) feedSizes(ctx context.Context, p *tea.Program) {
	for {
		select {
		case <-ctx.Done():
			return
		case s := <-ch.sizes:
			p.Send(tea.WindowSizeMsg{Width: s.width, Height: s.height})
		}
	}
}

// blocking is an input without keys.
type blocking struct{ ctx context.Context }

// Read implements io.Reader.
func (b blocking) Read([]byte) (int, error) {
	<-b.ctx.Done()
	return 0, io.EOF
}

// noSuspend turns ctrl-z into nothing: there is no shell to go back to.
func noSuspend(_ tea.Model, msg tea.Msg) tea.Msg {
	if _, ok := msg.(tea.SuspendMsg); ok {
		return tea.ResumeMsg{}
	}
	return msg
}
