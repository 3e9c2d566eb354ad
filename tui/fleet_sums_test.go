package tui

import (
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"

	"gwm/core"
	"gwm/tui/theme"
)

func TestSumsFindWordsThatFit(t *testing.T) {
	t.Parallel()
	th := theme.New(theme.Default(), theme.Mode16, false)
	clusters := []*core.ClusterSummary{
		{Nodes: 800, NodesDown: 20, VMs: 60_000, Running: 59_000, Errors: 123, JobsRunning: 14, MemoryMiB: 9 << 20, MemoryFreeMiB: 1 << 20},
		{Nodes: 4, VMs: 25, Running: 18, MemoryMiB: 512 << 10, MemoryFreeMiB: 1 << 10},
	}
	for w, want := range map[int]string{
		160: "  ! 123 VMs in error · 2 clusters · 804 nodes (20 down) · 59018 of 60025 VMs running · memory 8.5T of 9.5T · 14 jobs running",
		100: "  ! 123 VMs in error · 804 nodes, 20 down · 59018/60025 VMs up · 8.5T/9.5T memory · 14 jobs",
		72:  "  ! 123 errors · 59018/60025 VMs up · 784/804 nodes",
		40:  "  ! 123 errors · 59018/60025 VMs up",
	} {
		if got := ansi.Strip(totals(th, clusters, w)); got != want {
			t.Errorf("in %d cells:\n%q, want\n%q", w, got, want)
		}
	}
	clusters[0].VMs, clusters[0].Running = 60, 48
	if got := ansi.Strip(totals(th, clusters, 80)); strings.Contains(got, "…") || !strings.Contains(got, "memory") {
		t.Errorf("in 80 cells: %q", got)
	}
}

func TestKeptDataHaveAnAgeAndAreNotLoading(t *testing.T) {
	t.Parallel()
	th := theme.New(theme.Default(), theme.Mode16, false)
	now := time.Date(2026, 5, 4, 3, 0, 0, 0, time.UTC)
	at := func(d time.Duration, loading bool) core.ClusterSummary {
		return core.ClusterSummary{Health: core.Health{Fetched: now.Add(-d), Loading: loading}}
	}
	for _, c := range []struct {
		name     string
		clusters []core.ClusterSummary
		want     string
	}{
		{"kept", []core.ClusterSummary{at(time.Second, false), at(3*time.Hour, true)}, "◌ 3h old"},
		{"never", []core.ClusterSummary{at(time.Second, false), {Health: core.Health{Loading: true}}}, "◌ loading"},
		{"fresh", []core.ClusterSummary{at(time.Second, false), at(4*time.Second, false)}, "● <10s"},
		{"old", []core.ClusterSummary{at(time.Minute, false)}, "● 1m old"},
		{"none", nil, "no cluster"},
	} {
		if got, _ := freshness(th, c.clusters, now); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
	kept := at(0, true)
	kept.Health.Fetched = time.Now().Add(-3 * time.Hour)
	if got := clusterCell(&look{theme: th}, &kept); got.Lead != "◌ " {
		t.Errorf("the row of a cluster with kept data begins with %q", got.Lead)
	}
	if words, _ := clusterNotes(th, &kept); words != "data 3h old, waiting for the first answer" {
		t.Errorf("its note is %q", words)
	}
}
