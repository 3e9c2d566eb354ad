package e2e

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
	gossh "golang.org/x/crypto/ssh"
)

// unproven is a key that somebody offers without having it.
type unproven struct{ key gossh.PublicKey }

func (u unproven) PublicKey() gossh.PublicKey { return u.key }

func (u unproven) Sign(io.Reader, []byte) (*gossh.Signature, error) { return &gossh.Signature{}, nil }

// knock: knock WHO DOOR [offering WHOM] LINE... Comes in at a door and says the
// lines, first offering the public key of somebody else where that is asked.
func knock(ts *testscript.TestScript, neg bool, args []string) {
	w := of(ts)
	who, door, lines := w.actors[args[0]], args[1], args[2:]
	keys := []gossh.Signer{who.signer}
	if len(lines) > 1 && lines[0] == "offering" {
		keys = []gossh.Signer{unproven{w.actors[lines[1]].signer.PublicKey()}, who.signer}
		lines = lines[2:]
	}
	ctx, cancel := limited()
	defer cancel()
	client, err := who.dialAs(ctx, w.server.addr, door, keys...)
	if err != nil {
		fmt.Fprintln(ts.Stderr(), err)
		settle(ts, neg, 255)
		return
	}
	defer client.Close()
	session, err := client.NewSession()
	ts.Check(err)
	var both bytes.Buffer
	session.Stdin = strings.NewReader(strings.Join(lines, "\n") + "\n")
	session.Stdout, session.Stderr = &both, ts.Stderr()
	ts.Check(session.Shell())
	err = session.Wait()
	_, _ = ts.Stdout().Write(both.Bytes())
	var exit *gossh.ExitError
	switch {
	case errors.As(err, &exit):
		settle(ts, neg, exit.ExitStatus())
	case err != nil:
		ts.Fatalf("%v", err)
	default:
		settle(ts, neg, 0)
	}
}

// keep: keep NAME. Keeps the line that the last command printed as $NAME.
func keep(ts *testscript.TestScript, _ bool, args []string) {
	ts.Setenv(args[0], strings.TrimSpace(ts.ReadFile("stdout")))
}
