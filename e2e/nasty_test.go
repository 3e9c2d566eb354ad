package e2e

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// standIns are good words for the arguments as help names them, so that one of a
// command can be nasty and the others lead on.
var standIns = map[string]string{
	"CLUSTER": "berlin", "NODE": "berlin/node1", "VM": "berlin/web1", "OBJECT": "berlin/web1", "JOB": "1", "ID": "aaaaaaaaaaaa",
	"USER": "zed", "WHO": "zed", "GROUP": "team", "NAME": "zed", "VERB": "power", "VERBS": "power", "FINGERPRINT": "SHA256:" + strings.Repeat("x", 43),
	"FILTER": "web1", "FILE": "-", "WHAT": "zed", "WORDS": "web1", "OBJECT|JOB": "berlin/web1", "CLUSTER|VM": "berlin", "ID|VM": "berlin/web1", "KEY": "ctrl-o", "ROLE": "drained",
	"CLUSTER/NAME": "berlin/new1", "CLUSTER/TEMPLATE": "berlin/small", "TEMPLATE": "berlin/small", "DISK": "0", "TAG": "env:test",
	"NODEGROUP": "berlin/rackX", "NETWORK": "berlin/lanX", "CIDR": "10.99.0.0/24", "SETTING": "be/maxmem=512", "WORD": "policy",
}

// slots are the places of a command where people write something: its words, with
// NASTY in each of them in turn. They are read from its help, so that none of a new
// command is forgotten.
func slots(t *testing.T, w *world, command string) [][]string {
	t.Helper()
	words := strings.Fields(command)
	help := w.must(t, "ann", append(words, "--help")...)
	_, usage, ok := strings.Cut(help, "Usage:\n  gwm "+command)
	if !ok {
		t.Fatalf("%s: its help has no usage: %s", command, help)
	}
	usage, _, _ = strings.Cut(usage, "\n")
	usage, _, _ = strings.Cut(usage, " --") // an option that is shown there is among the others
	good := slices.Clone(words)
	var places []int
	for _, name := range strings.Fields(strings.ReplaceAll(usage, "[flags]", "")) {
		name = strings.Trim(name, "[].")
		if standIns[name] == "" {
			t.Errorf("%s: what could stand for %s? Add it to standIns", command, name)
		}
		places = append(places, len(good))
		good = append(good, standIns[name])
	}
	var all [][]string
	for _, at := range places {
		line := slices.Clone(good)
		line[at] = "NASTY"
		all = append(all, line)
	}
	_, flags, _ := strings.Cut(help, "\nFlags:\n")
	flags, _, _ = strings.Cut(flags, "\n\n")
	for _, m := range regexp.MustCompile(`(?m)^ +(?:-\w, )?(--[\w-]+) \S+ {2,}`).FindAllStringSubmatch(flags, -1) {
		all = append(all, append(slices.Clone(good), m[1], "NASTY"))
	}
	return all
}

// nastier are names of others in disguise, which must be as unknown as the same
// disguise of nobody.
func nastier() []pair {
	var all []pair
	for _, p := range []pair{{"bob", "rob"}, {"group:ops", "group:spo"}, {"paris", "pasir"}, {"paris/db1", "paris/bd1"}, {"web2", "webX"}} {
		for _, disguise := range []string{
			"%s", " %s ", "%s\x00", "%s\n", "%s\u200b", "\ufeff%s", "./%s", "%s/", "%s/.", "%s%%00", "user:%s", "berlin/../%s", "%s\u202e", "'%s'", "%s,zed", "%s*",
		} {
			all = append(all, pair{fmt.Sprintf(disguise, p.hidden), fmt.Sprintf(disguise, p.unknown)})
		}
		all = append(all, pair{strings.ToUpper(p.hidden), strings.ToUpper(p.unknown)})
	}
	return all
}

// TestNastyWordsEverywhere puts nasty words into every argument and option of every
// command, and into every field of every form, as somebody with one VM and as the
// administrator of one cluster: each has one clear answer, nothing hangs, nobody
// learns of others, and nothing of theirs changes.
func TestNastyWordsEverywhere(t *testing.T) {
	t.Parallel()
	w := attacked(t)
	dora, err := newActor("dora")
	check(t, err)
	w.actors["dora"] = dora
	w.must(t, "admin", "user", "add", "dora", "--key", strings.TrimSpace(dora.authorizedKey()))
	w.must(t, "admin", "user", "add", "zed")
	w.must(t, "admin", "group", "add", "team", "--member", "ann")
	w.must(t, "admin", "grant", "set", "ann", "admin", "berlin/web1")
	w.must(t, "admin", "grant", "set", "ann", "admin", "group:team")
	w.must(t, "admin", "grant", "set", "dora", "admin", "berlin")
	w.must(t, "admin", "owner", "set", "paris/db1", "bob")
	w.must(t, "admin", "quota", "set", "bob", "paris", "--vms", "3")
	w.must(t, "admin", "token", "add", "paris", "--comment", "secret place")
	before := w.ofOthers(t)

	words, pairs := nasty(), nastier()
	words = append(words, "\u2028", "\u2066x\u2069", "аdmin", "ｂｅｒｌｉｎ", "e\u0301\u0301\u0301", "\U0001F3F4\U000E0067\U000E007F", "0x1F", "١", "1e400", "-9223372036854775808",
		"2026-13-45", "0000-00-00", "9999-12-31T23:59:60Z", "+99999999999h", "P1Y", "mon-fri 8:00", "../../../../proc/self/environ", "file:///etc/passwd", "http://169.254.169.254/",
		"group:", "user:", "vm:", "::", "{}", "[]", "null", "%s%n%d", "{{.}}", "\\u0000", "site/..", "berlin/berlin/web1")
	turn := 0
	next := func() string { turn++; return words[turn%len(words)] }
	hidden := regexp.MustCompile(`\bparis\b|\bdb1\b|\bold1\b|\bbob\b|\bops\b|secret place`)
	tells := map[string]bool{"grant roles": true, "audit list": true, "audit export": true} // roles that are called so; her own words
	// who gives rights on their own has to name to whom, and learns whether there is such a person
	known := map[string]bool{"grant set": true, "grant remove": true, "group member add": true, "can": true}
	judge := func(who string, line []string, r result) {
		t.Helper()
		what := fmt.Sprintf("%s: %.80q", who, line)
		clean(t, what, strings.ReplaceAll(r.out, "\t", " ")+r.err)
		if r.code > 6 || len(r.err) > 5000 {
			t.Errorf("%s: exit code %d, %d bytes of complaint: %.300s", what, r.code, len(r.err), r.err)
		}
		hasNot(t, r.out+r.err, "fault inside", "goroutine", "panic")
	}
	for _, command := range leaves(t, w) {
		for _, slot := range slots(t, w, command) {
			for range 4 {
				line := pair{}.in(slot, "NASTY")
				line[slices.Index(slot, "NASTY")] = next()
				r := w.as(t, "ann", line...)
				judge("ann", line, r)
				if help := strings.Contains(r.out, "Usage:"); !help && hidden.MatchString(r.out+r.err) && !hidden.MatchString(strings.Join(line, " ")) && !tells[command] {
					t.Errorf("ann: %.80q tells of others: %.300s%.300s", line, r.out, r.err)
				}
				if !strings.HasPrefix(command, "cluster ") { // dora may break her own cluster
					judge("dora", line, w.as(t, "dora", line...))
				}
			}
			if at := slices.Index(slot, "NASTY"); !known[command] {
				p := pairs[turn%len(pairs)]
				a, b := slices.Clone(slot), slices.Clone(slot)
				a[at], b[at] = p.hidden, p.unknown
				alike(t, w, a, b, p)
			}
		}
	}
	for _, line := range [][]string{{"whoami", "--act-as", "NASTY"}, {"whoami", "--see-as", "NASTY"}, {"whoami", "--output", "NASTY"}, {"NASTY"}} {
		for _, word := range words {
			line := slices.Clone(line)
			line[len(line)-1] = word
			judge("ann", line, w.as(t, "ann", line...))
		}
	}
	var forms []string
	check(t, json.Unmarshal([]byte(w.must(t, "ann", "form", "--output", "json")), &forms))
	for _, form := range forms {
		for _, what := range []string{"", "zed", "zed berlin", "berlin/web1", "team", "- -", "berlin"} {
			line := append([]string{"form"}, strings.Fields(form+" "+what)...)
			for _, who := range []string{"ann", "dora"} {
				if who == "dora" && strings.HasPrefix(form, "cluster") {
					continue
				}
				answers := ""
				for range 12 {
					answers += next() + "\n"
				}
				r := w.feed(t, who, answers, line...)
				judge(who, line, r)
			}
		}
	}
	if after := w.ofOthers(t); after != before {
		t.Errorf("something of others has changed:\n%s\nbefore:\n%s", after, before)
	}
	hasNot(t, w.server.Log(), `"level":"ERROR"`)
	honest(t, w)
	has(t, w.must(t, "admin", "audit", "verify"), "valid")
}

// ofOthers is all that is kept of bob, his group and paris.
func (w *world) ofOthers(t *testing.T) string {
	t.Helper()
	var all strings.Builder
	for _, line := range []string{
		"user show bob", "key list bob", "group show ops", "grant list --to bob", "grant list --to group:ops", "grant list --on paris", "grant list --on paris/db1",
		"quota list paris", "token list paris", "rights on paris/db1", "lock list",
	} {
		out := w.must(t, "admin", append(strings.Fields(line), "--output", "json")...)
		if line == "lock list" && strings.Contains(out, "paris") {
			t.Errorf("paris is locked: %s", out)
			continue
		} else if line == "lock list" {
			continue
		}
		all.WriteString(line + ": " + out)
	}
	return all.String()
}

// alike holds that ann cannot tell two lines apart but by the word that she wrote.
func alike(t *testing.T, w *world, a, b []string, p pair) {
	t.Helper()
	fold := func(r result, word string) string {
		text := fmt.Sprintf("exit code %d\n%s%s", r.code, r.out, r.err)
		for _, part := range strings.FieldsFunc(word, func(c rune) bool { return c < '0' || c > '9' && c < 'A' || c > 'Z' && c < 'a' || c > 'z' }) {
			text = regexp.MustCompile(`(?i)\b`+regexp.QuoteMeta(part)+`\b`).ReplaceAllString(text, "NAME")
		}
		return regexp.MustCompile(`\b[a-z2-7]{12}-[a-z2-7]{32}\b|\b\d+\b`).ReplaceAllString(text, "NUMBER") // of jobs; secrets of tokens
	}
	ra, rb := w.as(t, "ann", a...), w.as(t, "ann", b...)
	if x, y := fold(ra, p.hidden), fold(rb, p.unknown); x != y {
		t.Errorf("ann: %q and %q are told apart:\n%s\n%s", a, b, x, y)
	}
}
