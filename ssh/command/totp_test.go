package command

import (
	"bytes"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"gwm/core"
	"gwm/core/coretest"
)

// fingers type codes when they are asked for.
type fingers struct {
	codes []string
	asked int
}

func (f *fingers) read(string) (core.Secret, error) {
	f.asked++
	if len(f.codes) == 0 {
		return core.Secret{}, core.Errorf(core.CodeInvalid, "no password was typed")
	}
	code := f.codes[0]
	f.codes = f.codes[1:]
	return core.NewSecret(code), nil
}

func TestSecondFactorAtTheCommandLine(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := coretest.Start(t)
		var out, messages bytes.Buffer
		run := func(s *core.Session, line, in string, f *fingers, want int) string {
			t.Helper()
			out.Reset()
			messages.Reset()
			env := Env{Session: s, Stdin: strings.NewReader(in), Stdout: &out, Stderr: &messages}
			if f != nil {
				env.Terminal, env.ReadPassword = true, f.read
			}
			if code := Run(t.Context(), env, strings.Fields(line)); code != want {
				t.Errorf("%s: exit %d, want %d: %s", line, code, want, &messages)
			}
			return out.String()
		}
		admin := w.Login("admin")
		words := strings.Fields(run(admin, "totp begin", "", nil, ExitDone))
		uri := words[len(words)-1]
		code := func() string { return coretest.Code(t, uri, time.Now()) }
		if words[1] != secretOf(uri) {
			t.Errorf("the secret is shown as %s", words[1])
		}
		run(admin, "totp confirm", "", nil, ExitUsage)
		run(admin, "totp confirm", "000000\n", nil, ExitUsage)
		recovery := strings.Fields(run(admin, "totp confirm", code()+"\n", nil, ExitDone))
		if len(recovery) != 8 {
			t.Fatalf("recovery codes: %q", recovery)
		}
		if got := run(admin, "whoami", "", nil, ExitDone); !strings.Contains(got, "second factor       yes") {
			t.Errorf("whoami says %s", got)
		}
		admin.Close()

		admin = w.Login("admin")
		run(admin, "user delete ann --yes", "", nil, ExitNotFound)
		if got := messages.String(); !strings.Contains(got, "delete user ann: your second factor is needed") || !strings.Contains(got, "ssh -t") {
			t.Errorf("without a terminal it says %s", got)
		}
		run(admin, "user invite ann", "", nil, ExitNotFound)
		time.Sleep(time.Minute)
		hand := &fingers{codes: []string{"111111", "222222", "333333", "444444"}}
		run(admin, "user delete ann --yes", "", hand, ExitNotFound)
		if hand.asked != 3 {
			t.Errorf("it asked %d times", hand.asked)
		}
		hand = &fingers{codes: []string{"111111", code()}}
		run(admin, "user delete ann", "no\n", hand, ExitUsage)
		run(admin, "user delete ann", "yes\n", hand, ExitDone)
		if hand.asked != 2 {
			t.Errorf("within ten minutes it asked again: %d", hand.asked)
		}
		run(admin, "user invite bob", "", nil, ExitDone)
		run(admin, "totp remove", recovery[0], nil, ExitDone)
		run(admin, "totp remove", recovery[0], nil, ExitFailed)
	})
}

// TestTheQRCodeOfTheCommand is drawn where a terminal has room for it and people
// read the output.
func TestTheQRCodeOfTheCommand(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := coretest.Start(t)
		for _, c := range []struct {
			name string
			room bool
			qr   bool
			args string
			want bool
		}{
			{"room", true, true, "totp begin", true},
			{"too small", false, true, "totp begin", false},
			{"no terminal", true, false, "totp begin", false},
			{"for programs", true, true, "totp begin -o json", false},
		} {
			var out, messages bytes.Buffer
			drawn := ""
			env := Env{Session: w.Login("ann"), Stdin: strings.NewReader(""), Stdout: &out, Stderr: &messages}
			if c.qr {
				env.QR = func(text string) (string, bool) { drawn = text; return "[QR]", c.room }
			}
			if code := Run(t.Context(), env, strings.Fields(c.args)); code != ExitDone {
				t.Fatalf("%s: exit %d: %s", c.name, code, &messages)
			}
			if got := strings.Contains(out.String(), "[QR]\n"); got != c.want {
				t.Errorf("%s: drawn %v:\n%s", c.name, got, &out)
			}
			if c.want && !strings.Contains(out.String(), drawn) {
				t.Errorf("%s: it draws %q and says\n%s", c.name, drawn, &out)
			}
			if !strings.Contains(out.String(), "secret") {
				t.Errorf("%s: it does not say the secret:\n%s", c.name, &out)
			}
		}
	})
}
