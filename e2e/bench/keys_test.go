//go:build bench

package bench

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"gwm/core"
	"gwm/ssh"
	"gwm/tui"
)

// A keySet is a kind of key, and what is pressed around it. {} in a key is the
// place of a column's title: a click there sorts.
type keySet struct {
	name   string
	before []string // not measured
	keys   []string
	after  []string // not measured
	bytes  float64  // aim for the median
}

// keySets are all kinds. Several hundred keys together.
func keySets() []keySet {
	down := func(n int) []string { return slices.Repeat([]string{"j"}, n) }
	words := []string{"vm0123", "db", "node0007", "10.1.2", "status:error", "memory>2G", "!prod", "zzz"}
	var typed []string
	for _, w := range words {
		for _, r := range w {
			typed = append(typed, string(r))
		}
		typed = append(typed, "\x15") // ctrl-u: all rows again
	}
	return []keySet{
		{name: "cursor down", before: []string{"g"}, keys: down(25)},
		{name: "cursor down that scrolls", before: slices.Concat([]string{"g"}, down(40)), keys: down(200), bytes: 400},
		{
			name: "cursor down that scrolls, no panel (w)", before: slices.Concat([]string{"w", "g"}, down(40)), keys: down(100),
			after: []string{"w"}, bytes: 400,
		},
		{name: "page down", before: []string{"g"}, keys: slices.Repeat([]string{"\x1b[6~"}, 150)},
		{name: "filter keystroke", before: []string{"g", "/"}, keys: slices.Concat(typed, typed), after: []string{"\x1b"}},
		{name: "sort by another column", keys: slices.Repeat([]string{"{memory}", "{node}", "{name}"}, 15)},
	}
}

func TestBenchKeys(t *testing.T) {
	b, dir := warm(t)
	s, err := openSite(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := s.close(); err != nil {
			t.Error(err)
		}
	}()
	s.run()
	if err := s.await(b.size); err != nil {
		t.Fatal(err)
	}
	s.calm()
	titles, err := measureModel(s)
	if err != nil {
		t.Fatal(err)
	}
	if err := measureSSH(s, filepath.Join(t.TempDir(), "keys"), titles); err != nil {
		t.Fatal(err)
	}
}

// measureModel measures the model alone: Update and View, without a program, a
// renderer or a line. It returns where the titles of the columns are.
func measureModel(s *site) (titles map[string][2]int, err error) {
	app := tui.New(s.session, options)
	defer app.Close()
	app.Update(tea.KeyPressMsg{Code: '2', Text: "2"})
	titles = findTitles(app.View().Content)
	if len(titles) == 0 {
		return nil, fmt.Errorf("no list:\n%s", app.View().Content)
	}
	results.section("Key to drawn frame in the model alone, %d VMs, %dx%d", large, width, height)
	for _, set := range keySets() {
		press := func(keys []string) (took []time.Duration) {
			for _, k := range keys {
				msg := message(k, titles)
				began := time.Now()
				app.Update(msg)
				_ = app.View()
				took = append(took, time.Since(began))
			}
			return took
		}
		press(set.before)
		took := press(set.keys)
		press(set.after)
		results.note(ms(median(took)), "ms", "%s, median of %d (95%%: %s ms)", set.name, len(took), number(ms(quantile(took, 0.95))))
	}
	return titles, nil
}

// measureSSH measures what a person at the other end of a connection sees.
func measureSSH(s *site, dir string, titles map[string][2]int) (err error) {
	addr, stop, err := serveSSH(s, dir)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, stop()) }()
	key, line, err := newSigner()
	if err != nil {
		return err
	}
	if err := s.addPerson("ada", line); err != nil {
		return err
	}
	term, err := openTerminal(addr, "ada", key)
	if err != nil {
		return err
	}
	defer term.drop()
	if err := term.await("big"); err != nil {
		return err
	}
	term.reset()
	term.send("2")
	if err := term.await("vm000001"); err != nil {
		return err
	}
	results.section("Key to first frame and to the last byte over SSH, %d VMs, %dx%d", large, width, height)
	for _, set := range keySets() {
		var painted, took []time.Duration
		var sizes []int
		term.send(set.before...)
		for _, k := range set.keys {
			first, last, n, err := term.press(sequence(k, titles))
			if err != nil {
				return fmt.Errorf("%s: %w", set.name, err)
			}
			painted, took, sizes = append(painted, first), append(took, last), append(sizes, n)
		}
		term.send(set.after...)
		results.aim(ms(median(painted)), "ms", 16, "%s, painted, median of %d (95%%: %s ms)", set.name, len(painted), number(ms(quantile(painted, 0.95))))
		results.note(ms(median(took)), "ms", "%s, last byte, median (95%%: %s ms)", set.name, number(ms(quantile(took, 0.95))))
		results.aim(float64(median(sizes)), "bytes", set.bytes, "%s, bytes, median (95%%: %d)", set.name, quantile(sizes, 0.95))
	}
	return nil
}

// findTitles finds the titles of the columns on a screen, counted from 0.
func findTitles(screen string) map[string][2]int {
	titles := map[string][2]int{}
	for y, line := range strings.Split(ansi.Strip(screen), "\n") {
		if !strings.Contains(line, "NAME") || !strings.Contains(line, "STATE") {
			continue
		}
		for _, title := range []string{"NAME", "NODE", "MEMORY"} {
			if before, _, ok := strings.Cut(line, title); ok {
				titles["{"+strings.ToLower(title)+"}"] = [2]int{ansi.StringWidth(before), y}
			}
		}
		break
	}
	return titles
}

// sequence is a key as a terminal sends it.
func sequence(key string, titles map[string][2]int) string {
	if at, ok := titles[key]; ok {
		return fmt.Sprintf("\x1b[<0;%d;%dM", at[0]+1, at[1]+1)
	}
	return key
}

// message is a key as the model gets it.
func message(key string, titles map[string][2]int) tea.Msg {
	if at, ok := titles[key]; ok {
		return tea.MouseClickMsg{X: at[0], Y: at[1], Button: tea.MouseLeft}
	}
	switch key {
	case "\x1b":
		return tea.KeyPressMsg{Code: tea.KeyEscape}
	case "\x1b[6~":
		return tea.KeyPressMsg{Code: tea.KeyPgDown}
	case "\x15":
		return tea.KeyPressMsg{Code: 'u', Mod: tea.ModCtrl}
	}
	return tea.KeyPressMsg{Code: []rune(key)[0], Text: key}
}

// serveSSH serves the site on a free port of the loopback interface.
func serveSSH(s *site, keys string) (addr string, stop func() error, err error) {
	server, err := ssh.New(ssh.Config{
		Core: s.core, HostKeyDir: keys,
		Limits: ssh.Limits{Exempt: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}},
	})
	if err != nil {
		return "", nil, err
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", nil, err
	}
	ctx, cancel := context.WithCancel(context.Background())
	served := make(chan error, 1)
	go func() { served <- server.Serve(ctx, ln) }()
	return ln.Addr().String(), func() error { cancel(); return <-served }, nil
}

// addPerson makes a site administrator with a key.
func (s *site) addPerson(name, line string) error {
	key, err := core.ParseKey(line)
	if err != nil {
		return err
	}
	_, err = s.session.Do(context.Background(), core.AddUser{User: core.User{Name: name, Admin: true}, Keys: []core.Key{key}})
	return err
}
