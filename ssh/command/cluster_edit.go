package command

import (
	"strings"

	"github.com/spf13/cobra"

	"gwm/core"
)

// clusterFlags are the settings of a cluster on the command line.
type clusterFlags struct {
	url, user, passwordFile, ca, fingerprint, description, colour, recording string
	insecure, readOnly, protected, yes, noCheck                              bool
}

func (f *clusterFlags) register(c *cobra.Command) {
	c.Flags().StringVar(&f.url, "url", "", "address of its remote API, https://HOST:5080")
	c.Flags().StringVar(&f.user, "user", "", "user of the remote API; without one the cluster is read-only")
	c.Flags().StringVar(&f.passwordFile, "password-file", "", "file that holds the password; - is standard input")
	c.Flags().StringVar(&f.ca, "ca", "", "file with the authority's certificate (PEM)")
	c.Flags().StringVar(&f.fingerprint, "fingerprint", "", "SHA-256 of the server's certificate, instead of --ca")
	c.Flags().BoolVar(&f.insecure, "insecure", false, "do not verify the server: only for tests")
	c.Flags().StringVar(&f.description, "description", "", "a text for people")
	c.Flags().StringVar(&f.recording, "recording", "", "record its serial consoles: off, best-effort (go on where that fails), required (end the console where it fails)")
	c.Flags().StringVar(&f.colour, "colour", "", "colour of its name on the screen: "+strings.Join(core.Colours(), ", ")+"; empty for none")
	_ = c.RegisterFlagCompletionFunc("colour", cobra.FixedCompletions(core.Colours(), cobra.ShellCompDirectiveNoFileComp))
	c.Flags().BoolVar(&f.readOnly, "read-only", false, "change nothing there through gwm")
	c.Flags().BoolVar(&f.protected, "protected", false, "ask more strictly before anything that disrupts")
	c.Flags().BoolVar(&f.yes, "yes", false, "do not ask")
	c.Flags().BoolVar(&f.noCheck, "no-check", false, "store it without connecting")
}

// apply sets what was given on the command line.
func (f *clusterFlags) apply(t *tree, cmd *cobra.Command, c *core.Cluster) error {
	given := cmd.Flags().Changed
	for flag, set := range map[string]func(){
		"url":         func() { c.URL = strings.TrimSuffix(f.url, "/") },
		"user":        func() { c.User = f.user },
		"description": func() { c.Description = f.description },
		"colour":      func() { c.Colour = f.colour },
		"read-only":   func() { c.ReadOnly = f.readOnly },
		"protected":   func() { c.Protected = f.protected },
	} {
		if given(flag) {
			set()
		}
	}
	if given("recording") {
		var err error
		if c.Recording, err = core.ParseRecordingPolicy(f.recording); err != nil {
			return err
		}
	}
	trust := 0
	for _, flag := range []string{"ca", "fingerprint", "insecure"} {
		if given(flag) && (flag != "insecure" || f.insecure) {
			trust++
		}
	}
	if trust > 1 {
		return core.Errorf(core.CodeInvalid, "--ca, --fingerprint and --insecure exclude each other").WithHint("choose one of them")
	}
	if trust > 0 || given("insecure") {
		c.CA, c.Fingerprint, c.Insecure = "", "", f.insecure
	}
	if given("fingerprint") {
		c.Fingerprint = core.NormalFingerprint(f.fingerprint)
	}
	if given("ca") {
		pem, err := t.readFile(f.ca)
		if err != nil {
			return err
		}
		c.CA = string(pem)
	}
	return c.Validate()
}

func (t *tree) clusterAdd() *cobra.Command {
	var f clusterFlags
	c := &cobra.Command{
		Use:   "add NAME --url URL",
		Short: "Add a cluster",
		Long: "Add a cluster. It is contacted first: a certificate that no known authority signed is shown with its\n" +
			"fingerprint, and trusted only if you say so.",
		Example: "  gwm cluster add berlin --url https://berlin.example.org:5080 --user gwm --password-file secret --ca berlin.pem",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			cl := core.Cluster{Name: args[0], Platform: "ganeti"}
			if f.url == "" {
				return core.Errorf(core.CodeInvalid, "the address of %s is missing", core.Printable(args[0])).WithHint("add --url https://HOST:5080")
			}
			if err := f.apply(t, cmd, &cl); err != nil {
				return err
			}
			var password core.Secret
			var err error
			if cl.User != "" {
				if password, err = t.password(f.passwordFile, passwordPrompt(cl)); err != nil {
					return err
				}
			} else if f.passwordFile != "" {
				return core.Errorf(core.CodeInvalid, "a password without a user").WithHint("add --user")
			}
			if err := t.check(cmd.Context(), core.AddCluster{Cluster: cl, Password: password}); err != nil {
				return err
			}
			if !f.noCheck && cl.CA == "" && cl.Fingerprint == "" && !cl.Insecure {
				if err := t.firstContact(cmd, &cl); err != nil {
					return err
				}
			}
			if !f.noCheck {
				if err := t.tryCluster(cmd.Context(), cl, password); err != nil {
					return err
				}
			}
			return t.do(cmd.Context(), core.AddCluster{Cluster: cl, Password: password}, f.yes)
		},
	}
	f.register(c)
	return c
}

// passwordPrompt asks for the password of a cluster; who shows it adds a colon.
func passwordPrompt(c core.Cluster) string { return "Password of " + c.User + " on " + c.Name }

// firstContact shows the certificate of a server that no known authority signed,
// and pins it if the person says so.
func (t *tree) firstContact(cmd *cobra.Command, c *core.Cluster) error {
	p, err := t.Session.ProbeCluster(cmd.Context(), *c)
	if err != nil {
		return err
	}
	if p.Problem == "" {
		return nil
	}
	t.note("%s shows a certificate that cannot be verified: %s", c.Name, core.Printable(p.Problem))
	t.note("  subject      %s", core.Printable(p.Subject))
	t.note("  issuer       %s", core.Printable(p.Issuer))
	t.note("  valid for    %s", core.Printable(strings.Join(p.Names, ", ")))
	t.note("  valid until  %s", stamp(p.NotAfter))
	t.note("  fingerprint  %s", p.Fingerprint)
	if !t.Terminal {
		return core.Errorf(core.CodeUnreachable, "%s shows a certificate that nobody vouches for", c.Name).
			WithHint("compare the fingerprint with the cluster's own, then add --fingerprint %s, or give --ca FILE", p.Fingerprint)
	}
	if err := t.ask("Compare the fingerprint with the cluster's own: openssl x509 -in /var/lib/ganeti/rapi.pem -noout -fingerprint -sha256",
		"Trust this certificate from now on"); err != nil {
		return err
	}
	c.Fingerprint = p.Fingerprint
	return nil
}

func (t *tree) clusterEdit() *cobra.Command {
	var f clusterFlags
	c := &cobra.Command{
		Use:               "edit CLUSTER",
		Short:             "Change the settings of a cluster; what is not given stays",
		Example:           "  gwm cluster edit berlin --protected\n  gwm cluster edit berlin --user gwm --password-file secret\n  gwm cluster edit berlin --read-only=false",
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: t.complete(0, clusterNames),
		RunE: func(cmd *cobra.Command, args []string) error {
			summary, err := findCluster(t.Session.View(), args[0])
			if err != nil {
				return err
			}
			cl := summary.Cluster
			if err := t.check(cmd.Context(), core.EditCluster{Cluster: cl}); err != nil {
				return err
			}
			if cmd.Flags().NFlag() == 0 {
				return core.Errorf(core.CodeInvalid, "nothing to change on %s", cl.Name).WithHint("gwm cluster edit --help lists the settings")
			}
			if err := f.apply(t, cmd, &cl); err != nil {
				return err
			}
			op := core.EditCluster{Cluster: cl, Was: &summary.Cluster}
			var password core.Secret
			if f.passwordFile != "" || cmd.Flags().Changed("user") && f.user != "" {
				if password, err = t.password(f.passwordFile, passwordPrompt(cl)); err != nil {
					return err
				}
				op.Password = &password
				if !f.noCheck {
					if err := t.tryCluster(cmd.Context(), cl, password); err != nil {
						return err
					}
				}
			}
			return t.do(cmd.Context(), op, f.yes)
		},
	}
	f.register(c)
	return c
}
