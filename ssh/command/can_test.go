package command

import (
	"bytes"
	"strings"
	"testing"
	"testing/synctest"

	"gwm/core/coretest"
)

// TestCanOnWhatHasNoGrants holds that the question works also for people, nodes
// and the site, on which nothing is granted, and tells nobody who is hidden.
func TestCanOnWhatHasNoGrants(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := coretest.Start(t)
		for _, tt := range []struct {
			user, line string
			code       int
			says       string
		}{
			{"admin", "can admin user:bob", ExitDone, "site administrator"},
			{"admin", "can admin site", ExitDone, "site administrator"},
			{"admin", "can see berlin/node/node1", ExitDone, "site administrator"},
			{"admin", "can power user:bob", ExitUsage, "verbs: see,modify,admin"},
			{"admin", "can admin user:nobody", ExitNotFound, "nobody"},
			{"ann", "can modify user:ann", ExitDone, "own"},
			{"ann", "can admin user:ann", ExitNotFound, "only a site administrator may do this"},
			{"ann", "can admin site", ExitNotFound, "only a site administrator may do this"},
		} {
			if code, out := can(t, w, tt.user, tt.line); code != tt.code || !strings.Contains(out, tt.says) {
				t.Errorf("%s: %s: exit %d, %q; want %d and %q", tt.user, tt.line, code, out, tt.code, tt.says)
			}
		}
		_, hidden := can(t, w, "ann", "can see user:bob")
		_, none := can(t, w, "ann", "can see user:bot")
		if strings.ReplaceAll(hidden, "bob", "bot") != none {
			t.Errorf("a hidden user: %q; none: %q", hidden, none)
		}
	})
}

func can(t *testing.T, w *coretest.World, user, line string) (code int, out string) {
	t.Helper()
	s := w.Login(user)
	defer s.Close()
	var b bytes.Buffer
	code = Run(t.Context(), Env{Session: s, Stdin: strings.NewReader(""), Stdout: &b, Stderr: &b}, strings.Fields(line))
	return code, b.String()
}
