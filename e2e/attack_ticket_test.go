//go:build linux

package e2e

import (
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/gorilla/websocket"

	"gwm/consoleproxy/consoletest"
)

// The codes that sockets are closed with, and the addresses of both.
const (
	closeOver    = 4001
	closeDenied  = 4003
	closeLimited = 4029
	controlPath  = "/console/control"
	screenPath   = "/console/rfb"
)

// patient has the page count no failures of this test's one source.
var patientPage = []string{"  limits:", "    failures: {burst: 1000, every: 1s}", "    requests: {burst: 10000, every: 1ms}"}

// TestAttackTickets comes with tickets that are not good, for every reason that there
// is: all that nobody may learn from have one answer, and nothing stays open.
func TestAttackTickets(t *testing.T) {
	t.Parallel()
	s := newStand(t, patientPage...)
	screen := s.shows(portWeb2, consoletest.ScreenOptions{})
	answers := map[string][]string{}
	denied := func(what, path, secret string) {
		t.Helper()
		code, text := s.refused(path, secret)
		if code != closeDenied {
			t.Errorf("%s: closed with %d, %s", what, code, text)
		}
		answers[text] = append(answers[text], what)
	}
	s.settles("the guesses", func() {
		good, of := s.ticket("ann", "web2")
		for _, guess := range []string{flip(good), good[1:], good + "a", strings.ToUpper(good), "%00" + good, strings.Repeat("a", 52)} {
			denied("a guess", controlPath, "gwm.ticket."+guess)
		}
		c, m := s.open(good) // the guesses have not spent it
		if m.User != "ann" || m.VM != "web2.oslo.example.org" {
			t.Errorf("it opened %+v", m)
		}
		denied("the ticket again", controlPath, "gwm.ticket."+good)
		_ = c.Close()
		of.hang()
		if n := once(t, s, "ann", "web2"); n != 1 {
			t.Errorf("%d of eight got in with one ticket", n)
		}
	})
	s.settles("tickets whose ground is gone", func() {
		for _, tt := range []struct{ what, take, give string }{
			{"a logout", "", ""},
			{"a disabled account", "user edit ann --disabled", "user edit ann --disabled=false"},
		} {
			ticket, of := s.ticket("ann", "web2")
			if tt.take == "" {
				of.hang()
				eventually(t, "the end of the session", func() bool { return len(s.sessionsOf(t, "ann")) == 0 })
			} else {
				s.must(t, "admin", strings.Fields(tt.take)...)
			}
			denied("after "+tt.what, controlPath, "gwm.ticket."+ticket)
			if tt.give != "" {
				s.must(t, "admin", strings.Fields(tt.give)...)
			}
			denied("after "+tt.what+", once more", controlPath, "gwm.ticket."+ticket)
			of.hang()
		}
	})
	if len(answers) != 1 {
		t.Errorf("tickets that are not good are told apart: %q", answers)
	}
	for _, tt := range []struct{ what, take, give string }{
		{"the right", "grant remove ann oslo/web2", "grant set ann console oslo/web2"},
		{"a lock", "lock set oslo/web2 --reason x", "lock clear oslo/web2"},
		{"a read-only cluster", "cluster edit oslo --read-only", "cluster edit oslo --read-only=false"},
	} {
		ticket, of := s.ticket("ann", "web2")
		s.must(t, "admin", strings.Fields(tt.take)...)
		if code, text := s.refused(controlPath, "gwm.ticket."+ticket); code != closeDenied || !strings.Contains(text, "any more") {
			t.Errorf("after %s: %d %s", tt.what, code, text)
		}
		s.must(t, "admin", strings.Fields(tt.give)...)
		if code, _ := s.refused(controlPath, "gwm.ticket."+ticket); code != closeDenied {
			t.Errorf("after %s was given back: %d", tt.what, code)
		}
		of.hang()
	}
	// those of the screen and to come back with are no better
	s.settles("keys", func() { keysOf(t, s, screen, denied) })

	ticket, _ := s.ticket("ann", "web2")
	s.down(t, syscall.SIGTERM)
	s.up(t)
	s.web = s.webAddr(t)
	denied("after a restart", controlPath, "gwm.ticket."+ticket)
	s.must(t, "admin", "audit", "verify")
	honest(t, s.world)
	s.ends()
}

// flip changes the first letter.
func flip(secret string) string {
	if secret[0] == 'a' {
		return "b" + secret[1:]
	}
	return "a" + secret[1:]
}

// once has eight come with one ticket at the same time, and counts who gets in.
func once(t *testing.T, s *stand, who, vm string) int {
	t.Helper()
	ticket, of := s.ticket(who, vm)
	defer of.hang()
	var all sync.WaitGroup
	in := make(chan *websocket.Conn, 8)
	for range 8 {
		all.Go(func() {
			c, _, err := s.socket(controlPath, "gwm.ticket."+ticket, nil)
			if err != nil {
				t.Error(err)
				return
			}
			var m news
			if c.ReadJSON(&m) == nil && m.Type == "hello" {
				in <- c
			}
		})
	}
	all.Wait()
	close(in)
	n := 0
	for c := range in {
		n++
		_ = c.Close()
	}
	return n
}

// keysOf uses the keys that a page gets twice, late, and in the place of each other.
func keysOf(t *testing.T, s *stand, screen *consoletest.Screen, denied func(what, path, secret string)) {
	t.Helper()
	ticket, of := s.ticket("ann", "web2")
	control, hello := s.open(ticket)
	old, key := linkKey(t, s, control), linkKey(t, s, control)
	watch := func(what, key string) {
		t.Helper()
		if code, _ := s.refused(screenPath, "gwm.link."+key); code != closeDenied {
			t.Errorf("%s: %d", what, code)
		}
	}
	watch("a key that another one replaced", old)
	watch("a guess", flip(key))
	watch("a ticket", ticket)
	watch("a key to come back with", hello.Resume)
	c, _, err := s.socket(screenPath, "gwm.link."+key, nil)
	check(t, err)
	_, version, err := c.ReadMessage()
	check(t, err)
	if string(version) != "RFB 003.008\n" {
		t.Errorf("the screen begins with %q", version)
	}
	watch("a key that was used", key)
	if n := len(screen.Seen().Shared); n != 0 {
		t.Errorf("%d viewers logged in", n)
	}
	denied("a link as ticket", controlPath, "gwm.ticket."+linkKey(t, s, control))
	if code, _ := s.refused(controlPath, "gwm.resume."+flip(hello.Resume)); code != closeDenied {
		t.Errorf("a guess to come back with: %d", code)
	}
	// who comes back with the key takes the page's place, and gets another key
	back, _, err := s.socket(controlPath, "gwm.resume."+hello.Resume, nil)
	check(t, err)
	again := s.hear(back, "hello")
	s.hear(control, "replaced")
	check(t, back.WriteJSON(map[string]string{"type": "have"}))
	linkKey(t, s, back)
	if code, _ := s.refused(controlPath, "gwm.resume."+hello.Resume); code != closeDenied || again.Resume == hello.Resume {
		t.Errorf("a key to come back with is good twice: %d", code)
	}
	// the right goes, and both sockets with it
	key = linkKey(t, s, back)
	c, _, err = s.socket(screenPath, "gwm.link."+key, nil)
	check(t, err)
	s.must(t, "admin", "grant", "remove", "ann", "oslo/web2")
	for what, c := range map[string]*websocket.Conn{"control": back, "screen": c} {
		var err error
		for err == nil {
			_, _, err = c.ReadMessage()
		}
		var e *websocket.CloseError
		if !asClose(err, &e) || e.Code != closeOver {
			t.Errorf("the socket of the %s: %v", what, err)
		}
	}
	// who comes back is told why, and nothing more
	if code, text := s.refused(controlPath, "gwm.resume."+again.Resume); code != closeOver || !strings.Contains(text, "any more") {
		t.Errorf("somebody comes back whose right is gone: %d %s", code, text)
	}
	s.must(t, "admin", "grant", "set", "ann", "console", "oslo/web2")
	of.hang()
}

// linkKey asks for a key that the socket of the screen comes with.
func linkKey(t *testing.T, s *stand, control *websocket.Conn) string {
	t.Helper()
	check(t, control.WriteJSON(map[string]string{"type": "link"}))
	return s.hear(control, "link").Key
}

// TestAttackGuesses has one source guess until nothing of it is looked at any more,
// while the page goes on for everybody else.
func TestAttackGuesses(t *testing.T) {
	t.Parallel()
	s := newStand(t)
	good, _ := s.ticket("ann", "web2")
	mine, _ := s.ticket("ann", "old1")
	c, _ := s.open(mine)
	limited := 0
	for i := range 14 {
		code, _ := s.refused(controlPath, "gwm.ticket."+string("0189"[i%4])+good[1:]) // no ticket has these digits
		if code == closeLimited {
			limited++
		} else if code != closeDenied || i > 10 {
			t.Errorf("guess %d: %d", i, code)
		}
	}
	if code, _ := s.refused(controlPath, "gwm.ticket."+good); code != closeLimited || limited == 0 {
		t.Errorf("after many guesses a good ticket: %d; %d guesses were not looked at", code, limited)
	}
	linkKey(t, s, c) // who is in stays in
	s.from = "127.0.0.77"
	s.unspent(good) // it was not looked at
	// guesses fill no audit log
	if n := strings.Count(s.must(t, "admin", "audit", "list", "--op", "console.redeem", "--event", "denied"), "ticket:unknown"); n != 1 {
		t.Errorf("%d records of guesses", n)
	}
}
