package e2e

import (
	"bytes"
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"gwm/core"
)

// TestMatrixHasEveryOp holds that the table tries the command of every Op, so that
// a new one cannot be forgotten.
func TestMatrixHasEveryOp(t *testing.T) {
	t.Parallel()
	table, err := os.ReadFile("testdata/matrix.txtar")
	check(t, err)
	elsewhere := map[string]string{
		"node powercycle": "takes down what other lines work with; core/testdata/matrix.golden",

		"cluster filter edit":   "names a filter that gwm gave its id; core/jobfilter_test.go",
		"cluster filter remove": "names a filter that gwm gave its id; core/jobfilter_test.go",

		"cluster add":   "asks the cluster first; rights.txtar",
		"key add":       "wants a key of nobody; rights.txtar",
		"key remove":    "wants a key that nobody logs in with; rights.txtar",
		"problem clear": "wants something in trouble; core/problem_test.go and core/testdata/matrix.golden",
		"vm console":    "wants a terminal; the tests of consoleproxy",
		"vm delete":     "leaves nothing for the next one to try; vm_delete.txtar",
		"vm vnc":        "wants a terminal; the tests of consoleproxy",
	}
	for _, op := range core.Ops() {
		command := plainWords(op.Spec().Command)
		if _, ok := elsewhere[command]; !ok && !strings.Contains(string(table), " "+command+" ") {
			t.Errorf("matrix.txtar does not try %q (%s)", command, op.Spec().ID)
		}
	}
}

// plainWords are the words of a command before its arguments.
func plainWords(command []string) string {
	n := 0
	for n < len(command) && n < 3 && regexp.MustCompile(`^[a-z]+$`).MatchString(command[n]) {
		n++
	}
	return strings.TrimSuffix(strings.Join(command[:n], " "), " default") // whose quota it is
}

// person: person NAME... Makes keys for people; $NAME_KEY holds the public one.
func person(ts *testscript.TestScript, _ bool, names []string) {
	for _, name := range names {
		a, err := newActor(name)
		ts.Check(err)
		of(ts).actors[name] = a
		ts.Setenv(strings.ToUpper(name)+"_KEY", strings.TrimSpace(a.authorizedKey()))
	}
}

// matrix: matrix FILE. Its first line names people, each further one holds what
// comes of a command for each of them, and the command. Everybody does all of it
// over SSH, one after the other, so that a line may undo the one before; {} is
// the person's name.
func matrix(ts *testscript.TestScript, _ bool, args []string) {
	lines := strings.Split(strings.TrimSpace(ts.ReadFile(args[0])), "\n")
	people := strings.Fields(lines[0])
	var wrong []string
	for i, who := range people {
		for _, l := range lines[1:] {
			words := strings.Fields(strings.ReplaceAll(l, "{}", who))
			if len(words) <= len(people) {
				ts.Fatalf("%q has %d results for %d people", l, len(words), len(people))
			}
			if got := outcome(ts, who, words[len(people):]); got != words[i] {
				wrong = append(wrong, fmt.Sprintf("%s: %s: %s, not %s", who, strings.Join(words[len(people):], " "), got, words[i]))
			}
		}
	}
	if len(wrong) > 0 {
		ts.Fatalf("%s", strings.Join(wrong, "\n"))
	}
}

// refusals are what a refusal is called in a matrix, by what it says.
var refusals = []struct {
	says *regexp.Regexp
	name string // $1 is the verb
}{
	{regexp.MustCompile(`that you may see`), "unknown"},
	{regexp.MustCompile(`needs ([a-z_]+) on`), "-$1"},
	{regexp.MustCompile(`only who may give rights`), "-admin"},
	{regexp.MustCompile(`only a site administrator`), "-site"},
}

// idle is what is said where somebody may do it and there is nothing to do.
var idle = regexp.MustCompile(`has no tags that gwm wrote|keeps nothing about|nobody waits|has no second factor|never showed gwm|gwm knows no key`)

// outcome is what comes of somebody's command: ok, idle, the missing verb after
// "-", or "unknown", and otherwise exit code and text.
func outcome(ts *testscript.TestScript, who string, words []string) string {
	w := of(ts)
	ctx, cancel := limited()
	defer cancel()
	client, err := w.line(ctx, who)
	ts.Check(err)
	var stdout, stderr bytes.Buffer
	exit, err := execute(ctx, client, quote(words), strings.NewReader(""), &stdout, &stderr)
	ts.Check(err)
	switch {
	case exit == 0 && words[1] == "list" && strings.Count(stdout.String(), "\n") < 2:
		return "none"
	case exit == 0:
		return "ok"
	case idle.MatchString(stderr.String()):
		return "idle"
	}
	for _, r := range refusals {
		if m := r.says.FindStringSubmatchIndex(stderr.String()); exit == 3 && m != nil {
			return string(r.says.ExpandString(nil, r.name, stderr.String(), m))
		}
	}
	return fmt.Sprintf("exit %d %q", exit, stderr.String())
}
