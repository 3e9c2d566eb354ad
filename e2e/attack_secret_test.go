//go:build linux

package e2e

import (
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gwm/consoleproxy/consoletest"
)

// TestAttackSecrets does all that consoles have to offer while the server logs all
// that it ever does, and looks for every secret of it in what it leaves: the log, the
// audit log, its files, and the arguments of programs.
func TestAttackSecrets(t *testing.T) {
	t.Parallel()
	s, channel := channelStand(t)
	s.knowsNode()
	s.must(t, "admin", "cluster", "edit", "oslo", "--recording", "required")
	s.shows(portWeb2, consoletest.ScreenOptions{Password: "sCr33npw"})
	s.shows(portDB1, consoletest.ScreenOptions{})
	secrets := map[string]string{"RAPI's password": password, "the channel's secret": channelSecret, "the port's password": "k4tzpm8w", "the screen's password": "sCr33npw"}

	ticket, _ := s.ticket("bob", "db1")
	control, hello := s.open(ticket)
	key := linkKey(t, s, control)
	screen, _, err := s.socket(screenPath, "gwm.link."+key, nil)
	check(t, err)
	_, _, err = screen.ReadMessage()
	check(t, err)
	unused, _ := s.ticket("ann", "web2")
	address, viewer, _ := s.viewerPort("ann", "web2")
	_, _ = rfbLogin(s.dial(address), rfb38, 2, "wrong")
	_, _ = rfbLogin(s.dial(address), rfb38, 2, viewer) // the screen wants a password, which is not known
	for what, secret := range map[string]string{"a ticket": ticket, "a ticket that waits": unused, "a link": key, "a way back": hello.Resume, "a viewer's password": viewer} {
		secrets[what] = secret
	}
	c := s.dial(channel)
	_, err = fmt.Fprintf(c, `{"daddr":%q,"dport":%d,"password":"k4tzpm8w","auth":%q,"client":{"password":"sCr33npw"}}`+"\r\n", s.host, portWeb2, channelSecret)
	check(t, err)
	port, err := io.ReadAll(c)
	check(t, err)
	if result, err := rfbLogin(s.dial(net.JoinHostPort(s.host, strings.TrimSpace(string(port)))), rfb38, 2, "k4tzpm8w"); !entered(result, err) {
		t.Errorf("the port %q of the channel: %v, %v", port, result, err)
	}
	s.refused(controlPath, "gwm.ticket."+ticket)
	s.ask(s.upgrade("GET /console/control?"+unused+" HTTP/1.1", unused, "Origin: https://evil.example"))
	s.ask(s.upgrade("GET /console/"+unused+" HTTP/1.1", unused))
	const said = "typed-at-the-console"
	if r := s.feed(t, "ann", "root\rls "+said+"\r", "vm", "console", "oslo/web1", "--timeout", "2s"); r.code != 0 {
		t.Errorf("the serial console: %+v", r)
	}

	places := map[string]string{"the log": s.server.Log(), "the audit log": s.must(t, "admin", "audit", "export")}
	commands, err := filepath.Glob("/proc/[0-9]*/cmdline")
	check(t, err)
	for _, file := range commands {
		text, err := os.ReadFile(file)
		if err == nil && strings.Contains(string(text), filepath.Dir(gwm)) { // it may have ended
			places["the arguments of "+file] = string(text)
		}
	}
	check(t, filepath.WalkDir(filepath.Join(s.dir, "data"), func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		text, err := os.ReadFile(path)
		places[path] = string(text)
		return err
	}))
	for place, text := range places {
		for what, secret := range secrets {
			if strings.Contains(text, secret) {
				t.Errorf("%s is in %s", what, place)
			}
		}
		if place != "the audit log" && strings.Contains(text, said) {
			t.Errorf("what was typed is in %s", place)
		}
		if strings.Contains(text, "PRIVATE KEY") && !strings.HasSuffix(place, "web.key") && !strings.Contains(place, "host_keys") {
			t.Errorf("a private key is in %s", place)
		}
	}
	if len(places) < 6 {
		t.Errorf("only %d places were looked at", len(places))
	}
	var records []json.RawMessage
	check(t, json.Unmarshal([]byte(s.must(t, "admin", "audit", "list", "--op", "console.redeem", "--output", "json")), &records))
	if len(records) == 0 {
		t.Error("no ticket is in the audit log")
	}
	honest(t, s.world)
}
