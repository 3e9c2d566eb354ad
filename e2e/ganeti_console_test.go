//go:build ganeti

package e2e

import (
	"bytes"
	"context"
	"fmt"
	"regexp"
	"strings"
	"time"
)

// tagged is a running VM that has one of the test bed's tags and lacks another.
func (b *bed) tagged(where, tag, without string) string {
	b.Helper()
	for name, row := range b.table(where, "gnt-instance", "name,status,tags") {
		if row[0] == "running" && strings.Contains(row[1], tag) && (without == "" || !strings.Contains(row[1], without)) {
			return name
		}
	}
	b.Fatalf("%s has no running VM with the tag %s", where, tag)
	return ""
}

// letIn has all nodes of a cluster know gwm's key until the test ends, and gwm trust
// theirs, which vm's node has to show first. Until both is done nobody gets in.
func (b *bed) letIn(where, vm string) {
	b.Helper()
	r := b.w.as(b.T, "admin", "vm", "console", where+"/"+vm)
	if r.code == 0 {
		b.Fatalf("a node that nobody trusts is logged in to: %+v", r)
	}
	shown := regexp.MustCompile(`SHA256:[\w+/]+`).FindString(r.err)
	has(b.T, r.err, "for the first time", "console trust "+where)
	other := "SHA256:" + strings.Repeat("A", 43)
	if r := b.w.as(b.T, "admin", "console", "trust", where, "*", other, "--yes"); r.code == 0 {
		b.Errorf("a key was trusted that no node showed: %+v", r)
	}
	b.w.must(b.T, "admin", "console", "trust", where, "*", shown, "--yes")
	r = b.w.as(b.T, "admin", "vm", "console", where+"/"+vm)
	if r.code == 0 {
		b.Fatalf("gwm got in without its key: %+v", r)
	}
	has(b.T, r.err, "does not know gwm's key", "console key "+where)
	b.authorize(where)
}

// authorize has all nodes of a cluster know gwm's key until the test ends.
func (b *bed) authorize(where string) {
	b.Helper()
	line := strings.TrimSpace(b.w.must(b.T, "admin", "console", "key", where))
	const file = "/root/.ssh/authorized_keys"
	for node := range b.table(where, "gnt-node", "name") {
		at := b.at(where, node)
		b.exec(at, "flock", "/root/.ssh", "sh", "-c", `umask 077; echo "$1" >> "$2"`, "sh", line, file)
		b.Cleanup(func() {
			b.exec(at, "flock", "/root/.ssh", "sh", "-c", `grep -vF "$1" "$2" > "$2.new"; chmod 600 "$2.new"; mv "$2.new" "$2"`, "sh", line, file)
		})
	}
}

// at is where exec runs commands on a node.
func (b *bed) at(where, node string) string {
	short, _, _ := strings.Cut(node, ".")
	return where + "-" + short
}

// person adds somebody who may use the console of a VM.
func (b *bed) person(who, vm string) {
	b.Helper()
	b.join(who)
	b.w.must(b.T, "admin", "grant", "set", who, "console", vm)
}

// testConsoleEnds takes the ground away under somebody who sits at a real
// console, in every way, and waits for the console to end.
func testConsoleEnds(b *bed) {
	t := b.T
	name := b.tagged("alpha", "console:serial,console:vnc", "") // its screen leaves its serial console alone
	vm := "alpha/" + name
	b.letIn("alpha", name)
	b.person("conny", vm)
	for _, how := range []struct {
		name string
		take []string
		give []string
		why  string
	}{
		{name: "the right", take: []string{"grant", "remove", "conny", vm}, give: []string{"grant", "set", "conny", "console", vm}, why: "you may not use the console"},
		{name: "a lock of the VM", take: []string{"lock", "set", vm, "--reason", "test"}, give: []string{"lock", "clear", vm}, why: "locked"},
		{name: "a lock of the person", take: []string{"lock", "set", "user:conny", "--reason", "test"}, give: []string{"lock", "clear", "user:conny"}, why: "locked"},
		{name: "by its number", take: []string{"console", "end", "SEAT", "--yes"}, why: "ended"},
		{name: "the person", take: []string{"user", "edit", "conny", "--disabled"}, give: []string{"user", "edit", "conny", "--disabled=false"}},
	} {
		over, out := b.watch("conny", vm)
		var seats []struct{ ID, User string }
		for len(seats) == 0 {
			b.json(&seats, "admin", "console", "list", vm)
		}
		line := strings.Fields(strings.Replace(strings.Join(how.take, " "), "SEAT", seats[0].ID, 1))
		b.w.must(t, "admin", line...)
		since := time.Now()
		select {
		case <-over:
		case <-time.After(patience):
			t.Fatalf("the console is still open without %s", how.name)
		}
		t.Logf("%s: the console ended %v after the command", how.name, time.Since(since).Round(time.Millisecond))
		has(t, out(), how.why)
		b.json(&seats, "admin", "console", "list", vm)
		if len(seats) != 0 {
			t.Errorf("%s: there is still a seat: %+v", how.name, seats)
		}
		if how.give != nil {
			b.w.must(t, "admin", how.give...)
		}
	}
}

// watch looks at the console of a VM as somebody, on a connection of their own. It
// returns once they are connected; over is closed when the console has ended.
func (b *bed) watch(who, vm string) (over <-chan struct{}, out func() string) {
	b.Helper()
	ctx, cancel := context.WithTimeout(b.Context(), patience)
	b.Cleanup(cancel)
	client, err := b.w.actors[who].dial(ctx, b.w.server.addr)
	check(b.T, err)
	b.Cleanup(func() { _ = client.Close() })
	var shown, said bytes.Buffer // two: they are written at the same time
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_, err := execute(ctx, client, "vm console "+vm+" --watch", strings.NewReader(""), &shown, &said)
		if err != nil {
			fmt.Fprintln(&said, err)
		}
	}()
	return ended, func() string { <-ended; return shown.String() + said.String() }
}
