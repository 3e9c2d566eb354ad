package tui

import (
	"context"
	"fmt"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"gwm/core"
	"gwm/tui/term"
	"gwm/tui/theme"
)

// recordingPage plays a recording of a serial console.
type recordingPage struct {
	termReader
	host   *host
	place  place
	ascii  bool
	rec    core.Recording
	cast   *term.Cast
	player *term.Player
	failed *core.Error // why it cannot be played
	broken error       // why it ends before its end
	asking bool

	pos     time.Duration // what is shown
	playing bool
	speed   int // power of two of the speed
	ticked  time.Time
	run     int // changes of playing or place: what an older tick brings is not for now
	seeking bool
	unseek  context.CancelFunc // gives the search under way up; nil: there was none
	w, h    int
}

const (
	// idleLimit is the longest pause that is played.
	idleLimit = 2 * time.Second
	// playTick is the time between two pictures of a recording that plays.
	playTick = 50 * time.Millisecond
	seekStep = 10 * time.Second
	// The speeds are powers of two: from a half to sixteen times.
	slowest, fastest = -1, 4
	playFrame        = maxTouched // cells that are touched at a time
)

type (
	castMsg struct {
		rec  core.Recording
		cast *term.Cast
		err  error // why it could not be read
		cut  error // why it could not be read to its end
	}
	playTickMsg struct{ run int }
	soughtMsg   struct {
		run    int
		player *term.Player
	}
)

func newRecordingPage(h *host, a *App, at place) *recordingPage {
	return &recordingPage{host: h, ascii: a.options.ASCII, place: at, termReader: termReader{anchor: -1}}
}

func (p *recordingPage) at() place { return p.place }

func (p *recordingPage) traits() trait { return traitTerm | traitPlay | traitMove | traitSearch }

func (p *recordingPage) selection() selection { return selection{} }

func (p *recordingPage) resize(w, h int) {
	p.w, p.h = w, h
	p.height = max(h-1, 1)
	if p.view != nil {
		p.view.Resize(w, p.height)
	}
}

// show reads the recording.
func (p *recordingPage) show(*core.View) tea.Cmd {
	if p.asking || p.cast != nil || p.failed != nil {
		return nil
	}
	p.asking = true
	s, id := p.host.session, p.place.Arg
	return p.host.call(func(ctx context.Context) tea.Msg {
		rec, text, err := s.Replay(ctx, id)
		if err != nil {
			return castMsg{err: err}
		}
		cast, cut := term.ReadCast(text, idleLimit)
		if err := text.Close(); cut == nil && err != nil {
			cut = err
		}
		return castMsg{rec: rec, cast: cast, cut: cut}
	})
}

func (p *recordingPage) update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case castMsg:
		p.asking = false
		if msg.err != nil {
			p.failed = core.AsError(msg.err)
			return nil
		}
		p.rec, p.cast, p.broken = msg.rec, msg.cast, msg.cut
		p.put(term.NewPlayer(p.cast))
		return p.play(true)
	case playTickMsg:
		if msg.run == p.run && p.playing {
			return p.tick()
		}
	case soughtMsg:
		if msg.run == p.run {
			p.seeking = false
			p.put(msg.player)
			return p.play(p.playing)
		}
	}
	return nil
}

// put shows another player.
func (p *recordingPage) put(player *term.Player) {
	p.player = player
	p.emulator, p.view = &player.Screen, term.NewView(&player.Screen)
	p.view.Resize(p.w, p.height)
	p.anchor = -1
}

// play goes on, or stops.
func (p *recordingPage) play(on bool) tea.Cmd {
	p.run++
	p.playing = on && !p.player.AtEnd()
	if !p.playing {
		p.view.Point()
		return nil
	}
	p.view.Bottom()
	p.ticked = time.Now()
	return p.tick()
}

// tick shows what happened since the last one.
func (p *recordingPage) tick() tea.Cmd {
	now := time.Now()
	elapsed := now.Sub(p.ticked)
	p.ticked = now
	if p.speed < 0 {
		elapsed >>= -p.speed
	} else {
		elapsed <<= p.speed
	}
	if to := p.pos + elapsed; p.player.PlayTo(to, playFrame) {
		p.pos = min(to, p.cast.Lasts())
	}
	if p.player.AtEnd() {
		p.playing, p.pos = false, p.cast.Lasts()
		p.view.Point()
		return nil
	}
	run := p.run
	return p.host.call(func(ctx context.Context) tea.Msg {
		if !pause(ctx, playTick) {
			return nil
		}
		return playTickMsg{run}
	})
}

// seek goes to another place. Going back plays all until then anew, outside
// Update.
func (p *recordingPage) seek(by time.Duration) tea.Cmd {
	p.pos = max(min(p.pos+by, p.cast.Lasts()), 0)
	p.run++
	p.seeking = true
	if p.unseek != nil {
		p.unseek()
	}
	over, unseek := context.WithCancel(p.host.ctx)
	p.unseek = unseek
	run, cast, to := p.run, p.cast, p.pos
	return p.host.call(func(ctx context.Context) tea.Msg {
		defer unseek()
		player := term.NewPlayer(cast)
		for !player.PlayTo(to, playFrame) {
			if ctx.Err() != nil || over.Err() != nil {
				return nil
			}
		}
		return soughtMsg{run, player}
	})
}

func (p *recordingPage) act(id string) (cmd tea.Cmd, done bool) {
	if p.player == nil {
		return nil, false
	}
	switch id {
	case actPlay:
		if p.player.AtEnd() {
			p.playing = true
			return p.seek(-p.pos), true
		}
		return p.play(!p.playing), true
	case actSlower:
		p.speed = max(p.speed-1, slowest)
		return nil, true
	case actFaster:
		p.speed = min(p.speed+1, fastest)
		return nil, true
	case actSeekBack, actLeft:
		return p.seek(-seekStep), true
	case actSeekOn, actRight:
		return p.seek(seekStep), true
	}
	if p.playing {
		p.play(false)
	}
	return p.termReader.act(id)
}

func (p *recordingPage) paint() string {
	t := p.host.look.theme
	switch {
	case p.failed != nil:
		return hollow(t, p.w, core.Printable(p.failed.Message), core.Printable(p.failed.Hint))
	case p.player == nil:
		return hollow(t, p.w, t.Sym.Loading+" reading the recording"+t.Sym.Ellipsis, "")
	}
	return strings.Join(append(p.view.Paint(t.Mode, p.ascii), p.line()), "\n")
}

// line tells what is played and how far.
func (p *recordingPage) line() string {
	t := p.host.look.theme
	word := "paused"
	switch {
	case p.playing:
		word = "playing"
	case p.player.AtEnd():
		word = "end"
	}
	speed := fmt.Sprintf("%dx", 1<<max(p.speed, 0))
	if p.speed < 0 {
		speed = "0.5x"
	}
	left := fmt.Sprintf(" %s %s / %s  %s", word, clockOf(p.pos), clockOf(p.cast.Lasts()), speed)
	for _, note := range []struct {
		on   bool
		text string
	}{
		{p.cast.Cut, "too long: only its beginning"},
		{p.broken != nil, "damaged after this"},
		{p.rec.Failure != "", core.Printable(p.rec.Failure)},
	} {
		if note.on {
			left += "  " + t.Sym.Warn + " " + note.text
		}
	}
	right := core.Printable(fmt.Sprintf("%s, %s, %s", p.rec.VM.Name, clock(p.rec.Began), strings.Join(p.rec.People, ", "))) + " "
	room := p.w - theme.Width(left) - 2
	bar := p.bar(max(min(room-theme.Width(right), 40), 0))
	room -= theme.Width(bar)
	return t.Header.Render(t.Fit(left+"  "+bar+t.FitRight(t.Cut(right, max(room, 0)), max(room, 0)), p.w))
}

// bar is how far it is, in w cells.
func (p *recordingPage) bar(w int) string {
	t := p.host.look.theme
	if w < 6 {
		return ""
	}
	full := int(int64(w) * int64(p.pos) / int64(max(p.cast.Lasts(), 1)))
	return strings.Repeat(t.Sym.MeterFull, min(full, w)) + strings.Repeat(t.Sym.MeterEmpty, max(w-full, 0))
}

// clockOf writes a place in a recording: 1:02:03 or 2:03.
func clockOf(d time.Duration) string {
	s := int(d / time.Second)
	if s >= 3600 {
		return fmt.Sprintf("%d:%02d:%02d", s/3600, s/60%60, s%60)
	}
	return fmt.Sprintf("%d:%02d", s/60, s%60)
}
