package command

import (
	"bytes"
	"context"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/cobra"
)

// said runs a command line without a session and returns what a person reads.
func said(line string) (code int, text string) {
	var out, errOut bytes.Buffer
	code = Run(context.Background(), Env{Stdin: strings.NewReader(""), Stdout: &out, Stderr: &errOut}, strings.Fields(line))
	return code, out.String() + errOut.String()
}

// TestWrongCommandLines types command lines that make no sense. The answer is
// what is wrong, with which command, and how it is written.
func TestWrongCommandLines(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ line, want string }{
		{"quota set", "quota set: WHO and CLUSTER are missing\nwrite gwm quota set WHO CLUSTER; gwm quota set --help explains it"},
		{"quota set ann", "quota set: CLUSTER is missing\nwrite gwm quota set WHO CLUSTER; gwm quota set --help explains it"},
		{"quota set ann berlin now", `quota set: "now" is one word too many` + "\nwrite gwm quota set WHO CLUSTER; gwm quota set --help explains it"},
		{"vm stop", "vm stop: VM is missing\nwrite gwm vm stop VM...; gwm vm stop --help explains it"},
		{"owner set web1", "owner set: WHO is missing\nwrite gwm owner set VM... WHO; gwm owner set --help explains it"},
		{"user show a b", `user show: "b" is one word too many` + "\nwrite gwm user show [USER]; gwm user show --help explains it"},
		{"user list now", `user list: "now" is too much, it takes no words` + "\nwrite gwm user list; gwm user list --help explains it"},
		{"cluster add", "cluster add: NAME is missing\nwrite gwm cluster add NAME --url URL; gwm cluster add --help explains it"},
		{"--bogus", "there is no option --bogus\ngwm --help explains it"},
		{"vm list --bogus", "vm list: there is no option --bogus\nwrite gwm vm list [FILTER...]; gwm vm list --help explains it"},
		{"vm list -z", "vm list: there is no option -z\nwrite gwm vm list [FILTER...]; gwm vm list --help explains it"},
		{"vm list --=x", "vm list: there is no option --=x\nwrite gwm vm list [FILTER...]; gwm vm list --help explains it"},
		{"vm list --cluster", "vm list: --cluster needs a value\nwrite gwm vm list [FILTER...]; gwm vm list --help explains it"},
		{"vm list -o", "vm list: -o needs a value\nwrite gwm vm list [FILTER...]; gwm vm list --help explains it"},
		{"job list --limit x", `job list: --limit "x" is not a whole number` + "\nwrite gwm job list [FILTER...]; gwm job list --help explains it"},
		{"job log 1 --follow=x", `job log: --follow "x" is not true or false` + "\nwrite gwm job log JOB; gwm job log --help explains it"},
		{"vm stop web1 --timeout 5", `vm stop: --timeout "5" is not a span of time, as 90s or 24h` + "\nwrite gwm vm stop VM...; gwm vm stop --help explains it"},
		{"vm reinstall web1 --os-param fs", `"fs" is not a parameter with a value` + "\nwrite NAME=VALUE"},
		{"vm edit web1 --hv =x", `"=x" is not a parameter with a value` + "\nwrite NAME=VALUE"},
		{"node edit node1 --param ssh_port", `"ssh_port" is not a parameter with a value` + "\nwrite NAME=VALUE"},
		{"nosuch", `gwm has no command "nosuch"` + "\ngwm --help lists them"},
		{"clusters", `gwm has no command "clusters"` + "\ndid you mean gwm cluster?"},
		{"vm lst", `gwm vm has no command "lst"` + "\ndid you mean gwm vm list?"},
		{"help nosuch", `gwm has no command "nosuch"` + "\ngwm --help lists them"},
		{"help vm nosuch", `gwm vm has no command "nosuch"` + "\ngwm vm --help lists them"},
	} {
		code, text := said(c.line)
		want := "gwm: " + strings.ReplaceAll(c.want, "\n", "\n     ") + "\n"
		if diff := cmp.Diff(want, text); code != ExitUsage || diff != "" {
			t.Errorf("gwm %s: exit %d, want 2\n%s", c.line, code, diff)
		}
	}
}

// foreign is how the libraries below say that a command line is wrong.
var foreign = regexp.MustCompile(`arg\(s\)|unknown (command|flag|shorthand)|invalid argument|flag needs`)

// TestNoCommandSpeaksForeign gives every command an option that it does not have,
// far too many words, and none.
func TestNoCommandSpeaksForeign(t *testing.T) {
	t.Parallel()
	var walk func(c *cobra.Command)
	walk = func(c *cobra.Command) {
		path := strings.TrimPrefix(c.CommandPath(), "gwm ")
		if code, text := said(path + " --no-such-option"); code != ExitUsage || !strings.Contains(text, "there is no option --no-such-option\n     write gwm "+path) {
			t.Errorf("gwm %s with an option that is none: exit %d, %q", path, code, text)
		}
		for _, args := range [][]string{nil, strings.Fields("a b c d e f g")} {
			if err := c.ValidateArgs(args); err != nil && (foreign.MatchString(err.Error()) || !strings.Contains(err.Error(), "; write gwm "+path)) {
				t.Errorf("gwm %s with %d words: %v", path, len(args), err)
			}
		}
		for _, child := range c.Commands() {
			walk(child)
		}
	}
	root := New(Env{Stdout: &bytes.Buffer{}, Stderr: &bytes.Buffer{}})
	voice(root)
	for _, c := range root.Commands() {
		if c.Name() != "help" && c.Name() != "completion" {
			walk(c)
		}
	}
}
