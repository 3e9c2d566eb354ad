package rapitest_test

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"gwm/rapi/rapitest"
)

func TestFilter(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ filter, want string }{
		"equal":       {`["=", "name", "web1.alpha.gwm.test"]`, "web1"},
		"two equals":  {`["==", "admin_state", "offline"]`, "old1"},
		"unequal":     {`["&", ["!=", "status", "running"], ["=", "hypervisor", "kvm"]]`, "vm-file"},
		"or":          {`["|", ["=", "status", "ADMIN_offline"], ["=", "status", "ERROR_down"]]`, "build1 old1"},
		"not":         {`["&", ["!", ["=", "hypervisor", "kvm"]], ["!", ["?", "oper_state"]]]`, "build1 old1 web3"},
		"has tag":     {`["=[]", "tags", "web"]`, "web1 web2"},
		"expression":  {`["=~", "name", "^db[0-9]"]`, "db1 db2"},
		"more memory": {`[">", "be/memory", 200]`, "db1 web1"},
		"at most":     {`["&", ["<=", "be/memory", 128], ["=", "pnode", "node3.alpha.gwm.test"]]`, "cache1 vm-both vm-file web3"},
		"memory used": {`[">=", "oper_ram", 256]`, "db1 web1"},
		"text order":  {`["<", "name", "cache"]`, "build1"},
		"first disk":  {`["=", "disk.size/1", 512]`, "db1"},
		"hypervisor":  {`["=", "hv/vnc_bind_address", "127.0.0.1"]`, "vm-vnclocal"},
		"nothing":     {`["=", "name", 1]`, ""},
	}
	c := rapitest.New(alpha())
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := call(t, c, "PUT", "/2/query/instance", map[string]any{"fields": []string{"name"}, "qfilter": json.RawMessage(test.filter)})
			var body struct{ Data [][][]any }
			if err := json.Unmarshal(a.body, &body); err != nil || a.status != http.StatusOK {
				t.Fatalf("answer %d %s", a.status, a.body)
			}
			var got []string
			for _, row := range body.Data {
				got = append(got, strings.TrimSuffix(row[0][1].(string), ".alpha.gwm.test"))
			}
			if strings.Join(got, " ") != test.want {
				t.Errorf("found %q, want %q", got, test.want)
			}
		})
	}
}

func TestFilterRefusals(t *testing.T) {
	t.Parallel()
	c := rapitest.New(alpha())
	for _, filter := range []string{`["=", "nosuch", 1]`, `["~", "name", 1]`, `"x"`, `["=~", "name", "("]`, `["!", ["?", "name"], ["?", "name"]]`, `["&"]`, `["=", "name"]`} {
		a := call(t, c, "PUT", "/2/query/instance", map[string]any{"fields": []string{"name"}, "qfilter": json.RawMessage(filter)})
		if a.status != http.StatusInternalServerError {
			t.Errorf("filter %s answers %d %s", filter, a.status, a.body)
		}
	}
}

// TestQueryAgreesWithObject asks for every field that both know and compares the values.
func TestQueryAgreesWithObject(t *testing.T) {
	t.Parallel()
	c := rapitest.New(alpha())
	objects := call(t, c, "GET", "/2/instances?bulk=1", nil).decode(t).([]any)
	for name := range objects[0].(map[string]any) {
		if name == "beparams" {
			continue // query leaves its "memory" out, in the real one as well
		}
		rows := call(t, c, "GET", "/2/query/instance?fields="+name, nil).decode(t).(map[string]any)["data"].([]any)
		for i, row := range rows {
			cell := row.([]any)[0].([]any)
			want := objects[i].(map[string]any)[name]
			if diff := cmp.Diff(want, cell[1]); diff != "" {
				t.Errorf("field %s of row %d (-object +query):\n%s", name, i, diff)
			}
			if code := cell[0].(float64); (code == 0) != (want != nil) || code == 1 {
				t.Errorf("field %s of row %d has code %v for %v", name, i, code, want)
			}
		}
	}
}

// TestQueryJobs asks for jobs as a client that follows them all does.
func TestQueryJobs(t *testing.T) {
	t.Parallel()
	c := rapitest.New(alpha())
	id := submit(t, c, "PUT", "/2/instances/web1/shutdown", nil)
	a := call(t, c, "GET", "/2/query/job?fields=id,status,summary,opresult,nosuch", nil)
	rows := a.decode(t).(map[string]any)["data"].([]any)
	want := []any{
		[]any{0.0, float64(id)}, []any{0.0, "success"}, []any{0.0, []any{"INSTANCE_SHUTDOWN(web1.alpha.gwm.test)"}}, []any{0.0, []any{nil}}, []any{1.0, nil},
	}
	if diff := cmp.Diff(any(want), rows[len(rows)-1]); diff != "" {
		t.Errorf("row (-want +got):\n%s", diff)
	}
}

// TestAccess is who may do what, as the test bed showed: job lists are open where reads are, queries and consoles need a user, waiting needs write.
func TestAccess(t *testing.T) {
	t.Parallel()
	tests := []struct {
		method, path          string
		nobody, reader, write int
	}{
		{"GET", "/2/instances", 200, 200, 200},
		{"GET", "/2/jobs", 200, 200, 200},
		{"GET", "/2/query/instance?fields=name", 401, 200, 200},
		{"GET", "/2/query/instance/fields", 200, 200, 200},
		{"GET", "/2/instances/web1/console", 401, 200, 200},
		{"GET", "/2/jobs/1/wait", 401, 403, 500},
		{"PUT", "/2/instances/web1/startup", 401, 403, 200},
		{"DELETE", "/2/jobs/1", 401, 403, 200},
		{"PUT", "/2/tags?tag=x", 401, 403, 200},
		{"GET", "/2/nosuch", 404, 404, 404},
		{"GET", "/2/instances/", 404, 404, 404},
		{"GET", "/2/instances/a%2fb", 404, 404, 404},
		{"POST", "/2/info", 501, 501, 501},
	}
	for _, test := range tests {
		t.Run(test.method+" "+test.path, func(t *testing.T) {
			t.Parallel()
			c := rapitest.New(beta())
			for user, want := range map[string]int{"": test.nobody, "gwm-ro": test.reader, "gwm": test.write} {
				r, err := http.NewRequestWithContext(t.Context(), test.method, "https://cluster"+test.path, http.NoBody)
				if err != nil {
					t.Fatal(err)
				}
				if user != "" {
					r.SetBasicAuth(user, map[string]string{"gwm": alphaPassword, "gwm-ro": "recorded-readonly"}[user])
				}
				a, err := send(rapitest.Transport{Cluster: c}, r)
				if err != nil || a.status != want {
					t.Errorf("user %q gets %d, want %d (%v)", user, a.status, want, err)
				}
			}
		})
	}
}

// FuzzRequest sends anything: the answer is always JSON and nothing panics.
func FuzzRequest(f *testing.F) {
	f.Add("GET", "/2/instances?bulk=1", "")
	f.Add("PUT", "/2/query/instance", `{"fields": ["name", "nic.ip/0", "hv/acpi"], "qfilter": ["&", ["=", "name", "x"], ["!", ["?", "tags"]]]}`)
	f.Add("PUT", "/2/instances/web1/shutdown?dry-run=1", `{"timeout": 3}`)
	f.Add("GET", "/2/query/job?fields=id,disk.size/-1", "")
	f.Add("DELETE", "/2/instances/web1/tags?tag=x", "")
	config := alpha()
	f.Fuzz(func(t *testing.T, method, path, body string) {
		r, err := http.NewRequestWithContext(t.Context(), method, "https://cluster"+path, strings.NewReader(body))
		if err != nil || strings.HasSuffix(r.URL.Path, "/wait") {
			return
		}
		r.SetBasicAuth(alphaUser, alphaPassword)
		r.Header.Set("Content-Type", "application/json")
		a, err := send(rapitest.Transport{Cluster: rapitest.New(config)}, r)
		if errors.Is(err, io.ErrUnexpectedEOF) || err != nil {
			t.Fatalf("no answer: %v", err)
		}
		if !json.Valid(a.body) {
			t.Errorf("%s %s answers %d with what is not JSON: %.200s", method, path, a.status, a.body)
		}
	})
}
