package e2e

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"gwm/rapi/rapitest"
)

// troubled asks for a cluster until its health is as wanted.
func (w *world) troubled(t *testing.T, cluster string, words ...string) {
	t.Helper()
	deadline := time.Now().Add(patience)
	for {
		out := w.must(t, "admin", "cluster", "show", cluster)
		missing := ""
		for _, word := range words {
			if !strings.Contains(out, word) {
				missing = word
			}
		}
		if missing == "" {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("%q is missing in:\n%s", missing, out)
		}
		w.as(t, "admin", "cluster", "refresh", cluster)
	}
}

// TestChaosFaults lets one cluster misbehave in every way. It is told, what was
// known stays, the other cluster goes on, and the end of the fault is noticed.
func TestChaosFaults(t *testing.T) {
	t.Parallel()
	w := newSite(t)
	berlin, paris := w.state["berlin"], w.state["paris"]
	for _, f := range []rapitest.Fault{
		{Kind: rapitest.Dead},
		{Kind: rapitest.Status, Status: 500},
		{Kind: rapitest.Status, Status: 502, HTML: true},
		{Kind: rapitest.Status, Status: 503, HTML: true},
		{Kind: rapitest.Cut, Bytes: 20},
		{Kind: rapitest.WrongTypes},
		{Kind: rapitest.EmptyList, Times: 1},
		{Kind: rapitest.LuxidDown},
	} {
		before := requests(paris)
		berlin.Faults().Set(f)
		r := w.as(t, "admin", "cluster", "refresh", "berlin")
		if f.Kind != rapitest.EmptyList && r.code == 0 {
			t.Errorf("%s %d: the refresh says nothing", f.Kind, f.Status)
		}
		hasNot(t, r.err, "<html", "inside gwm")
		for _, vm := range []string{"web1", "web2", "db1", "old1"} {
			has(t, w.must(t, "admin", "vm", "list", "--cluster", "berlin"), vm)
		}
		w.must(t, "admin", "cluster", "refresh", "paris")
		if requests(paris) == before {
			t.Errorf("%s: paris was not asked", f.Kind)
		}
		berlin.Faults().Clear()
		w.must(t, "admin", "cluster", "refresh", "berlin")
		w.must(t, "admin", "vm", "stop", "berlin/web1", "--wait")
		w.must(t, "admin", "vm", "start", "berlin/web1", "--wait")
	}
}

// TestChaosHang lets one cluster take the questions and never answer: the other
// one stays fresh.
func TestChaosHang(t *testing.T) {
	t.Parallel()
	w := newSite(t)
	w.state["berlin"].Faults().Set(rapitest.Fault{Kind: rapitest.Hang})
	before := requests(w.state["berlin"])
	for n := range 10 {
		w.must(t, "admin", "cluster", "refresh", "paris")
		w.must(t, "admin", "vm", "restart", "paris/web1", "--yes", "--wait")
		has(t, w.must(t, "admin", "vm", "list"), "berlin", "paris")
		if got := requests(w.state["berlin"]) - before; got > 20 {
			t.Fatalf("after %d: a cluster that does not answer was asked %d times", n, got)
		}
	}
}

// TestChaosCertificate changes the certificate of a cluster: nothing may be sent
// to it, and the new one is trusted only when somebody says so.
func TestChaosCertificate(t *testing.T) {
	t.Parallel()
	w := newSite(t)
	berlin := w.clusters["berlin"]
	check(t, berlin.Refuse())
	check(t, berlin.ChangeCertificate())
	before := requests(w.state["berlin"])
	check(t, berlin.Resume())
	r := w.as(t, "admin", "cluster", "refresh", "berlin")
	if r.code == 0 {
		t.Error("the new certificate is trusted")
	}
	has(t, r.err, "certificate")
	if r := w.as(t, "admin", "vm", "stop", "berlin/web1", "--wait"); r.code == 0 {
		t.Error("a job was sent to somebody unknown")
	}
	if got := requests(w.state["berlin"]) - before; got != 0 {
		t.Errorf("%d requests were sent to somebody unknown", got)
	}
	w.must(t, "admin", "cluster", "edit", "berlin", "--fingerprint", berlin.Fingerprint(), "--yes")
	w.must(t, "admin", "cluster", "refresh", "berlin")
	w.must(t, "admin", "vm", "stop", "berlin/web1", "--wait")
}

// TestChaosPassword changes the password on the cluster: gwm says so, asks
// seldom, and recovers with the new one.
func TestChaosPassword(t *testing.T) {
	t.Parallel()
	w := newSite(t)
	config := small("berlin")
	config.Users[0].Password = "another-rapi-password"
	check(t, w.clusters["berlin"].Close())
	check(t, w.addCluster("berlin", config))
	w.must(t, "admin", "cluster", "edit", "berlin", "--url", w.clusters["berlin"].URL(), "--fingerprint", w.clusters["berlin"].Fingerprint(), "--no-check", "--yes")
	w.troubled(t, "berlin", "password")
	s, err := w.actors["admin"].open(w.server.addr, 120, 30, "xterm-256color")
	check(t, err)
	w.screens["admin"] = s
	check(t, s.see("berlin"))
	begin, before := time.Now(), requests(w.state["berlin"])
	for range 10 {
		w.must(t, "admin", "cluster", "refresh", "paris")
		w.must(t, "admin", "vm", "list")
	}
	// backoff_max is a second
	if got, most := requests(w.state["berlin"])-before, 2+int(2*time.Since(begin)/time.Second); got > most {
		t.Errorf("a cluster that refuses the password was asked %d times, more than %d", got, most)
	}
	r := w.feed(t, "admin", "another-rapi-password\n", "cluster", "edit", "berlin", "--password-file", "-", "--yes")
	if r.code != 0 {
		t.Fatalf("%+v", r)
	}
	w.must(t, "admin", "cluster", "refresh", "berlin")
	w.must(t, "admin", "vm", "stop", "berlin/web1", "--wait")
}

// TestChaosFlapping lets both clusters come and go while 20 screens look: what
// they are asked does not depend on how many look, and the server does not grow.
func TestChaosFlapping(t *testing.T) {
	t.Parallel()
	w := paced(t, 0)
	for n := range 20 {
		s, err := w.actors[[]string{"admin", "ann", "bob"}[n%3]].open(w.server.addr, 100, 30, "xterm-256color")
		check(t, err)
		w.screens[fmt.Sprint(n)] = s
		check(t, s.see("berlin"))
	}
	fds, err := w.server.descriptors()
	check(t, err)
	begin, before := time.Now(), [2]int{requests(w.state["berlin"]), requests(w.state["paris"])}
	for range 8 {
		for _, c := range []string{"berlin", "paris"} {
			check(t, w.clusters[c].Refuse())
			if r := w.as(t, "admin", "cluster", "refresh", c); r.code != 5 {
				t.Errorf("refresh of a cluster that is gone: %+v", r)
			}
			check(t, w.clusters[c].Resume())
			w.must(t, "admin", "cluster", "refresh", c)
		}
	}
	// Looked at, a cluster is polled every 200 ms with four questions or so, and
	// each refresh is a poll more.
	most := int(time.Since(begin)/(100*time.Millisecond)+16) * 8
	for i, c := range []string{"berlin", "paris"} {
		if got := requests(w.state[c]) - before[i]; got > most {
			t.Errorf("%s was asked %d times in %s", c, got, time.Since(begin))
		}
	}
	for _, s := range w.screens {
		check(t, s.press("2"))
		check(t, s.see("old1"))
	}
	if now, err := w.server.descriptors(); err != nil || now > fds+20 {
		t.Errorf("%d files are open, before it were %d, %v", now, fds, err)
	}
}
