package tui

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestKeysDoNotConflict finds two actions that could be meant by one key.
func TestKeysDoNotConflict(t *testing.T) {
	t.Parallel()
	list := table()
	for i, x := range list {
		for _, y := range list[i+1:] {
			if !x.Scope.meets(y.Scope) {
				continue
			}
			for _, k := range x.Keys {
				if slices.Contains(y.Keys, k) {
					t.Errorf("key %q means %s and %s on the same page", k, x.ID, y.ID)
				}
			}
			if x.Sub != "" && x.Sub == y.Sub && x.Letter == y.Letter {
				t.Errorf("letter %q means %s and %s in the menu %q", x.Letter, x.ID, y.ID, x.Sub)
			}
		}
	}
}

// TestTableIsComplete holds every action against what help, palette and menus
// need of it.
func TestTableIsComplete(t *testing.T) {
	t.Parallel()
	ids, words := map[string]bool{}, map[string]bool{}
	for _, x := range table() {
		if ids[x.ID] || x.ID == "" {
			t.Errorf("the id %q is there twice, or empty", x.ID)
		}
		ids[x.ID] = true
		if x.Word != "" && words[x.Word] {
			t.Errorf("the palette word %q is there twice", x.Word)
		}
		words[x.Word] = true
		if x.Title == "" || !strings.HasSuffix(x.Help, ".") || !slices.Contains(groups(), x.Group) {
			t.Errorf("%s has no title, no sentence for the help, or no group", x.ID)
		}
		if len(x.Keys) == 0 && x.Word == "" && x.Sub == "" {
			t.Errorf("%s can be reached neither by a key nor by a word", x.ID)
		}
		if x.Args != "" && x.Complete == nil {
			t.Errorf("%s takes an argument and completes nothing", x.ID)
		}
	}
}

// TestDangerousKeys keeps away keys that terminals, tmux and habits use, and
// changes from keys that are pressed by mistake.
func TestDangerousKeys(t *testing.T) {
	t.Parallel()
	reserved := []string{"ctrl+a", "ctrl+b", "ctrl+s", "ctrl+q", "ctrl+z", "~", "ctrl+space", "ctrl+c", "delete", "backspace"}
	for _, x := range table() {
		for _, k := range x.Keys {
			if slices.Contains(reserved, k) || strings.HasPrefix(k, "alt+") {
				t.Errorf("%s is bound to %q, which is not ours to bind", x.ID, k)
			}
			if x.Make != nil && (strings.HasPrefix(k, "ctrl+") || len(k) == 1 && k[0] >= 'a' && k[0] <= 'z') {
				t.Errorf("%s changes something at a mere %q", x.ID, k)
			}
		}
	}
}

// TestKeysDocument compares docs/keys.md with the table; -update writes it.
func TestKeysDocument(t *testing.T) {
	const path = "../docs/keys.md"
	want := keysDocument()
	if f := flag.Lookup("update"); f != nil && f.Value.String() == "true" {
		if err := os.WriteFile(path, []byte(want), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	have, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(have), want); diff != "" {
		t.Errorf("docs/keys.md is stale; go test ./tui -run TestKeysDocument -update\n%s", diff)
	}
}

// keysDocument writes the table of actions for people.
func keysDocument() string {
	var b strings.Builder
	b.WriteString("# Keys and commands\n\n" +
		"Written from the table of actions by `go test ./tui -run TestKeysDocument -update`. Do not edit.\n\n" +
		"Where an action works on an object, it works on all marked rows, or else on the row under the cursor. What you may\n" +
		"not do stays visible and says why. Popups: arrows and enter choose, esc closes. In the filter line enter keeps the\n" +
		"filter and esc clears it. `ctrl-c` twice leaves from anywhere.\n\n" +
		"In a form `tab`, `shift-tab` and the arrows go from field to field, `space` ticks, `enter` goes on or opens a long list,\n" +
		"`ctrl-n` and `ctrl-p` go from part to part, `ctrl-x` saves, `ctrl-o` copies the command that does the same, `ctrl-r` loads\n" +
		"what is there now and keeps your changes, `esc` leaves and asks first.\n")
	for _, g := range groups() {
		fmt.Fprintf(&b, "\n## %s\n\n| key | `:` command | does | where |\n|---|---|---|---|\n", g)
		for _, x := range table() {
			if x.Group != g || x.Quiet {
				continue
			}
			var keys []string
			for _, k := range keyNames(x) {
				keys = append(keys, "`"+k+"`")
			}
			word := ""
			if x.Word != "" {
				word = "`:" + strings.ReplaceAll(strings.TrimSpace(x.Word+" "+x.Args), "|", "\\|") + "`"
			}
			fmt.Fprintf(&b, "| %s | %s | %s: %s | %s |\n", strings.Join(keys, " "), word, x.Title, x.Help, where(x.Scope))
		}
	}
	return b.String()
}

// where writes a scope for people.
func where(s scope) string {
	var out []string
	for _, n := range []struct {
		t    trait
		name string
	}{
		{traitOpen, "lists"},
		{traitMarks, "lists"},
		{traitFilter, "lists"},
		{traitSort, "lists"},
		{traitSearch, "texts"},
		{traitTabs, "pages with tabs"},
		{traitWide, "tables and texts"},
		{traitFollow, "logs"},
		{traitTimes, "logs"},
		{traitTrouble, "lists"},
		{traitPanel, "lists of VMs"},
		{traitRights, "tables of rights"},
		{traitTerm, "consoles and recordings"},
		{traitSitters, "who sits at consoles"},
		{traitHosts, "keys of nodes"},
		{traitMap, "the map"},
		{traitProblem, "problems of the overview"},
		{traitTapes, "lists of recordings"},
		{traitSeat, "consoles"},
		{traitPlay, "recordings"},
		{traitUsers, "lists of users"},
		{traitGroups, "lists of groups"},
		{traitKeys, "keys of a user"},
		{traitMembers, "members of a group"},
		{traitTokens, "lists of tokens"},
		{traitSelf, "your own page"},
		{traitQuotas, "tables of quotas"},
		{traitTemplates, "lists of templates"},
		{traitBackups, "lists of backups"},
		{traitStrays, "strays"},
	} {
		if s.Traits&n.t != 0 && !slices.Contains(out, n.name) {
			out = append(out, n.name)
		}
	}
	for _, k := range s.Kinds {
		out = append(out, kindWord(k)+"s")
	}
	if s.Without&traitTabs != 0 {
		out = append(out, "pages without tabs")
	}
	if len(out) == 0 {
		return "everywhere"
	}
	return strings.Join(out, ", ")
}
