package tui

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/charmbracelet/x/ansi"
	"github.com/google/go-cmp/cmp"

	"gwm/core"
	"gwm/tui/theme"
)

func TestSizes(t *testing.T) {
	t.Parallel()
	for mib, want := range map[int]string{
		0: "0", 1: "1M", 512: "512M", 999: "999M", 1000: "1G", 1024: "1G", 1536: "1.5G", 10 << 10: "10G", 16896: "16G", 1 << 20: "1T",
		2411724: "2.3T", 1 << 30: "1P", 5 << 40: "5120P",
	} {
		if got := size(mib); got != want {
			t.Errorf("size(%d) = %q, want %q", mib, got, want)
		}
	}
	if got := sizeOr(-1); got != "?" {
		t.Errorf("a size that is not known is %q", got)
	}
}

func TestSpans(t *testing.T) {
	t.Parallel()
	for d, want := range map[time.Duration]string{
		-time.Second: "0s", 400 * time.Millisecond: "0s", 59 * time.Second: "59s", 90 * time.Second: "1m", 47 * time.Hour: "47h",
		48 * time.Hour: "2d", 729 * 24 * time.Hour: "729d", 730 * 24 * time.Hour: "2y",
	} {
		if got := span(d); got != want {
			t.Errorf("span(%s) = %q, want %q", d, got, want)
		}
	}
}

func TestJobTitles(t *testing.T) {
	t.Parallel()
	for title, want := range map[string]string{
		"INSTANCE_STARTUP(web1.example.org)": "startup web1.example.org",
		"BACKUP_EXPORT(web1)":                "backup export web1",
		"CLUSTER_VERIFY":                     "cluster verify",
		"OS_DIAGNOSE":                        "os diagnose",
		"stop web1":                          "stop web1",
		"":                                   "",
		"TAGS_SET(a), TAGS_SET(b)":           "tags set a and 1 more",
	} {
		if got := (&core.JobRow{Title: title}).Words(); got != want {
			t.Errorf("%q becomes %q, want %q", title, got, want)
		}
	}
	ours := &core.JobRow{Title: "STOP(x)", Ours: &core.Job{ID: 1}}
	if got := ours.Words(); got != "STOP(x)" {
		t.Errorf("our own title became %q", got)
	}
}

func TestScopeIsAPieceOfTheView(t *testing.T) {
	t.Parallel()
	vms := fleet(10)
	for cluster, want := range map[string][]*core.VM{"": vms, "berlin": vms[:5], "paris": vms[5:], "london": {}, "zurich": {}} {
		got := scoped(vms, cluster, vmCluster)
		if len(got) != len(want) || len(got) > 0 && &got[0] != &want[0] {
			t.Errorf("scope %q has %d rows, want %d of the view's own", cluster, len(got), len(want))
		}
	}
}

func TestHealthSaysSinceWhenAndHowOld(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		th := theme.New(theme.Default(), theme.ModeNone, true)
		now := time.Now()
		down := core.Errorf(core.CodeUnreachable, "no route to \x1b[31mhost")
		for _, c := range []struct {
			name string
			h    core.Health
			want string
		}{
			{"good", core.Health{Fetched: now}, "* "},
			{"first answer awaited", core.Health{Loading: true}, "? waiting for the first answer"},
			{
				"down",
				core.Health{Fetched: now.Add(-3 * time.Minute), Since: now.Add(-2 * time.Minute), Error: down},
				"! unreachable since " + clock(now.Add(-2*time.Minute)) + ", data 3m old: no route to ·[31mhost",
			},
			{"never up", core.Health{Error: down}, "! unreachable, no data yet: no route to ·[31mhost"},
		} {
			symbol, sentence, _ := health(th, c.h)
			if diff := cmp.Diff(c.want, symbol+" "+sentence); diff != "" {
				t.Errorf("%s:\n%s", c.name, diff)
			}
		}
	})
}

func TestManyClustersDownLeaveRoomForTheList(t *testing.T) {
	t.Parallel()
	th := theme.New(theme.Default(), theme.ModeNone, false)
	clusters := map[string]core.ClusterSummary{}
	for _, name := range []string{"a", "b", "c", "d", "e", "f", "g", "h"} {
		clusters[name] = core.ClusterSummary{Health: core.Health{Error: core.Errorf(core.CodeUnreachable, "down")}}
	}
	lines := notices(th, clusters, "", 60, 20)
	if len(lines) != 5 || ansi.Strip(lines[4]) != " ! and 4 more clusters without an answer" {
		t.Errorf("%d lines: %q", len(lines), lines)
	}
	if lines := notices(th, clusters, "c", 60, 20); len(lines) != 1 || !strings.Contains(lines[0], "c: unreachable") {
		t.Errorf("one cluster in scope: %q", lines)
	}
}

func TestErrorsAreWrapped(t *testing.T) {
	t.Parallel()
	th := theme.New(theme.Default(), theme.ModeNone, false)
	for _, c := range []struct {
		text     string
		w, limit int
		want     []string
	}{
		{"short", 20, 3, []string{"short"}},
		{"it could not be started because of this", 20, 3, []string{"it could not be", "   started because", "   of this"}},
		{"it could not be started because of this", 20, 2, []string{"it could not be", "   started because…"}},
		{"averyveryverylongwordwithoutspaces", 10, 2, []string{"averyve", "   ryvery…"}},
		{"x", 0, 2, []string{""}},
		{"x", 1, 1, []string{"x"}},
	} {
		if diff := cmp.Diff(c.want, wrapped(th, theme.Style{}, c.text, c.w, c.limit)); diff != "" {
			t.Errorf("%q in %d cells:\n%s", c.text, c.w, diff)
		}
	}
}

func TestCauseOfAClusterThatDoesNotAnswer(t *testing.T) {
	t.Parallel()
	for message, want := range map[string]string{
		"cannot read what the cluster is on cluster beta: nothing listens at 127.0.0.1:5080": "nothing listens at 127.0.0.1:5080",
		"cannot list the VMs on cluster beta: the answer is no JSON: <html>":                 "the answer is no JSON: <html>",
		"the password is wrong": "the password is wrong",
		"":                      "",
	} {
		if got := (core.Health{Error: &core.Error{Message: message}}).Cause(); got != want {
			t.Errorf("%q: %q, want %q", message, got, want)
		}
	}
}

func TestAnErrorDoesNotReadLikeAStateThatIsFine(t *testing.T) {
	t.Parallel()
	th := theme.New(theme.Default(), theme.Mode16, false)
	for status, want := range map[string]string{
		"ERROR_down": "! error down", "ERROR_up": "! error up", "ERROR_wrongnode": "! wrongnode", "": "! error",
	} {
		symbol, word, _ := vmState(th, &core.VM{Status: status, State: core.StateError})
		if got := symbol + " " + word; got != want {
			t.Errorf("%s is shown as %q, want %q", status, got, want)
		}
	}
}

// TestUpperFirst holds that a sentence begins with a capital, and that a name is
// not changed for it.
func TestUpperFirst(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"":                               "",
		"the VM runs":                    "The VM runs",
		"berlin/web1 has no vnc console": "berlin/web1 has no vnc console",
	} {
		if got := upperFirst(text); got != want {
			t.Errorf("%q became %q, not %q", text, got, want)
		}
	}
}

// TestMemoryOf says what the sizes are of before how much of it is in use.
func TestMemoryOf(t *testing.T) {
	t.Parallel()
	vm := &core.VM{MinMemoryMiB: 128, MemoryMiB: 256, RunMemoryMiB: 128}
	if got, want := memoryOf(vm, " memory"), "128M to 256M memory, 128M in use"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}
