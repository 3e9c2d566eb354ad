package rapitest_test

import (
	"testing"

	"gwm/rapi/rapitest"
)

// TestErrorsOfVersions compares error bodies byte by byte: Python 2, on which
// 2.16 runs, leaves quotes alone and explains three statuses with a full stop.
func TestErrorsOfVersions(t *testing.T) {
	t.Parallel()
	const escaped = `{"code":400,"message":"Invalid body parameters: Object OpInstanceShutdown doesn&#x27;t support the parameter &#x27;&lt;b&gt;&#x27;","explain":"Bad request syntax or unsupported method"}`
	for version, want := range map[string]string{
		"2.16.2": `{"code":400,"message":"Invalid body parameters: Object OpInstanceShutdown doesn't support the parameter '&lt;b&gt;'","explain":"Bad request syntax or unsupported method"}`,
		"3.0.2":  escaped,
		"3.1.0":  escaped,
	} {
		config := alpha()
		config.Version = version
		a := call(t, rapitest.New(config), "PUT", "/2/instances/web1/shutdown", map[string]any{"<b>": 1})
		if a.status != 400 || string(a.body) != want {
			t.Errorf("%s: %d\n got %s\nwant %s", version, a.status, a.body, want)
		}
		a = call(t, rapitest.New(config), "GET", "/2/query/nosuch?fields=name", nil)
		stop := string(a.body[len(a.body)-3:]) == `."}`
		if a.status != 502 || stop != (version == "2.16.2") {
			t.Errorf("%s: %d %s", version, a.status, a.body)
		}
	}
}

// TestOnlyASCII checks that nothing else goes over the wire, as Python writes JSON.
func TestOnlyASCII(t *testing.T) {
	t.Parallel()
	config := alpha()
	config.Tags = []string{"b\u00fcro", "\U0001f680", "<&>", "\x7f"}
	a := call(t, rapitest.New(config), "GET", "/2/tags", nil)
	if want := `["<&>","b\u00fcro","` + "\x7f" + `","\ud83d\ude80"]`; string(a.body) != want {
		t.Errorf("got %s\nwant %s", a.body, want)
	}
}
