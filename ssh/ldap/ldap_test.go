package ldap

import (
	"bytes"
	"context"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"gwm/core"
)

const (
	zoeDN = "uid=zoe,ou=people,dc=example,dc=org"
	right = "open sesame"
)

// config is that of a directory without TLS, which only a test has.
func config(url string) Config {
	return Config{
		URL: url, Insecure: true, BindDN: "cn=gwm", BindPassword: core.NewSecret("service"),
		UserBase: "dc=example,dc=org", UserFilter: "(uid=%s)", NameAttr: "uid", FullAttr: "cn",
		GroupBase: "dc=example,dc=org", GroupFilter: "(member=%s)", GroupNameAttr: "cn", MirrorGroups: true,
		Timeout: 20 * time.Second,
	}
}

// good answers as a directory does that knows zoe.
func good(r request) answer {
	switch {
	case r.op == opBindRequest && (r.dn == "cn=gwm" && r.password == "service" || r.dn == zoeDN && r.password == right):
		return ops(result(opBindResponse, 0))
	case r.op == opBindRequest:
		return ops(result(opBindResponse, 49))
	case r.n == 0:
		return ops(entry(zoeDN, "UID", "Zoe", "cn", "Zoe Zander"), result(opSearchDone, 0))
	default:
		return ops(entry("cn=Ops", "cn", "Ops"), entry("cn=db", "cn", "db"), result(opSearchDone, 0))
	}
}

// on answers the search number n with a, and everything else well.
func on(n int, a answer) func(request) answer {
	return func(r request) answer {
		if r.op == opSearchRequest && r.n == n {
			return a
		}
		return good(r)
	}
}

// bind answers the bind of a DN with a, and everything else well.
func bind(dn string, a answer) func(request) answer {
	return func(r request) answer {
		if r.op == opBindRequest && r.dn == dn {
			return a
		}
		return good(r)
	}
}

func directory(t *testing.T, cfg Config) *Directory {
	t.Helper()
	d, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestCheck(t *testing.T) {
	t.Parallel()
	f := serve(t, good)
	d := directory(t, config(f.url))
	got, err := d.Check(t.Context(), "zoe", core.NewSecret(right))
	want := core.Person{Name: "zoe", Comment: "Zoe Zander", Groups: []string{"db", "ops"}}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("%v %s", err, diff)
	}
	if got, err = d.Find(t.Context(), "zoe"); err != nil || cmp.Diff(want, got) != "" {
		t.Errorf("found %+v, %v", got, err)
	}
	if _, err := d.Check(t.Context(), "zoe", core.NewSecret("wrong")); core.CodeOf(err) != core.CodeDenied {
		t.Errorf("a wrong password: %v", err)
	}
	service := "cn=gwm service"
	if diff := cmp.Diff([]string{service, zoeDN + " " + right, service, service, zoeDN + " wrong"}, f.bound()); diff != "" {
		t.Errorf("binds: %s", diff)
	}
}

// TestEmptyPassword holds that what the server would take for an anonymous login
// does not reach it.
func TestEmptyPassword(t *testing.T) {
	t.Parallel()
	f := serve(t, func(r request) answer {
		if r.op == opBindRequest {
			return ops(result(opBindResponse, 0))
		}
		return good(r)
	})
	_, err := directory(t, config(f.url)).Check(t.Context(), "zoe", core.Secret{})
	if core.CodeOf(err) != core.CodeDenied || len(f.bound()) != 0 {
		t.Errorf("%v, binds %q", err, f.bound())
	}
}

// TestFaults holds what a server that is broken, or plays tricks, makes of a
// login with the right password.
func TestFaults(t *testing.T) {
	t.Parallel()
	denied, unreachable := core.CodeDenied, core.CodeUnreachable
	done := result(opSearchDone, 0)
	huge := append([]byte{tagSequence, 0x84, 0x40, 0, 0, 0, tagString, 0x84, 0x3f, 0, 0, 0}, bytes.Repeat([]byte("x"), maxAnswer+1<<20)...)
	for _, tc := range []struct {
		name    string
		respond func(request) answer
		code    core.Code
		text    string
	}{
		{"no such person", on(0, ops(done)), denied, "does not know zoe"},
		{"two entries", on(0, ops(entry(zoeDN), entry(zoeDN+"x"), done)), denied, "does not know zoe"},
		{"three entries", on(0, ops(entry("a"), entry("b"), entry("c"), done)), denied, "does not know zoe"},
		{"more than it may say", on(0, ops(entry(zoeDN), result(opSearchDone, 4))), denied, "does not know zoe"},
		{"entry without a name", on(0, ops(entry("", "uid", "zoe"), done)), denied, "does not know zoe"},
		{"another's name", on(0, ops(entry(zoeDN, "uid", "ann"), done)), denied, "by another name"},
		{"no name", on(0, ops(entry(zoeDN), done)), denied, "by another name"},
		{"only a referral", on(0, ops(tlv(opRefer, text("ldap://evil.example/")), done)), denied, "does not know zoe"},
		{"search is referred", on(0, ops(result(opSearchDone, 10))), unreachable, "look in the directory"},
		{"groups are referred", on(1, ops(result(opSearchDone, 10))), unreachable, "look for groups"},
		{"groups are forbidden", on(1, ops(result(opSearchDone, 50))), unreachable, "look for groups"},
		{"bind is referred", bind(zoeDN, ops(result(opBindResponse, 10))), unreachable, "ask the directory"},
		{"account locked", bind(zoeDN, ops(result(opBindResponse, 53))), denied, "does not take it"},
		{"own login refused", bind("cn=gwm", ops(result(opBindResponse, 49))), unreachable, "connect to"},
		{"busy", bind("cn=gwm", ops(result(opBindResponse, 51))), unreachable, "connect to"},
		{"cut at once", func(request) answer { return answer{cut: true} }, unreachable, "connect to"},
		{"cut in the middle", on(0, answer{raw: []byte{tagSequence, 0x20, tagInt}, cut: true}), unreachable, "look in"},
		{"cut after an entry", on(0, answer{ops: [][]byte{entry(zoeDN, "uid", "zoe")}, cut: true}), unreachable, "look in"},
		{"not LDAP", func(request) answer { return answer{raw: []byte("HTTP/1.1 400 Bad Request\r\n\r\n"), cut: true} }, unreachable, "connect to"},
		{"entry without attributes", on(0, ops(tlv(opSearchEntry, text(zoeDN)), done)), unreachable, "look in"},
		{"entry of numbers", on(0, ops(tlv(opSearchEntry, tlv(tagInt, []byte{1}), tlv(tagInt, []byte{1})), done)), unreachable, "look in"},
		{"bind without a result", bind(zoeDN, ops(tlv(opBindResponse))), unreachable, "ask the directory"},
		{"huge", on(0, answer{raw: huge, hang: true}), unreachable, "look in"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			f := serve(t, tc.respond)
			_, err := directory(t, config(f.url)).Check(t.Context(), "zoe", core.NewSecret(right))
			if core.CodeOf(err) != tc.code || !strings.Contains(err.Error(), tc.text) {
				t.Errorf("%v (%s)", err, core.CodeOf(err))
			}
			if core.Printable(err.Error()) != err.Error() || strings.Contains(err.Error(), right) {
				t.Errorf("the error is %q", err)
			}
		})
	}
}

// TestUnknownTakesAsLong holds that a password is tried for unknown names, too.
func TestUnknownTakesAsLong(t *testing.T) {
	t.Parallel()
	f := serve(t, on(0, ops(result(opSearchDone, 0))))
	_, err := directory(t, config(f.url)).Check(t.Context(), "nobody", core.NewSecret("x"))
	if diff := cmp.Diff([]string{"cn=gwm service", "cn=nobody,dc=example,dc=org x"}, f.bound()); diff != "" || core.CodeOf(err) != core.CodeDenied {
		t.Errorf("%v %s", err, diff)
	}
}

func TestSilence(t *testing.T) {
	t.Parallel()
	for name, respond := range map[string]func(request) answer{
		"from the start":  func(request) answer { return answer{hang: true} },
		"in the search":   on(0, answer{hang: true}),
		"within an entry": on(0, answer{raw: []byte{tagSequence, 0x20}, hang: true}),
		"at the password": bind(zoeDN, answer{hang: true}),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cfg := config(serve(t, respond).url)
			cfg.Timeout = 300 * time.Millisecond
			if _, err := directory(t, cfg).Check(t.Context(), "zoe", core.NewSecret(right)); core.CodeOf(err) != core.CodeUnreachable {
				t.Errorf("within the timeout: %v", err)
			}
		})
	}
	ctx, cancel := context.WithCancel(t.Context())
	d := directory(t, config(serve(t, func(request) answer { cancel(); return answer{hang: true} }).url))
	if _, err := d.Check(ctx, "zoe", core.NewSecret(right)); core.CodeOf(err) != core.CodeUnreachable {
		t.Errorf("when the person has gone: %v", err)
	}
}

func TestPlainServerForTLS(t *testing.T) {
	t.Parallel()
	f := serve(t, func(request) answer { return ops(result(opBindResponse, 0)) })
	for _, change := range []func(*Config){
		func(c *Config) { c.URL = strings.Replace(f.url, "ldap:", "ldaps:", 1) },
		func(c *Config) { c.URL, c.StartTLS = f.url, true },
	} {
		cfg := config(f.url)
		cfg.Insecure, cfg.Timeout = false, time.Second
		change(&cfg)
		if _, err := directory(t, cfg).Check(t.Context(), "zoe", core.NewSecret(right)); core.CodeOf(err) != core.CodeUnreachable {
			t.Errorf("%s: %v", cfg.URL, err)
		}
	}
	if got := f.bound(); len(got) != 0 {
		t.Errorf("in clear travelled %q", got)
	}
}

func TestGroupsDecide(t *testing.T) {
	t.Parallel()
	yes, no := true, false
	for _, tc := range []struct {
		name   string
		change func(*Config)
		want   core.Person
		denied string
	}{
		{"required and in it", func(c *Config) { c.RequireGroup = "OPS" }, core.Person{Groups: []string{"db", "ops"}}, ""},
		{"required and not in it", func(c *Config) { c.RequireGroup = "web" }, core.Person{}, "not in the group web"},
		{"denied", func(c *Config) { c.DenyGroup = "db" }, core.Person{}, "in the group db"},
		{"not denied", func(c *Config) { c.DenyGroup = "web" }, core.Person{Groups: []string{"db", "ops"}}, ""},
		{"administrator", func(c *Config) { c.AdminGroup, c.MirrorGroups = "ops", false }, core.Person{Admin: &yes}, ""},
		{"no administrator", func(c *Config) { c.AdminGroup, c.MirrorGroups = "web", false }, core.Person{Admin: &no}, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			cfg := config(serve(t, good).url)
			tc.change(&cfg)
			got, err := directory(t, cfg).Check(t.Context(), "zoe", core.NewSecret(right))
			if tc.denied != "" {
				if core.CodeOf(err) != core.CodeDenied || !strings.Contains(err.Error(), tc.denied) {
					t.Errorf("%v", err)
				}
				return
			}
			tc.want.Name, tc.want.Comment = "zoe", "Zoe Zander"
			if diff := cmp.Diff(tc.want, got); diff != "" || err != nil {
				t.Errorf("%v %s", err, diff)
			}
		})
	}
}

func TestNew(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		change func(*Config)
		why    string
	}{
		{func(c *Config) { c.URL = "" }, "the URL must be"},
		{func(c *Config) { c.URL = "https://ldap.example" }, "the URL must be"},
		{func(c *Config) { c.URL = "ldap://ldap.example/dc=example" }, "the URL must be"},
		{func(c *Config) { c.Insecure = false }, "would travel in clear"},
		{func(c *Config) { c.URL = "ldaps://ldap.example" }, "certificates are checked in any case"},
		{func(c *Config) { c.URL, c.StartTLS, c.Insecure = "ldaps://ldap.example", true, false }, "starttls is for"},
		{func(c *Config) { c.StartTLS = true }, "insecure is for"},
		{func(c *Config) { c.URL, c.Insecure, c.CA = "ldaps://x", false, []byte("no") }, "holds no certificate"},
		{func(c *Config) { c.UserBase = "" }, "user_base"},
		{func(c *Config) { c.UserFilter = "(uid=zoe)" }, "has no %s"},
		{func(c *Config) { c.UserFilter = "(uid=%s" }, "cannot be read"},
		{func(c *Config) { c.GroupFilter = "(member=x)" }, "has no %s"},
		{func(c *Config) { c.NameAttr = "" }, "attribute of the name"},
		{func(c *Config) { c.BindPassword = core.Secret{} }, "would be anonymous"},
		{func(c *Config) { c.GroupBase = "" }, "group_base is missing"},
		{func(c *Config) { c.GroupNameAttr = "" }, "group's name"},
		{func(c *Config) { c.Timeout = 0 }, "timeout"},
	} {
		cfg := config("ldap://ldap.example")
		tc.change(&cfg)
		if _, err := New(cfg); core.CodeOf(err) != core.CodeInvalid || !strings.Contains(err.Error(), tc.why) {
			t.Errorf("want %q: %v", tc.why, err)
		}
	}
}

// FuzzFill holds that what a person types stays a value of the filter.
func FuzzFill(f *testing.F) {
	for _, s := range []string{"zoe", "*", "zoe)(uid=*", `\`, "\x00", "%s", "%u", "ö"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		filled := fill("(&(objectClass=person)(uid=%s))", s, s)
		if strings.Count(filled, "(") != 3 || strings.Count(filled, ")") != 3 || strings.Contains(filled, "*") {
			t.Errorf("%q makes %q", s, filled)
		}
	})
}
