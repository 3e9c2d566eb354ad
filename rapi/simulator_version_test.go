package rapi_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"gwm/core"
	"gwm/rapi"
	"gwm/rapi/rapitest"
)

// version starts a simulated Ganeti of a version, with one VM.
func version(t *testing.T, software, user string) core.Platform {
	t.Helper()
	server, err := rapitest.Serve(rapitest.New(rapitest.Config{
		Name: "old.example.net", Version: software, RequireAuth: true, Tags: []string{"büro", "🚀"},
		Users: []rapitest.User{{Name: "gwm", Password: "hunter22", Write: true}, {Name: "look", Password: "hunter22"}},
		Nodes: []rapitest.Node{{Name: "node1.old.example.net", Role: "M", IP: "10.0.0.1", CPUs: 4, Memory: 8192, Disk: 1 << 20, Group: "default"}},
		VMs: []rapitest.VM{{
			Name: "web1.old.example.net", Node: "node1.old.example.net", Running: true, OSParams: map[string]any{"locale": "de_DE"},
		}},
	}))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Close() })
	p, err := rapi.Open(core.Cluster{
		Name: "old", Platform: "ganeti", URL: server.URL(), User: user, CA: string(server.CA()),
	}, core.NewSecret("hunter22"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Close)
	return p
}

// TestVersionsThroughTheClient shows where a person sees a difference between
// the versions, and that there is none elsewhere.
func TestVersionsThroughTheClient(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		version, discard string
		osParams         []core.Param
	}{
		{"2.16.2", "default", []core.Param{}},
		{"3.0.2", "default", []core.Param{}},
		{"3.1.0", "ignore", []core.Param{{Name: "locale", Value: "de_DE", Custom: true}}},
	} {
		t.Run(tt.version, func(t *testing.T) {
			t.Parallel()
			p := version(t, tt.version, "gwm")
			info, err := p.Info(t.Context())
			if err != nil || info.Software != "Ganeti "+tt.version || !info.HasQuery {
				t.Errorf("info %+v, %v", info, err)
			}
			if diff := cmp.Diff([]string{"büro", "🚀"}, info.Tags); diff != "" {
				t.Errorf("tags (-want +got):\n%s", diff)
			}
			_, raw, err := p.VM(t.Context(), "web1.old.example.net")
			if err != nil {
				t.Fatal(err)
			}
			d, err := p.Detail(raw)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.osParams, d.OSParams); diff != "" {
				t.Errorf("OS parameters (-want +got):\n%s", diff)
			}
			for _, hv := range d.Hypervisor {
				if hv.Name == "disk_discard" && hv.Value != tt.discard {
					t.Errorf("disk_discard is %q", hv.Value)
				}
			}
			id, err := p.Submit(t.Context(), core.RestartVM{VM: core.VMRef("", "web1.old.example.net")}, "gwm:x:job-1")
			if err != nil {
				t.Fatal(err)
			}
			if job, err := p.Job(t.Context(), id); err != nil || job.Reason != "gwm:x:job-1" {
				t.Errorf("job %+v, %v", job, err)
			}
		})
	}
}

// TestVersionsRefuseAlike asks as a user without write access, and for what no
// version knows: the words are the same although Python 2 escapes otherwise.
func TestVersionsRefuseAlike(t *testing.T) {
	t.Parallel()
	var first []string
	for _, software := range []string{"2.16.2", "3.0.2", "3.1.0"} {
		p := version(t, software, "look")
		_, start := p.Submit(t.Context(), core.StartVM{VM: core.VMRef("", "web1.old.example.net")}, "")
		_, _, unknown := p.VM(t.Context(), "no'such")
		query := p.(*rapi.Client).Query(t.Context(), "nosuch", []string{"name"}, nil, func([]rapi.Cell) error { return nil })
		got := []string{core.AsError(start).Error(), core.AsError(unknown).Error(), core.AsError(query).Error()}
		if first == nil {
			first = got
		}
		if diff := cmp.Diff(first, got); diff != "" {
			t.Errorf("%s (-2.16.2 +got):\n%s", software, diff)
		}
		if core.CodeOf(start) != core.CodeRefused || !strings.Contains(got[1], "no'such") || !strings.Contains(got[2], `'["nosuch"`) {
			t.Errorf("%s: %q", software, got)
		}
	}
}
