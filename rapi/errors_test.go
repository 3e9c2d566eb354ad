package rapi

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"gwm/core"
)

// recorded is the handler that gives one recorded answer to everything.
func recorded(tb testing.TB, name string) http.HandlerFunc {
	e := capture(tb, name)
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(e.Status)
		_, _ = w.Write(e.Body)
	}
}

func respond(status int, contentType, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", contentType)
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

// cut announces more than it sends.
func cut(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Length", "1000")
	_, _ = io.WriteString(w, `{"name": "web`)
	_ = http.NewResponseController(w).Flush()
	panic(http.ErrAbortHandler)
}

func hangUp(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }

const page = "text/html"

// checkError compares code, message and hint; want is "code: part; part; ...".
func checkError(t *testing.T, err error, code core.Code, parts ...string) {
	t.Helper()
	var e *core.Error
	if !errors.As(err, &e) {
		t.Fatalf("not an error for people: %v", err)
	}
	text := e.Error()
	if e.Code != code {
		t.Errorf("code %s, want %s: %s", e.Code, code, text)
	}
	for _, part := range parts {
		if !strings.Contains(text, part) {
			t.Errorf("%q is missing in: %s", part, text)
		}
	}
	whole := fmt.Sprintf("%s %+v %v", text, e.Err, errors.Unwrap(e.Err))
	for _, secret := range []string{"hunter22", "Z3dtOmh1bnRlcjIy"} {
		if strings.Contains(whole, secret) {
			t.Errorf("the password is in: %s", whole)
		}
	}
	if text != core.Printable(text) {
		t.Errorf("not printable: %q", text)
	}
	if !strings.Contains(text, "berlin") {
		t.Errorf("the cluster is not named: %s", text)
	}
}

func TestErrorsOfReads(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name    string
		handler http.HandlerFunc
		code    core.Code
		parts   []string
	}{
		{"400", recorded(t, "error-400-missing-field"), core.CodeInvalid, []string{"'OP_INSTANCE_CREATE.instance_name'"}},
		{"400 unknown field", recorded(t, "error-400-unknown-field"), core.CodeInvalid, []string{"doesn't support the parameter 'nosuchfield'"}},
		{"401", recorded(t, "error-401-bad-password"), core.CodeRefused, []string{"user or password", "gwm cluster edit berlin", "user gwm"}},
		{"403", recorded(t, "error-403-read-only-write"), core.CodeRefused, []string{"RAPI user gwm may not", "write"}},
		{"404", recorded(t, "error-404-instance"), core.CodeNotFound, []string{"there is no VM web1 on cluster berlin"}},
		{"404 of something else", respond(404, page, "<h1>nginx</h1>"), core.CodeCluster, []string{"404 Not Found", "not Ganeti", "proxy"}},
		{"409", respond(409, "application/json", `{"code":409,"message":"Conflict","explain":"busy"}`), core.CodeConflict, []string{"Conflict", "retry"}},
		{"415", recorded(t, "error-415-content-type"), core.CodeCluster, []string{"Unsupported Media Type"}},
		{"500", recorded(t, "error-400-wrong-type"), core.CodeCluster, []string{"string indices must be integers, not 'str'", "rapi-daemon.log"}},
		{"500 without a body", respond(500, page, ""), core.CodeCluster, []string{"500 Internal Server Error", "proxy"}},
		{"500 that repeats the login", respond(500, "application/json", `{"code":500,"message":"Authorization: Basic Z3dtOmh1bnRlcjIy = gwm:hunter22 \u001b[31m"}`), core.CodeCluster, []string{"•••"}},
		{"queue drained", recorded(t, "error-queue-drained"), core.CodeState, []string{"drained", "gnt-cluster queue undrain"}},
		{"501", recorded(t, "error-method-not-allowed"), core.CodeUnsupported, []string{"version of Ganeti"}},
		{"502 of luxid", recorded(t, "error-400-query-resource"), core.CodeUnsupported, []string{"Can't parse value 'nosuch'"}},
		{"502 of a proxy", respond(502, page, "<h1>bad gateway</h1>"), core.CodeUnreachable, []string{"502 Bad Gateway"}},
		{"503", recorded(t, "console-web3"), core.CodeUnreachable, []string{"cannot answer at the moment"}},
		{"504", recorded(t, "error-luxid-down"), core.CodeUnreachable, []string{"master daemon did not answer", "ganeti-luxid"}},
		{"a page", respond(200, page, "\n <!DOCTYPE html><title>Welcome</title>"), core.CodeCluster, []string{"web page, not JSON", "proxy"}},
		{"a text", respond(200, "text/plain", "hello"), core.CodeCluster, []string{"not JSON"}},
		{"nothing", respond(200, "application/json", ""), core.CodeCluster, []string{"empty"}},
		{"null", respond(200, "application/json", "null"), core.CodeCluster, []string{"name"}},
		{"wrong type", respond(200, "application/json", `{"name":"web1","beparams":[1]}`), core.CodeCluster, []string{"unexpected list in the field beparams", "2.16 to 3.1"}},
		{"wrong type of name", respond(200, "application/json", `{"name":{}}`), core.CodeCluster, []string{"unexpected object in the field name"}},
		{"two values", respond(200, "application/json", `{"name":"web1"} {"name":"web2"}`), core.CodeCluster, []string{"not JSON"}},
		{"cut", cut, core.CodeUnreachable, []string{"in the middle of the answer"}},
		{"hang up", hangUp, core.CodeUnreachable, []string{"closed without an answer", "ganeti-rapi"}},
		{"too large", respond(200, "application/json", `{"name":"`+strings.Repeat("x", 2000)+`"}`), core.CodeCluster, []string{"larger than gwm accepts"}},
		{"redirect", func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "https://evil.example/"+r.URL.Path, http.StatusFound)
		}, core.CodeCluster, []string{"redirects to https://evil.example/", "not followed"}},
		{"endless header", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("X-Long", strings.Repeat("x", 100<<10))
		}, core.CodeUnreachable, []string{"failed"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := serve(t, tt.handler)
			c := clientOf(t, Config{Cluster: core.Cluster{URL: s.URL, Insecure: true}, MaxSmall: 1024})
			_, _, err := c.VM(t.Context(), "web1")
			checkError(t, err, tt.code, tt.parts...)
		})
	}
}

func TestErrorsOfLists(t *testing.T) {
	t.Parallel()
	good := `{"name":"web1"},`
	for _, tt := range []struct {
		name    string
		handler http.HandlerFunc
		seen    int // VMs before the error
		code    core.Code
		parts   []string
	}{
		{"401", recorded(t, "error-401-bad-password"), 0, core.CodeRefused, []string{"cannot list the VMs on cluster berlin"}},
		{"504", recorded(t, "error-luxid-down"), 0, core.CodeUnreachable, []string{"master daemon"}},
		{"a page", respond(200, page, "<html>"), 0, core.CodeCluster, []string{"web page"}},
		{"an object", respond(200, "application/json", `{"name":"web1"}`), 0, core.CodeCluster, []string{"not what Ganeti sends"}},
		{"null", respond(200, "application/json", `null`), 0, core.CodeCluster, []string{"not what Ganeti sends"}},
		{"nothing", respond(200, "application/json", ``), 0, core.CodeUnreachable, []string{"middle of the answer"}},
		{"cut between", respond(200, "application/json", `[`+good), 1, core.CodeUnreachable, []string{"middle of the answer"}},
		{"cut inside", respond(200, "application/json", `[`+good+good+`{"name":`), 2, core.CodeUnreachable, []string{"middle of the answer"}},
		{"connection cut", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "1000")
			_, _ = io.WriteString(w, "["+good)
			_ = http.NewResponseController(w).Flush()
			panic(http.ErrAbortHandler)
		}, 1, core.CodeUnreachable, []string{"middle of the answer"}},
		{"wrong type", respond(200, "application/json", `[`+good+`{"name":"web2","tags":"x"}]`), 1, core.CodeCluster, []string{"unexpected text in the field tags"}},
		{"no name", respond(200, "application/json", `[`+good+`{"status":"running"}]`), 1, core.CodeCluster, []string{"name"}},
		{"broken", respond(200, "application/json", `[`+good+`{"name":"web2","hvparams":{"a":tru}}]`), 1, core.CodeCluster, []string{"not JSON"}},
		{"no comma", respond(200, "application/json", `[{"name":"web1"} {"name":"web2"}]`), 1, core.CodeCluster, []string{"not what Ganeti sends"}},
		{"more after the end", respond(200, "application/json", `[{"name":"web1"}] x`), 1, core.CodeCluster, []string{"not what Ganeti sends"}},
		{"large VM", respond(200, "application/json", `[`+good+`{"name":"`+strings.Repeat("x", 300<<10)+`"}]`), 1, core.CodeCluster, []string{"larger than gwm accepts"}},
		{"large list", respond(200, "application/json", `[`+strings.Repeat(good, 100000)+`{"name":"web2"}]`), -1, core.CodeCluster, []string{"larger than gwm accepts"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := serve(t, tt.handler)
			c := clientOf(t, Config{Cluster: core.Cluster{URL: s.URL, Insecure: true}, MaxElement: 64 << 10, MaxBulk: 1 << 20})
			seen := 0
			err := c.VMs(t.Context(), func(*core.VM, []byte) error { seen++; return nil })
			checkError(t, err, tt.code, tt.parts...)
			if tt.seen >= 0 && seen != tt.seen {
				t.Errorf("%d VMs before the error, want %d", seen, tt.seen)
			}
		})
	}
}

func TestYieldStopsTheList(t *testing.T) {
	t.Parallel()
	var gone atomic.Bool
	done := make(chan struct{})
	s := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		defer close(done)
		_, _ = io.WriteString(w, `[{"name":"web0"}`)
		for {
			if _, err := io.WriteString(w, `,{"name":"web1"}`); err != nil {
				gone.Store(true)
				return
			}
		}
	})
	stop := errors.New("enough")
	n := 0
	err := client(t, s.URL).VMs(t.Context(), func(*core.VM, []byte) error {
		if n++; n == 10 {
			return stop
		}
		return nil
	})
	if !errors.Is(err, stop) || n != 10 {
		t.Fatalf("%d VMs, %v", n, err)
	}
	<-done
	if !gone.Load() {
		t.Error("the connection was kept")
	}
}

func TestErrorsWithoutAnAnswer(t *testing.T) {
	t.Parallel()
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	nobody := closed.Addr().String()
	if err := closed.Close(); err != nil {
		t.Fatal(err)
	}
	silent, err := net.Listen("tcp", "127.0.0.1:0") // accepts in the kernel, never speaks
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = silent.Close() })
	slow := serve(t, func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	drip := serve(t, func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, `[{"name":"web1"},`)
		_ = http.NewResponseController(w).Flush()
		<-r.Context().Done()
	})
	short := 50 * time.Millisecond
	for _, tt := range []struct {
		name  string
		url   string
		limit Config // one limit for each case: no other may run out first on a busy machine
		read  func(*Client) error
		parts []string
	}{
		{"nobody listens", "https://" + nobody, Config{}, readVM, []string{"nothing listens at https://" + nobody, "ganeti-rapi"}},
		{"no such name", "https://nosuch.invalid:5080", Config{}, readVM, []string{"nosuch.invalid", "--url"}},
		{"no handshake", "https://" + silent.Addr().String(), Config{Connect: short}, readVM, []string{"https://" + silent.Addr().String()}},
		{"slow answer", slow.URL, Config{Read: short}, readVM, []string{"no answer within 50ms"}},
		{"slow list", slow.URL, Config{First: short}, readVMs, []string{"no answer within 50ms"}},
		{"stalled list", drip.URL, Config{Stall: short}, readVMs, []string{"no answer within 50ms"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tt.limit.Cluster = core.Cluster{URL: tt.url, Insecure: true}
			checkError(t, tt.read(clientOf(t, tt.limit)), core.CodeUnreachable, tt.parts...)
		})
	}
}

func readVM(c *Client) error {
	_, _, err := c.VM(context.Background(), "web1")
	return err
}

func readVMs(c *Client) error {
	return c.VMs(context.Background(), func(*core.VM, []byte) error { return nil })
}

func TestInterrupted(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	s := serve(t, func(_ http.ResponseWriter, r *http.Request) { cancel(); <-r.Context().Done() })
	_, _, err := client(t, s.URL).VM(ctx, "web1")
	checkError(t, err, core.CodeUnreachable, "interrupted")
	if !errors.Is(err, context.Canceled) {
		t.Errorf("the cause is lost: %v", err)
	}
}

func TestReadsAreRepeatedChangesAreNot(t *testing.T) {
	t.Parallel()
	luxid := capture(t, "error-luxid-down")
	web1 := capture(t, "instance-web1")
	for _, tt := range []struct {
		name string
		fail http.HandlerFunc
		want int // requests for a read that fails each time
	}{
		{"hang up", hangUp, 3},
		{"cut", cut, 3},
		{"503", respond(503, page, "x"), 3},
		{"504", recorded(t, "error-luxid-down"), 3},
		{"500", recorded(t, "error-400-wrong-type"), 1},
		{"401", recorded(t, "error-401-no-user"), 1},
		{"garbage", respond(200, page, "x"), 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var n atomic.Int32
			s := serve(t, func(w http.ResponseWriter, r *http.Request) { n.Add(1); tt.fail(w, r) })
			c := client(t, s.URL)
			if err := readVM(c); err == nil || int(n.Load()) != tt.want {
				t.Errorf("read: %d requests, %v", n.Load(), err)
			}
			n.Store(0)
			if _, err := c.Submit(t.Context(), core.StartVM{VM: vm("web1")}, ""); err == nil || n.Load() != 1 {
				t.Errorf("change: %d requests, %v", n.Load(), err)
			}
		})
	}
	var n atomic.Int32
	s := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		if n.Add(1) < 3 {
			w.WriteHeader(luxid.Status)
			_, _ = w.Write(luxid.Body)
			return
		}
		_, _ = w.Write(web1.Body)
	})
	if vm, _, err := client(t, s.URL).VM(t.Context(), "web1"); err != nil || vm.Name != "web1.alpha.gwm.test" {
		t.Errorf("the third attempt: %+v, %v", vm, err)
	}
}

func TestFateOfChanges(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name    string
		handler http.HandlerFunc
		code    core.Code
	}{
		{"refused by Ganeti", recorded(t, "error-403-read-only-write"), core.CodeRefused},
		{"wrong password", recorded(t, "error-401-bad-password"), core.CodeRefused},
		{"no such VM", recorded(t, "error-404-instance"), core.CodeNotFound},
		{"queue drained", recorded(t, "error-queue-drained"), core.CodeState},
		{"error of Ganeti", recorded(t, "error-400-wrong-type"), core.CodeCluster},
		{"master gone", respond(502, "application/json", `{"code":502,"message":"Master seems to be unreachable"}`), core.CodeUnreachable},
		{"timeout of luxid", recorded(t, "error-luxid-down"), core.CodeUnknown},
		{"timeout of a proxy", respond(504, page, "<h1>"), core.CodeUnknown},
		{"proxy lost it", respond(502, page, "<h1>"), core.CodeUnknown},
		{"error of a proxy", respond(500, page, "<h1>"), core.CodeUnknown},
		{"hang up", hangUp, core.CodeUnknown},
		{"cut", cut, core.CodeUnknown},
		{"a page", respond(200, page, "<h1>"), core.CodeUnknown},
		{"no job", respond(200, "application/json", "null"), core.CodeUnknown},
		{"odd job", respond(200, "application/json", `"x"`), core.CodeUnknown},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := serve(t, tt.handler)
			_, err := client(t, s.URL).Submit(t.Context(), core.StopVM{VM: vm("web1")}, "")
			parts := []string{"web1"}
			if tt.code == core.CodeUnknown {
				parts = append(parts, "not known whether it arrived", "gwm job list")
			}
			checkError(t, err, tt.code, parts...)
		})
	}
	absent := recorded(t, "error-404-instance")
	silent := client(t, serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet {
			absent(w, r)
			return
		}
		<-r.Context().Done()
	}).URL)
	checkError(t, readVM(silent), core.CodeNotFound) // the connection is there before the time runs
	silent.cfg.Read = 50 * time.Millisecond
	_, err := silent.Submit(t.Context(), core.StopVM{VM: vm("web1")}, "")
	checkError(t, err, core.CodeUnknown, "not known whether it arrived", "no answer within 50ms")
	c := client(t, "https://127.0.0.1:1")
	_, err = c.Submit(t.Context(), core.StartVM{VM: vm("web1")}, "")
	checkError(t, err, core.CodeUnreachable, "nothing listens", "start web1")
}

func TestConnectionsAreUsedAgain(t *testing.T) {
	t.Parallel()
	web1 := capture(t, "instance-web1")
	var mu sync.Mutex
	from := map[string]bool{}
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		from[r.RemoteAddr] = true
		mu.Unlock()
		switch r.URL.Path {
		case "/2/instances":
			_, _ = fmt.Fprintf(w, "[%s]", web1.Body)
		case "/2/instances/gone":
			recorded(t, "error-404-instance")(w, r)
		default:
			_, _ = w.Write(web1.Body)
		}
	})
	c := client(t, s.URL)
	for range 3 {
		if err := readVM(c); err != nil {
			t.Fatal(err)
		}
		if err := readVMs(c); err != nil {
			t.Fatal(err)
		}
		if _, _, err := c.VM(t.Context(), "gone"); core.CodeOf(err) != core.CodeNotFound {
			t.Fatal(err)
		}
	}
	if len(from) != 1 {
		t.Errorf("%d connections for 9 requests", len(from))
	}
}
