package command

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"gwm/core"
)

// TestJSONIsPrintable holds that JSON does nothing to a terminal and means the
// same to a program.
func TestJSONIsPrintable(t *testing.T) {
	t.Parallel()
	want := "größe <b> \x1b]52;c;x\x07 \u009b31m a\u202eb\u200bc \x7f \U000e0041 \"quoted\" \U0001f600"
	var b strings.Builder
	if err := writeJSON(&b, []string{want}, ""); err != nil {
		t.Fatal(err)
	}
	if got := strings.TrimSuffix(b.String(), "\n"); core.Printable(got) != got {
		t.Errorf("%q", got)
	}
	var back []string
	if err := json.Unmarshal([]byte(b.String()), &back); err != nil || back[0] != want {
		t.Errorf("%q, %v", back, err)
	}
	if !strings.Contains(b.String(), "größe <b>") {
		t.Errorf("more is escaped than needed: %s", b.String())
	}
}

// TestLongMessages holds that what somebody typed does not come back in full.
func TestLongMessages(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	long := strings.Repeat("é", 50_000)
	PrintError(&b, core.Errorf(core.CodeInvalid, "%s", long).WithHint("%s", long))
	if n := len([]rune(b.String())); n < 2*maxMessage || n > 2*maxMessage+20 || strings.Count(b.String(), "\n") != 2 {
		t.Errorf("%d characters: %.100s", n, b.String())
	}
	b.Reset()
	asked := &cobra.Command{}
	asked.Flags().String("output", "json", "")
	code := report(asked, &b, core.Errorf(core.CodeInvalid, "%s", long).WithHint("%s", long))
	var got struct{ Error core.Error }
	want := strings.Repeat("é", maxMessage) + "…"
	if err := json.Unmarshal([]byte(b.String()), &got); err != nil || code != ExitUsage || got.Error.Message != want || got.Error.Hint != want {
		t.Errorf("as JSON: exit %d, %v: %.100s", code, err, b.String())
	}
}

// TestNamedIsBounded holds that the record of a wrong name is no larger than a
// name.
func TestNamedIsBounded(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]core.Ref{
		"berlin/web1":               core.VMRef("berlin", "web1"),
		"web1":                      core.VMRef("", "web1"),
		"a\nb":                      core.VMRef("", "a b"),
		strings.Repeat("x", 10_000): core.VMRef("", strings.Repeat("x", 253)),
	} {
		if got := named(text); got != want {
			t.Errorf("%.40q: %v", text, got)
		}
	}
}
