package core_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"gwm/core"
)

// feedUsers names the users of a feed, in its order.
func feedUsers(keys []core.FeedKey) string {
	var names []string
	for _, k := range keys {
		names = append(names, k.User)
	}
	return strings.Join(names, " ")
}

func TestKeyFeed(t *testing.T) {
	t.Parallel()
	berlinRef, ops := core.ClusterRef("berlin"), core.GroupRef("ops")
	no, yes := false, true
	tests := []struct {
		name              string
		change            func(h *house)
		site, cluster, vm string // on web1
	}{
		{"nobody has rights", func(*house) {}, "ann", "ann", "ann"},
		{"admin on the VM", func(h *house) { h.grant(core.UserRef("bob"), web1, core.VerbAdmin) }, "ann bob", "ann bob", "ann bob"},
		{"by a group", func(h *house) { h.grant(ops, web1, core.VerbAdmin) }, "ann bob", "ann bob", "ann bob"},
		{"power on the VM", func(h *house) { h.grant(core.UserRef("bob"), web1, core.VerbPower) }, "ann bob", "ann bob", "ann"},
		{"admin on another VM", func(h *house) { h.grant(core.UserRef("bob"), web2, core.VerbAdmin) }, "ann bob", "ann bob", "ann"},
		{"admin of the cluster", func(h *house) { h.grant(core.UserRef("bob"), berlinRef, core.VerbAdmin) }, "ann bob", "ann bob", "ann"},
		{"sees the cluster", func(h *house) { h.grant(core.UserRef("bob"), berlinRef, core.VerbSee) }, "ann bob", "ann bob", "ann"},
		{"admin of a group", func(h *house) { h.grant(core.UserRef("eve"), ops, core.VerbAdmin) }, "ann", "ann", "ann"},
		{"owner only", func(h *house) { h.do(h.root, core.SetOwner{VM: web1, Owner: core.UserRef("bob")}) }, "ann", "ann", "ann"},
		{"on another cluster", func(h *house) {
			h.do(h.root, core.AddCluster{Cluster: core.Cluster{Name: "rome", URL: "https://rome:5080"}})
			h.grant(core.UserRef("bob"), core.ClusterRef("rome"), core.VerbAdmin)
		}, "ann bob", "ann", "ann"},
		{"disabled", func(h *house) {
			h.grant(core.UserRef("bob"), web1, core.VerbAdmin)
			h.do(h.root, core.EditUser{Name: "bob", Disabled: &yes})
			h.do(h.root, core.AddUser{User: core.User{Name: "zoe", Admin: true, Disabled: true}, Keys: newKeys(h.t)})
		}, "ann", "ann", "ann"},
		{"enabled again", func(h *house) {
			h.grant(core.UserRef("bob"), web1, core.VerbAdmin)
			h.do(h.root, core.EditUser{Name: "bob", Disabled: &yes})
			h.do(h.root, core.EditUser{Name: "bob", Disabled: &no})
		}, "ann bob", "ann bob", "ann bob"},
		{"locked user", func(h *house) {
			h.grant(core.UserRef("bob"), web1, core.VerbAdmin)
			h.do(h.root, core.SetLock{On: core.UserRef("bob"), Reason: "x"})
		}, "ann", "ann", "ann"},
		{"locked group", func(h *house) {
			h.grant(core.UserRef("bob"), web1, core.VerbAdmin)
			h.do(h.root, core.SetLock{On: ops, Reason: "x"})
		}, "ann", "ann", "ann"},
		{"locked VM", func(h *house) {
			h.grant(core.UserRef("bob"), web1, core.VerbAdmin)
			h.do(h.root, core.SetLock{On: web1, Reason: "x"})
		}, "ann bob", "ann bob", "ann bob"},
		{"out of the group", func(h *house) {
			h.grant(ops, web1, core.VerbAdmin)
			h.do(h.root, core.RemoveMember{Group: "ops", User: "bob"})
		}, "ann", "ann", "ann"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t)
			tt.change(h)
			for on, want := range map[core.Ref]string{core.Site(): tt.site, berlinRef: tt.cluster, web1: tt.vm} {
				keys, err := h.root.KeyFeed(t.Context(), on)
				if got := feedUsers(keys); err != nil || got != want {
					t.Errorf("the keys of %s are those of %q (%v), want %q", on, got, err, want)
				}
			}
		})
	}
}

func TestKeyFeedEndsWithTheRight(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t)
		h.do(h.root, core.SetGrant{Who: core.UserRef("bob"), On: web1, Verbs: []core.Verb{core.VerbAdmin}, Until: time.Now().Add(time.Hour)})
		h.grant(core.UserRef("eve"), web1, core.VerbAdmin)
		key := newKeys(t)[0]
		key.Expires = time.Now().Add(2 * time.Hour)
		h.do(h.root, core.AddKey{User: "eve", Key: key})
		for _, want := range []string{"ann bob eve eve", "ann eve eve", "ann eve"} {
			keys, err := h.root.KeyFeed(t.Context(), web1)
			if got := feedUsers(keys); err != nil || got != want {
				t.Errorf("the keys are those of %q (%v), want %q", got, err, want)
			}
			<-time.After(time.Hour)
		}
		keys, err := h.root.KeyFeed(t.Context(), web1)
		if err != nil || len(keys) != 2 {
			t.Fatal(keys, err)
		}
		if want := eveKey + " gwm-user=eve"; keys[1].Line() != want {
			t.Errorf("the line is %q, want %q", keys[1].Line(), want)
		}
	})
}

// Who may read a feed, and what the others are told: for what they may not see
// the same as for what does not exist.
func TestKeyFeedIsForAdministrators(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.grant(core.UserRef("bob"), web1, core.VerbAdmin)
	h.grant(core.UserRef("eve"), web1, core.VerbPower)
	bob, eve := h.login("bob"), h.login("eve")
	if keys, err := bob.KeyFeed(t.Context(), web1); err != nil || feedUsers(keys) != "ann bob" {
		t.Errorf("bob reads %v, %v", keys, err)
	}
	for _, tt := range []struct {
		s    *core.Session
		on   core.Ref
		code core.Code
		text string
	}{
		{bob, core.ClusterRef("berlin"), core.CodeDenied, "are for its administrators"},
		{bob, core.Site(), core.CodeDenied, "are for its administrators"},
		{bob, web2, core.CodeNotFound, `no VM named "berlin/web2" that you may see`},
		{bob, core.VMRef("berlin", "nothing"), core.CodeNotFound, `no VM named "berlin/nothing" that you may see`},
		{eve, web1, core.CodeDenied, "are for its administrators"},
		{h.root, core.VMRef("berlin", "nothing"), core.CodeNotFound, `no VM named "berlin/nothing" that you may see`},
		{h.root, core.UserRef("bob"), core.CodeInvalid, ""},
	} {
		_, err := tt.s.KeyFeed(t.Context(), tt.on)
		wantError(t, err, tt.code, tt.text)
	}
}

func TestToken(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t)
		h.grant(core.UserRef("bob"), web1, core.VerbAdmin)
		bob := h.login("bob")
		h.refused(bob, core.AddToken{On: core.ClusterRef("berlin"), Secret: core.NewSecret(tokenSecrets[0])}, core.CodeDenied, "")
		h.refused(bob, core.AddToken{On: web2, Secret: core.NewSecret(tokenSecrets[0])}, core.CodeNotFound, "")
		h.refused(h.root, core.AddToken{On: web1, Secret: core.NewSecret("short")}, core.CodeInvalid, "no secret")
		h.refused(h.root, core.AddToken{On: core.UserRef("bob"), Secret: core.NewSecret(tokenSecrets[0])}, core.CodeInvalid, "")
		secret, err := bob.NewToken(t.Context(), web1, "hook", time.Now().Add(time.Hour))
		if err != nil {
			t.Fatal(err)
		}
		other, err := h.root.NewToken(t.Context(), web2, "", time.Time{})
		if err != nil {
			t.Fatal(err)
		}
		for _, it := range h.store.Dump() {
			if _, rest, _ := strings.Cut(secret, "-"); strings.Contains(string(it.Value), rest) {
				t.Errorf("%s holds the secret", it.Key)
			}
		}
		list := func(s *core.Session) (out []string) {
			tokens, err := s.Tokens(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			for _, k := range tokens {
				out = append(out, strings.TrimSpace(fmt.Sprint(k.On, " ", k.By, " ", k.Comment, " ", k.Hash)))
			}
			return out
		}
		if diff := cmp.Diff([]string{"berlin/web1 bob hook"}, list(bob)); diff != "" {
			t.Errorf("bob's tokens: %s", diff)
		}
		if diff := cmp.Diff([]string{"berlin/web1 bob hook", "berlin/web2 local"}, list(h.root)); diff != "" {
			t.Errorf("all tokens: %s", diff)
		}
		h.refused(bob, core.RemoveToken{ID: core.TokenID(other)}, core.CodeNotFound, fmt.Sprintf("no token named %q that you may see", core.TokenID(other)))
		h.refused(bob, core.RemoveToken{ID: "nothing"}, core.CodeNotFound, `no token named "nothing" that you may see`)

		reader, err := h.core.LoginToken(t.Context(), core.NewSecret(secret), "192.0.2.7:1")
		if err != nil {
			t.Fatal(err)
		}
		keys, err := reader.Feed(t.Context(), "berlin", "WEB1")
		if err != nil || feedUsers(keys) != "ann bob" {
			t.Errorf("the token reads %v, %v", keys, err)
		}
		h.do(h.root, core.RemoveToken{ID: core.TokenID(other)})
		_, err = h.core.LoginToken(t.Context(), core.NewSecret(other), "192.0.2.7:1")
		wantError(t, err, core.CodeDenied, "this secret does not open these keys")
		<-time.After(time.Hour)
		_, err = h.core.LoginToken(t.Context(), core.NewSecret(secret), "192.0.2.7:1")
		wantError(t, err, core.CodeDenied, "this secret does not open these keys")
		_, err = reader.Feed(t.Context(), "berlin", "web1")
		wantError(t, err, core.CodeDenied, "this secret does not open these keys")
	})
}

// An attacker with a token of one VM tries everything else: whether it exists or
// not, the answer is the same. So is the one for every secret that is none.
func TestTokenOpensNothingElse(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	token := func(on core.Ref) *core.TokenReader {
		secret, err := h.root.NewToken(t.Context(), on, "", time.Time{})
		if err != nil {
			t.Fatal(err)
		}
		r, err := h.core.LoginToken(t.Context(), core.NewSecret(secret), "192.0.2.7:1")
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	site, cluster, vm := token(core.Site()), token(core.ClusterRef("berlin")), token(web1)
	for _, tt := range []struct {
		who         string
		r           *core.TokenReader
		cluster, vm string
		want        core.Code
	}{
		{"site", site, "", "", ""},
		{"site", site, "berlin", "", ""},
		{"site", site, "berlin", "web2", ""},
		{"site", site, "nowhere", "", core.CodeNotFound},
		{"site", site, "berlin", "nothing", core.CodeNotFound},
		{"site", site, "nowhere", "web1", core.CodeNotFound},
		{"cluster", cluster, "berlin", "", ""},
		{"cluster", cluster, "berlin", "web2", ""},
		{"cluster", cluster, "berlin", "nothing", core.CodeNotFound},
		{"cluster", cluster, "nowhere", "", core.CodeDenied},
		{"cluster", cluster, "", "", core.CodeDenied},
		{"VM", vm, "berlin", "web1", ""},
		{"VM", vm, "berlin", "web2", core.CodeDenied},
		{"VM", vm, "berlin", "nothing", core.CodeDenied},
		{"VM", vm, "berlin", "", core.CodeDenied},
		{"VM", vm, "nowhere", "web1", core.CodeDenied},
		{"VM", vm, "", "", core.CodeDenied},
	} {
		if _, err := tt.r.Feed(t.Context(), tt.cluster, tt.vm); core.CodeOf(err) != tt.want {
			t.Errorf("the token of the %s reads %q %q: %v, want %q", tt.who, tt.cluster, tt.vm, err, tt.want)
		}
	}
	good := tokenSecrets[0]
	h.do(h.root, core.AddToken{On: web1, Secret: core.NewSecret(good)})
	for _, secret := range []string{
		"", "x", good[:44], good + "a", strings.ToUpper(good), " " + good, good[:12] + "-" + strings.Repeat("3", 32),
		"cccccccccccc" + good[12:], strings.Repeat("a", 100000), "\x00" + good[1:],
	} {
		_, err := h.core.LoginToken(t.Context(), core.NewSecret(secret), "192.0.2.7:1")
		wantError(t, err, core.CodeDenied, "this secret does not open these keys")
	}
	for _, it := range h.store.Dump() {
		if strings.Contains(string(it.Value), good[13:]) {
			t.Errorf("%s holds a secret", it.Key)
		}
	}
}

func TestFeedsAreRecordedOnceAMinute(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t)
		secret, err := h.root.NewToken(t.Context(), core.ClusterRef("berlin"), "", time.Time{})
		if err != nil {
			t.Fatal(err)
		}
		count := func() string {
			records, err := h.root.Audit(t.Context(), core.AuditQuery{Op: "key.feed", Limit: 1000})
			if err != nil {
				t.Fatal(err)
			}
			n := map[core.Event]int{}
			for _, r := range records {
				n[r.Event]++
				if id := core.TokenID(secret); r.By != "token:"+id && r.By != "token:unknown" {
					t.Errorf("a record by %q", r.By)
				}
			}
			return fmt.Sprint(n[core.EventRead], " read, ", n[core.EventDenied], " denied")
		}
		storm := func() {
			for range 20 {
				r, err := h.core.LoginToken(t.Context(), core.NewSecret(secret), "192.0.2.7:1")
				if err != nil {
					t.Fatal(err)
				}
				for _, vm := range []string{"", "web1"} {
					if _, err := r.Feed(t.Context(), "berlin", vm); err != nil {
						t.Fatal(err)
					}
				}
				if _, err := h.core.LoginToken(t.Context(), core.NewSecret("guess"), "192.0.2.7:1"); err == nil {
					t.Fatal("a guess is good")
				}
				_, err = r.Feed(t.Context(), "rome", "")
				wantError(t, err, core.CodeDenied, "")
			}
		}
		storm()
		if got, want := count(), "2 read, 2 denied"; got != want {
			t.Errorf("%s, want %s", got, want)
		}
		<-time.After(time.Minute)
		storm()
		if got, want := count(), "4 read, 4 denied"; got != want {
			t.Errorf("a minute later %s, want %s", got, want)
		}
	})
}

func TestTokensGoWithTheirObject(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	for _, on := range []core.Ref{web1, core.ClusterRef("berlin"), core.Site()} {
		if _, err := h.root.NewToken(t.Context(), on, "", time.Time{}); err != nil {
			t.Fatal(err)
		}
	}
	h.do(h.root, core.RemoveCluster{Name: "berlin"})
	tokens, err := h.root.Tokens(t.Context())
	if err != nil || len(tokens) != 1 || tokens[0].On != core.Site() {
		t.Errorf("left are %v, %v", tokens, err)
	}
}
