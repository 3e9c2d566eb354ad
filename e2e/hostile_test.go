package e2e

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"gwm/rapi/rapitest"
)

// evil are texts that would take a terminal over if they reached it.
const evil = "x\x1b]52;c;aGVsbG8=\x07\x1b]0;owned\x07\x1b]2;owned\x1b\\\x1bP$qm\x1b\\\x1b_apc\x1b\\\x1b[2J\x1b[31m\u009b31m\u009d0;owned\u009c\u202eroot\u200b\r\nforged line\x00\x7f"

// hostile is a cluster that sends evil texts wherever it may choose them.
func hostile() rapitest.Config {
	c := small("berlin")
	for i := range c.VMs {
		v := &c.VMs[i]
		v.OS = "os" + evil
		v.Tags = []string{"tag" + evil, "second:" + evil}
		v.Disks = []rapitest.Disk{{Size: 10240, Name: "disk" + evil}}
		v.NICs = []rapitest.NIC{{IP: "10.0.0.1" + evil, MAC: "aa:" + evil, Link: "br" + evil, Name: "nic" + evil}}
		v.HV = map[string]any{"kernel_args": "args" + evil, "vnc_bind_address": evil}
	}
	c.VMs = append(c.VMs, rapitest.VM{Name: "evil" + evil + ".berlin.example.org", Node: "node1.berlin.example.org", Running: true, Memory: 512})
	c.Nodes[1].Tags = []string{"node" + evil}
	c.Nodes[1].IP = "10.0.0.2" + evil
	c.Groups = []rapitest.Group{{Name: "group" + evil, Tags: []string{evil}}}
	c.Tags = []string{"cluster" + evil}
	c.OSes = []string{"os" + evil}
	c.History = []rapitest.Past{
		{Op: "INSTANCE_STARTUP", Target: "web1.berlin.example.org", Ago: time.Hour, Took: time.Minute, Log: []string{"log" + evil}, By: "gwm:" + evil},
		{
			Op: "INSTANCE_MIGRATE", Target: "web2.berlin.example.org", Ago: time.Minute, Took: time.Second, Status: "error", Log: []string{"log" + evil},
			Class: "OpExecError", Message: "error" + evil, Code: "code" + evil, By: evil,
		},
	}
	return c
}

// newHostile is a site whose berlin is hostile.
func newHostile(t *testing.T) *world {
	t.Helper()
	w := newServerless(t)
	check(t, w.clusters["berlin"].Close())
	check(t, w.addCluster("berlin", hostile()))
	w.gwm(t, "cluster", "add", "berlin", "--url", w.clusters["berlin"].URL(), "--user", "gwm", "--password-file", "password", "--ca", "berlin.pem")
	w.up(t)
	return w
}

func TestHostileClusterInCommandsRegression(t *testing.T) {
	t.Parallel()
	w := newHostile(t)
	var jobs []struct{ Name string }
	check(t, json.Unmarshal([]byte(w.must(t, "admin", "job", "list", "--output", "json")), &jobs))
	if len(jobs) < 2 {
		t.Fatalf("the history is not there: %+v", jobs)
	}
	lines := [][]string{
		{"cluster", "list"},
		{"cluster", "show", "berlin"},
		{"node", "list"},
		{"node", "show", "node2"},
		{"vm", "list"},
		{"vm", "list", "tag:forged"},
		{"vm", "show", "web1"},
		{"vm", "show", "web2"},
		{"job", "list"},
		{"vm", "stop", "web1", "--wait"},
		{"vm", "show", "evil" + evil + ".berlin.example.org"},
		{"vm", "stop", "evil" + evil + ".berlin.example.org"},
		{"audit", "list"},
		{"__complete", "vm", "show", ""},
	}
	for _, j := range jobs {
		lines = append(lines, []string{"job", "show", j.Name}, []string{"job", "log", j.Name}, []string{"job", "wait", j.Name})
	}
	seen := false
	for _, words := range lines {
		for _, format := range []string{"table", "json"} {
			line := words
			if words[0] != "__complete" {
				line = append(append([]string{}, words...), "--output", format)
			}
			r := w.as(t, "admin", line...)
			clean(t, strings.Join(words[:2], " "), r.out+r.err)
			hasNot(t, r.out+r.err, "\nforged line")
			seen = seen || strings.Contains(r.out, "forged line")
		}
	}
	if !seen {
		t.Error("no evil text came through at all: the test tests nothing")
	}
	honest(t, w)
}

// TestHostileClusterOnTheScreenRegression goes through every page.
func TestHostileClusterOnTheScreenRegression(t *testing.T) {
	t.Parallel()
	w := newHostile(t)
	s, err := w.actors["admin"].open(w.server.addr, 200, 60, "xterm-256color")
	check(t, err)
	w.screens["admin"] = s
	check(t, s.see("berlin"))
	for _, step := range []struct{ keys, see string }{
		{"2", "web1"},
		{"3", "node2"},
		{"4", "web2"},
	} {
		check(t, s.press(step.keys))
		check(t, s.see(step.see))
	}
	var failed []struct{ Name string }
	check(t, json.Unmarshal([]byte(w.must(t, "admin", "job", "list", "state:failed", "--output", "json")), &failed))
	check(t, s.press(":", "job "+failed[0].Name, "enter"))
	check(t, s.see("forged line"))
	check(t, s.press(":", "vm berlin/web1", "enter"))
	check(t, s.see("1 overview"))
	for _, tab := range []struct{ key, see string }{
		{"2", "kernel_args"},
		{"3", "disk·|disk x|diskx"},
		{"4", "br"},
		{"5", "start"},
		{"6", "history"},
		{"7", "WHERE FROM"},
		{"8", "nobody sits"},
		{"9", "recording"},
		{"J", `"name"`},
	} {
		check(t, s.press(tab.key))
		check(t, s.see(tab.see))
	}
	check(t, s.press(":", "node berlin/node2.berlin.example.org", "enter"))
	check(t, s.see("node2"))
	check(t, s.press("ctrl-p", "evil"))
	check(t, s.see("nothing matches")) // what cannot be a name is not listed
	check(t, s.press("backspace", "backspace", "backspace", "backspace", "web2", "enter"))
	check(t, s.see("› web2"))
	check(t, s.press(":", "q", "enter"))
	check(t, s.end())
	tame(t, s.sent())
}

// tame holds that the server sent a terminal only what its own screen needs.
func tame(t *testing.T, raw string) {
	t.Helper()
	for name, pattern := range map[string]string{
		"clipboard":         `\x1b\]52;`,
		"device control":    `\x1bP[^+|>]`,
		"APC, PM or SOS":    `\x1b[_^X]`,
		"a single C1 byte":  `[\x{80}-\x{9f}]`,
		"bidirectional":     `[\x{202a}-\x{202e}\x{2066}-\x{2069}]`,
		"zero width":        `\x{200b}`,
		"a foreign title":   `\x1b\][012];[^\x07\x1b]*owned`,
		"a forged new line": `\nforged`,
		"NUL or DEL":        `[\x00\x7f]`,
	} {
		if at := regexp.MustCompile(pattern).FindStringIndex(raw); at != nil {
			t.Errorf("%s: %q", name, raw[max(0, at[0]-60):min(len(raw), at[1]+60)])
		}
	}
	for _, title := range regexp.MustCompile(`\x1b\][012];([^\x07\x1b]*)`).FindAllStringSubmatch(raw, -1) {
		if title[1] != "" && !strings.HasPrefix(title[1], "gwm") {
			t.Errorf("the title %q", title[1])
		}
		clean(t, "the title", title[1])
	}
}

// TestAnswerWithPasswordRegression has a cluster that repeats in its errors what
// it was sent.
func TestAnswerWithPasswordRegression(t *testing.T) {
	t.Parallel()
	w := newServerless(t)
	proxy := httptest.NewTLSServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet {
			w.state["berlin"].ServeHTTP(rw, r)
			return
		}
		user, pass, _ := r.BasicAuth()
		rw.Header().Set("Content-Type", "application/json")
		rw.WriteHeader(http.StatusInternalServerError)
		_ = json.NewEncoder(rw).Encode(map[string]any{
			"code": 500, "message": "Internal error for " + pass, "explain": "user " + user + " password " + pass + " header " + r.Header.Get("Authorization"),
		})
	}))
	defer proxy.Close()
	w.gwm(t, "cluster", "add", "berlin", "--url", proxy.URL, "--user", "gwm", "--password-file", "password", "--insecure", "--yes")
	w.up(t)
	r := w.as(t, "admin", "vm", "stop", "berlin/web1", "--wait")
	if r.code != 4 {
		t.Errorf("exit code %d", r.code)
	}
	has(t, r.err, "Internal error")
	shown := r.out + r.err
	for _, words := range [][]string{
		{"job", "show", "1"}, {"job", "list", "--output", "json"}, {"audit", "export"}, {"cluster", "show", "berlin", "--output", "json"},
	} {
		r := w.as(t, "admin", words...)
		shown += r.out + r.err
	}
	encoded := "Basic Z3dtOnBsYW50ZWQt" // base64 of gwm:planted-
	hasNot(t, shown+w.server.Log(), password, encoded)
}
