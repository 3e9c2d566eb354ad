package core_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"gwm/core"
)

func TestParseVerbs(t *testing.T) {
	t.Parallel()
	tests := []struct {
		kind  core.Kind
		words string
		want  string // the verbs, or after "!" a part of the error
	}{
		{core.KindVM, "power", "power"},
		{core.KindVM, "console,power,power", "power,console"},
		{core.KindVM, "operator", "power,console"},
		{core.KindVM, "manager,see", "see,power,console,modify,remove,tags"},
		{core.KindVM, "creator", `!"creator" is neither a role nor a verb for a VM`},
		{core.KindVM, "create_vm", "!roles: viewer, operator, manager, admin; verbs: see, power, console, modify, remove, tags, admin"},
		{core.KindVM, "manage", `!"manage" is neither a role nor a verb`},
		{core.KindVM, "lock", `!"lock" is neither a role nor a verb`},
		{core.KindVM, "", `!"" is neither a role nor a verb`},
		{core.KindVM, "pow\x1b[2Jer", `!"pow·[2Jer" is neither`},
		{core.KindCluster, "creator", "create_vm"},
		{core.KindCluster, "power", `!"power" is neither a role nor a verb for a cluster`},
		{core.KindGroup, "admin", "admin"},
		{core.KindNode, "see", "!nothing can be granted on a node"},
	}
	for _, tt := range tests {
		got, err := core.ParseVerbs(tt.kind, strings.Split(tt.words, ","))
		if text, bad := strings.CutPrefix(tt.want, "!"); bad {
			wantError(t, err, core.CodeInvalid, text)
			continue
		}
		var words []string
		for _, v := range got {
			words = append(words, string(v))
		}
		if diff := cmp.Diff(tt.want, strings.Join(words, ",")); diff != "" || err != nil {
			t.Errorf("%s on a %s: %s, %v", tt.words, tt.kind, diff, err)
		}
	}
	_, err := core.ParseVerbs(core.KindVM, nil)
	wantError(t, err, core.CodeInvalid, "no verb is given")
}

func TestRolesCanBeGranted(t *testing.T) {
	t.Parallel()
	for _, role := range core.Roles() {
		for kind := range role.Verbs {
			if _, err := core.ParseVerbs(kind, []string{role.Name}); err != nil {
				t.Errorf("%s on a %s: %v", role.Name, kind, err)
			}
		}
	}
}
