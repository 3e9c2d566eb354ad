package command

import (
	"bufio"
	"context"
	"io"
	"net/url"
	"strings"

	"github.com/spf13/cobra"

	"gwm/core"
)

func (t *tree) totp() *cobra.Command {
	return groupCommand("totp", "Second factor: codes of an authenticator app", t.totpBegin(), t.totpConfirm(), t.totpRemove(), t.totpReset())
}

func (t *tree) totpBegin() *cobra.Command {
	return &cobra.Command{
		Use:   "begin",
		Short: "Begin to set up your second factor: print the secret for your app",
		Long: "Begin to set up your second factor: print the secret for your authenticator app, as text and as an address,\n" +
			"and as a QR code where a terminal has room for it (ssh -t).\n" +
			"Nothing is asked for until you show a first code: gwm totp confirm.",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			uri, err := t.Session.BeginTOTP(cmd.Context())
			if err != nil {
				return err
			}
			secret := secretOf(uri)
			if err := t.drawQR(uri); err != nil {
				return err
			}
			t.note("now bring it into the app (time-based, 6 digits), then show a code: totp confirm")
			return object(t, map[string]string{"uri": uri, "secret": secret}, [][2]string{{"secret", secret}, {"address", uri}})
		},
	}
}

// drawQR shows a text for the camera of a phone, where that can be done.
func (t *tree) drawQR(text string) error {
	if t.QR == nil || t.format == "json" {
		return nil
	}
	drawing, ok := t.QR(text)
	if !ok {
		return nil
	}
	_, err := io.WriteString(t.Stdout, drawing+"\n")
	return gone(err)
}

// secretOf is the secret in an otpauth address.
func secretOf(uri string) string {
	u, err := url.Parse(uri)
	if err != nil {
		return ""
	}
	return u.Query().Get("secret")
}

func (t *tree) totpConfirm() *cobra.Command {
	return &cobra.Command{
		Use:   "confirm",
		Short: "Show a first code and get the recovery codes: from now on codes are asked for",
		Long: "Show a first code of your authenticator app, which sets your second factor up, and print the recovery codes.\n" +
			"Each is good once in place of a code, for the day when the app is lost. They are shown now and never again.\n" +
			"From then on a code is asked for before what destroys something or opens an account.\n" +
			"The code is asked for on the terminal; without one it is the first line of standard input.",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			code, err := t.readCode()
			if err != nil {
				return err
			}
			recovery, err := t.Session.ConfirmTOTP(cmd.Context(), code)
			if err != nil {
				return err
			}
			t.note("your second factor is set up; keep these recovery codes apart from the app, they are not shown again")
			if t.format == "json" {
				return t.json(map[string][]string{"recovery": recovery})
			}
			rows := make([][]string, len(recovery))
			for i, c := range recovery {
				rows[i] = []string{c}
			}
			return writeTable(t.Stdout, rows)
		},
	}
}

func (t *tree) totpRemove() *cobra.Command {
	return &cobra.Command{
		Use:   "remove",
		Short: "Remove your second factor; wants a code or a recovery code",
		Long: "Remove your second factor. It wants a code of the app or a recovery code, which is asked for on the terminal;\n" +
			"without one it is the first line of standard input.",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			code, err := t.readCode()
			if err != nil {
				return err
			}
			if err := t.Session.RemoveTOTP(cmd.Context(), code); err != nil {
				return err
			}
			t.note("done: your second factor is removed")
			return nil
		},
	}
}

func (t *tree) totpReset() *cobra.Command {
	var yes bool
	c := &cobra.Command{
		Use:               "reset USER",
		Short:             "Take the second factor of somebody away who lost app and recovery codes",
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: t.completeUsers(0),
		RunE: func(cmd *cobra.Command, args []string) error {
			return t.do(cmd.Context(), core.ResetTOTP{User: args[0]}, yes)
		},
	}
	c.Flags().BoolVar(&yes, "yes", false, "do not ask")
	return c
}

// codePrompt asks for a code; who shows it adds a colon.
const codePrompt = "Code of your authenticator app, or a recovery code"

// maxCode bounds what is read as a code, in bytes.
const maxCode = 256

// readCode asks for a code, or reads it where nobody can be asked.
func (t *tree) readCode() (string, error) {
	if t.Terminal && t.ReadPassword != nil {
		code, err := t.ReadPassword(codePrompt)
		return code.Reveal(), err
	}
	line, _ := bufio.NewReader(io.LimitReader(t.Stdin, maxCode)).ReadString('\n')
	if line = strings.TrimSpace(line); line == "" {
		return "", core.Errorf(core.CodeInvalid, "no code was typed").WithHint("type it on a terminal (ssh -t), or write it to standard input")
	}
	return line, nil
}

// maxAsked is how often a code is asked for before a command gives up.
const maxAsked = 3

// withFactor does something; where a code of the second factor is missing it asks
// for one, and does it again.
func (t *tree) withFactor(ctx context.Context, do func() error) error {
	err := do()
	if core.CodeOf(err) != core.CodeStepUp {
		return err
	}
	if !t.Terminal || t.ReadPassword == nil {
		return core.Errorf(core.CodeStepUp, "%s", core.AsError(err).Message).WithHint("a code is asked for on a terminal only: ssh -t")
	}
	t.note("%s", core.Printable(core.AsError(err).Message))
	for range maxAsked {
		var code core.Secret
		if code, err = t.ReadPassword(codePrompt); err != nil {
			return err
		}
		if err = t.Session.StepUp(ctx, code.Reveal()); err == nil {
			return do()
		}
		if core.CodeOf(err) != core.CodeDenied || t.Session.Err() != nil {
			return err
		}
		t.note("%s", core.Printable(err.Error()))
	}
	return core.Errorf(core.CodeDenied, "no right code was typed, nothing was changed")
}

// check is Session.Check, and asks for a code of the second factor where one is
// missing.
func (t *tree) check(ctx context.Context, ops ...core.Op) error {
	return t.withFactor(ctx, func() error { return t.Session.Check(ctx, ops...) })
}
