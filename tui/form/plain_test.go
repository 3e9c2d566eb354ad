package form_test

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/charmbracelet/x/exp/golden"
	"github.com/google/go-cmp/cmp"

	"gwm/tui/form"
)

// ask runs a form line by line over answers and returns what was saved, nil for
// nothing, and what was written.
func ask(t testing.TB, f form.Form, answers string) (form.Values, string) {
	t.Helper()
	var out bytes.Buffer
	var got form.Values
	p := form.Plain{In: strings.NewReader(answers), Out: &out}
	p.Save = func(_ context.Context, v form.Values) (string, *form.Form, error) {
		got = v
		return "done: " + f.Title, nil, nil
	}
	saved, err := p.Run(t.Context(), f)
	if err != nil || saved != (got != nil) {
		t.Fatalf("saved %v, values %v: %v", saved, got, err)
	}
	return got, out.String()
}

func TestPlain(t *testing.T) {
	t.Parallel()
	answers := strings.Join([]string{
		"", "ann b", "ann", // name: required, refused, taken
		"?", "on call", // comment
		"perhaps", "yes", // administrator
		"hunter2",                                // password
		"ssh-ed25519 AAAA ann", "ssh-rsa B", ".", // keys
		"2", "paris", "oslo", // cluster: not possible, twice
		"person-b", "person-bc", // owner: a search, a name
		"much", "0", // memory
		"back", "2G", "", // memory again, then VMs
		"1 4", "console,power", "", // rights: fixed, changed
		"person-ab 3", "", // members
		"yesterday", "+7d", // until
		"comment", "-", // at the end: change a field
		"yes",
	}, "\n") + "\n"
	got, text := ask(t, example(), answers)
	want := form.Values{
		"name": "ann", "comment": "", "admin": "yes", "code": "hunter2", "keys": "ssh-ed25519 AAAA ann\nssh-rsa B",
		"cluster": "oslo", "owner": "person-bc", "memory": "2G", "vms": "unlimited", "verbs": "view\nconsole",
		"members": "person-ab\nperson-ac", "until": "+7d", "by": "admin",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s\n%s", diff, text)
	}
	if strings.Contains(text, "hunter2") || strings.ContainsRune(text, '\x1b') {
		t.Errorf("a secret or an escape sequence was written:\n%q", text)
	}
	before, after, ok := strings.Cut(text, "That is: ") // the day of +7d is another one every day
	for ok {
		rest := ""
		_, rest, _ = strings.Cut(after, "\n")
		line, _, _ := strings.Cut(after, "\n")
		if strings.Contains(line, "days") {
			line = "(a day)"
		}
		var more string
		more, after, ok = strings.Cut(rest, "That is: ")
		before += "That is: " + line + "\n" + more
	}
	golden.RequireEqual(t, before)
}

func TestPlainLeaves(t *testing.T) {
	t.Parallel()
	for name, answers := range map[string]string{
		"end": "ann\n", "cancel": "ann\ncancel\n", "ctrl-d": "ann\n\x04", "ctrl-c": "an\x03", "nothing": "",
		"no":       "ann\n" + strings.Repeat("\n", 11) + "no\n",
		"half yes": "ann\n" + strings.Repeat("\n", 11) + "yes", // no line end: it was not meant yet
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got, text := ask(t, example(), answers); got != nil || !strings.HasSuffix(text, "Nothing was saved.\n") {
				t.Errorf("saved %v:\n%s", got, text)
			}
		})
	}
}

func TestPlainConflict(t *testing.T) {
	t.Parallel()
	made := func(limit string) form.Form {
		return form.Form{Title: "Quota", Fields: []form.Field{{Name: "limit", Label: "Limit", Kind: form.Number, Value: limit}, {Name: "note", Label: "Note"}}}
	}
	var out bytes.Buffer
	var tries []form.Values
	p := form.Plain{In: strings.NewReader("8\r\nmine\r\nyes\r\nyes\r\nann\r\nyes\r\nann\r\n"), Out: &out}
	p.Confirm = func(form.Values) string {
		if len(tries) == 0 {
			return ""
		}
		return "ann"
	}
	p.Save = func(_ context.Context, v form.Values) (string, *form.Form, error) {
		tries = append(tries, v)
		if len(tries) == 1 {
			f := made("6")
			return "", &f, errors.New("somebody changed the quota meanwhile")
		}
		return "", nil, nil
	}
	saved, err := p.Run(t.Context(), made("4"))
	if !saved || err != nil {
		t.Fatal(saved, err)
	}
	want := form.Values{"limit": "8", "note": "mine"}
	if diff := cmp.Diff([]form.Values{want, want}, tries); diff != "" {
		t.Errorf("%s\n%s", diff, out.String())
	}
	for _, s := range []string{"Error: somebody changed the quota meanwhile", "Limit: somebody set it to 6 meanwhile.", "Type ann to do it: ", "Saved."} {
		if !strings.Contains(out.String(), s) {
			t.Errorf("%q is not said:\n%s", s, out.String())
		}
	}
}

func TestPlainActions(t *testing.T) {
	t.Parallel()
	f := form.Form{Title: "Cluster", Fields: []form.Field{{Name: "url", Label: "URL"}, {Name: "print", Label: "Fingerprint"}}}
	tries := 0
	f.Actions = []form.Action{{Label: "Test connection", Do: func(context.Context, form.Values) (form.Values, string, error) {
		tries++
		return form.Values{"print": "SHA256:abc"}, "it answers", nil
	}}}
	got, text := ask(t, f, "https://x\n\nyes\nyes\n")
	if got["print"] != "SHA256:abc" || tries != 1 || !strings.Contains(text, "it answers") {
		t.Errorf("saved %v after %d tries:\n%s", got, tries, text)
	}
}

// FuzzPlain: whatever is typed, the form ends, writes nothing but printable text,
// and saves only what its fields allow.
func FuzzPlain(f *testing.F) {
	f.Add("ann\n\n\n\n\n\n\n\n\n\n\n\nyes\n")
	f.Add("ann\nback\n?\n-\n=cancel\nyes\n2 3 99\n\x1b[31m\r\n.\r\n")
	f.Add("\xff\x00\u202e\nyes\n\n")
	f.Fuzz(func(t *testing.T, answers string) {
		got, text := ask(t, example(), answers)
		for _, r := range text {
			if r < ' ' && r != '\n' || r == 0x7f || r == '\u202e' {
				t.Fatalf("%q was written", r)
			}
		}
		if got != nil && (got.Text("name") == "" || got["by"] != "admin" || !strings.Contains("|"+strings.Join(got.List("verbs"), "|")+"|", "|view|")) {
			t.Fatalf("saved %v", got)
		}
	})
}

// A form that wants one of nothing ends: nobody could answer.
func TestPlainWithoutOptions(t *testing.T) {
	t.Parallel()
	for name, required := range map[string]bool{"required": true, "optional": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var out strings.Builder
			p := form.Plain{In: strings.NewReader("\nno\n"), Out: &out}
			saved, err := p.Run(t.Context(), form.Form{Title: "Quota", Fields: []form.Field{{Name: "cluster", Label: "Cluster", Kind: form.Choice, Required: required}, {Name: "vms", Label: "VMs"}}})
			if saved || err != nil || strings.Count(out.String(), "Cluster: there is nothing to choose from.\n") != 1 || !strings.HasSuffix(out.String(), "Nothing was saved.\n") {
				t.Errorf("saved %v, %v: %s", saved, err, out.String())
			}
			if asked := strings.Contains(out.String(), "VMs ["); asked == required {
				t.Errorf("it goes on to the next question: %v\n%s", asked, out.String())
			}
		})
	}
}
