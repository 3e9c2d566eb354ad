package e2e

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net"
	"time"

	gossh "golang.org/x/crypto/ssh"
)

// actor is a person with a key.
type actor struct {
	name   string
	signer gossh.Signer
}

func newActor(name string) (*actor, error) {
	_, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return nil, err
	}
	signer, err := gossh.NewSignerFromKey(private)
	return &actor{name, signer}, err
}

// authorizedKey is the line for an authorized_keys file.
func (a *actor) authorizedKey() string {
	return string(bytes.TrimSpace(gossh.MarshalAuthorizedKey(a.signer.PublicKey()))) + " " + a.name + "@test\n"
}

// dial opens a connection that proves the actor's key.
func (a *actor) dial(ctx context.Context, addr string) (*gossh.Client, error) {
	return a.dialAs(ctx, addr, a.name, a.signer)
}

// dialAs opens a connection under a login name, with keys that are offered in
// their order.
func (a *actor) dialAs(ctx context.Context, addr, login string, keys ...gossh.Signer) (*gossh.Client, error) {
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", addr)
	if err != nil {
		return nil, err
	}
	c, channels, requests, err := gossh.NewClientConn(conn, addr, &gossh.ClientConfig{
		User:            login,
		Auth:            []gossh.AuthMethod{gossh.PublicKeys(keys...)},
		HostKeyCallback: gossh.InsecureIgnoreHostKey(),
		Timeout:         patience,
	})
	if err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	return gossh.NewClient(c, channels, requests), nil
}

// run carries out one command over SSH and returns its exit code. An error means
// that no command ran.
func (a *actor) run(ctx context.Context, addr, command string, stdin io.Reader, stdout, stderr io.Writer) (int, error) {
	client, err := a.dial(ctx, addr)
	if err != nil {
		return 0, err
	}
	defer client.Close()
	return execute(ctx, client, command, stdin, stdout, stderr)
}

// execute carries out one command on a connection.
func execute(ctx context.Context, client *gossh.Client, command string, stdin io.Reader, stdout, stderr io.Writer) (int, error) {
	stop := context.AfterFunc(ctx, func() { client.Close() })
	defer stop()
	session, err := client.NewSession()
	if err != nil {
		return 0, err
	}
	defer session.Close()
	session.Stdin, session.Stdout, session.Stderr = stdin, stdout, stderr
	err = session.Run(command)
	var exit *gossh.ExitError
	if errors.As(err, &exit) {
		return exit.ExitStatus(), nil
	}
	if err != nil {
		return 0, fmt.Errorf("%s: %w", command, err)
	}
	return 0, nil
}

// limited is a context that ends after patience.
func limited() (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.Background(), patience+time.Minute)
}
