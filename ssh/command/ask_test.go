package command

import (
	"bytes"
	"strings"
	"testing"
	"testing/synctest"

	"gwm/core"
	"gwm/core/coretest"
)

// On a protected cluster everything that disrupts needs a yes, also where it
// concerns rights, and several VMs at once need one anywhere.
func TestConfirmations(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := coretest.Start(t)
		root := w.Login("admin")
		berlin, _ := root.View().Cluster(coretest.Berlin)
		protected := berlin.Cluster
		protected.Protected = true
		if _, err := root.Do(t.Context(), core.EditCluster{Cluster: protected}); err != nil {
			t.Fatal(err)
		}
		for _, c := range []struct {
			line, typed string
			terminal    bool
			want        int
		}{
			{line: "vm stop berlin/" + coretest.Web1, want: ExitUsage},
			{line: "vm stop berlin/" + coretest.Web1 + " --yes", want: ExitDone},
			{line: "vm stop berlin/" + coretest.Web1, terminal: true, typed: "no\n", want: ExitUsage},
			{line: "vm stop berlin/" + coretest.Web1, terminal: true, typed: "yes\n", want: ExitDone},
			{line: "grant remove ann berlin/" + coretest.Web1, want: ExitUsage},
			{line: "lock set berlin --reason move", want: ExitUsage},
			{line: "vm stop paris/" + coretest.Shop1, want: ExitDone},
			{line: "vm stop paris/" + coretest.Shop1 + " berlin/" + coretest.DB1, want: ExitUsage},
			{line: "cluster remove paris", want: ExitUsage},
			{line: "lock set berlin --reason move --yes", want: ExitDone},
		} {
			var out, messages bytes.Buffer
			env := Env{Session: root, Stdin: strings.NewReader(c.typed), Stdout: &out, Stderr: &messages, Terminal: c.terminal}
			if code := Run(t.Context(), env, strings.Fields(c.line)); code != c.want {
				t.Errorf("%s (%q): exit %d, want %d: %s", c.line, c.typed, code, c.want, &messages)
			}
		}
	})
}
