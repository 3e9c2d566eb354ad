package rapi

import (
	"crypto/tls"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"gwm/core"
)

// constructed serves one answer of testdata/VERSION/NAME.json to everything.
func constructed(t *testing.T, version, name string) *Client {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", version, name+".json"))
	if err != nil {
		t.Fatal(err)
	}
	var e exchange
	if err := json.Unmarshal(data, &e); err != nil {
		t.Fatal(err)
	}
	s := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(e.Status)
		_, _ = w.Write(e.Body)
	})
	return client(t, s.URL)
}

// detailsOf reads a list of VMs with everything in it.
func detailsOf(t *testing.T, version string) map[string]core.VMDetail {
	t.Helper()
	c := constructed(t, version, "instances-bulk")
	out := map[string]core.VMDetail{}
	if err := c.VMs(t.Context(), func(_ *core.VM, raw []byte) error {
		d, err := c.Detail(raw)
		out[d.VM.Name] = d
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return out
}

// TestVersionsOfVMs reads the VMs of 2.16 and 3.1: they are those of 3.0, and 3.1
// adds the OS parameters of a VM.
func TestVersionsOfVMs(t *testing.T) {
	t.Parallel()
	recorded := detailsOf(t, "3.0")
	for _, version := range []string{"2.16", "3.1"} {
		got := detailsOf(t, version)
		if len(got) != 4 {
			t.Errorf("%s has %d VMs", version, len(got))
		}
		for name, d := range got {
			want := recorded[name]
			if version == "3.1" {
				want.Hypervisor = slices.Clone(want.Hypervisor)
				change(want.Hypervisor, "disk_discard", "ignore")
				change(want.Hypervisor, "vhost_net", "true")
				if name == "web1.alpha.gwm.test" {
					want.OSParams = []core.Param{{Name: "greeting", Value: "hi", Custom: true}}
				}
			}
			if diff := cmp.Diff(want, d); diff != "" {
				t.Errorf("%s of %s (-as 3.0 +got):\n%s", name, version, diff)
			}
		}
	}
}

// change sets the value of a parameter that is there.
func change(list []core.Param, name, value string) {
	for i := range list {
		if list[i].Name == name {
			list[i].Value = value
		}
	}
}

func TestVersionsOfInfo(t *testing.T) {
	t.Parallel()
	for version, software := range map[string]string{"2.16": "2.16.2", "3.0": "3.0.2", "3.1": "3.1.0"} {
		var got rawInfo
		if err := constructed(t, version, "info").get(t.Context(), call{what: "read", path: "/2/info"}, &got); err != nil {
			t.Fatal(err)
		}
		want := rawInfo{
			Name: "alpha.gwm.test", Software: word(software), Master: "node1.alpha.gwm.test", Hypervisors: words{"kvm", "fake"},
			DiskTemplates: words{"sharedfile", "file", "diskless"}, Tags: words{"env:test", "testbed"},
		}
		inherited, err := params(got.Backend.Default, nil)
		if err != nil || len(inherited) != 6 || inherited[2] != (core.Param{Name: "maxmem", Value: "128"}) {
			t.Errorf("%s: a VM inherits %v, %v", version, inherited, err)
		}
		got.Backend.Default = nil
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", version, diff)
		}
	}
}

// TestVersionsOfErrors reads errors as Python 2 and 3 escape them: people see the same.
func TestVersionsOfErrors(t *testing.T) {
	t.Parallel()
	for _, version := range []string{"2.16", "3.0"} {
		ctx := t.Context()
		_, _, err := constructed(t, version, "error-400-unknown-field").VM(ctx, "web1")
		checkError(t, err, core.CodeInvalid, "doesn't support the parameter 'nosuchfield'")
		err = constructed(t, version, "error-400-query-resource").Stamps(ctx, func(core.VMStamp) error { return nil })
		checkError(t, err, core.CodeUnsupported, `Cannot convert value '["nosuch", ["name"], null]'`)
		_, _, err = constructed(t, version, "error-415-content-type").VM(ctx, "web1")
		checkError(t, err, core.CodeCluster, "Unsupported Media Type")
	}
}

// TestOnlyASCII reads texts as Python writes them: escaped, also those beyond 16
// bits, and bytes that are no UTF-8, which Python 3 writes as half a pair.
func TestOnlyASCII(t *testing.T) {
	t.Parallel()
	s := serve(t, respond(http.StatusOK, "application/json", `{"name": "b\u00fccher", "os": "\ud83d\ude80", "tags": ["a\udce4b", "\u2028"]}`))
	vm, _, err := client(t, s.URL).VM(t.Context(), "b")
	if err != nil {
		t.Fatal(err)
	}
	if vm.Name != "bücher" || vm.OS != "🚀" || !slices.Equal(vm.Tags, []string{"a\ufffdb", "\u2028"}) {
		t.Errorf("name %q, os %q, tags %q", vm.Name, vm.OS, vm.Tags)
	}
}

// TestPasswordThatIsNotASCII meets the 401 that Ganeti has for it, right or wrong.
func TestPasswordThatIsNotASCII(t *testing.T) {
	t.Parallel()
	s := serve(t, recorded(t, "error-401-bad-password"))
	c := client(t, s.URL)
	c.cfg.Password = core.NewSecret("pässword")
	err := readVM(c)
	checkError(t, err, core.CodeRefused, "does not accept", "only ASCII", "--password-file")
	if strings.Contains(err.Error(), "ssword") && strings.Contains(err.Error(), "pä") {
		t.Errorf("the password is shown: %v", err)
	}
	checkError(t, readVM(client(t, s.URL)), core.CodeRefused, "check user gwm")
}

// TestNoForwardSecrecy meets a server as a Ganeti with OpenSSL 1.0 may be.
func TestNoForwardSecrecy(t *testing.T) {
	t.Parallel()
	s := httptest.NewUnstartedServer(respond(http.StatusOK, "application/json", "2"))
	s.Config.ErrorLog = quiet()
	s.TLS = &tls.Config{MaxVersion: tls.VersionTLS12, CipherSuites: []uint16{tls.TLS_RSA_WITH_AES_128_GCM_SHA256}}
	s.StartTLS()
	t.Cleanup(s.Close)
	_, err := client(t, s.URL).Version(t.Context())
	checkError(t, err, core.CodeUnreachable, "no TLS connection came about", "ECDHE", "proxy")
}
