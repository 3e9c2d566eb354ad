package command

import (
	"time"

	"github.com/spf13/cobra"

	"gwm/core"
)

func (t *tree) token() *cobra.Command {
	return groupCommand("token", "Tokens with which machines read the keys of who may log in to them", t.tokenList(), t.tokenAdd(), t.tokenRemove())
}

// tokenJSON is a new token as programs see it. The secret is shown this once.
type tokenJSON struct {
	ID      string    `json:"id"`
	On      string    `json:"on"`
	Secret  string    `json:"secret"`
	Expires time.Time `json:"expires,omitzero"`
}

func (t *tree) tokenAdd() *cobra.Command {
	var comment, expires string
	c := &cobra.Command{
		Use:   "add OBJECT",
		Short: "Make a token for a cluster, a VM or the site, and print its secret",
		Long: "Make a token with which a machine reads the public keys of who may log in to it, and print its secret.\n" +
			"The secret is shown now and never again. It reads keys of OBJECT and of what lies in it, and nothing else.\n" +
			"OBJECT is CLUSTER, CLUSTER/VM or site; it needs admin there.",
		Example:           "  gwm token add berlin --comment \"OS hook of the nodes\" --expires 2027-12-31 > secret",
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: t.complete(0, objectNames),
		RunE: func(cmd *cobra.Command, args []string) error {
			on, err := t.find(args[0])
			if err != nil {
				return err
			}
			var until time.Time
			if expires != "" {
				if until, err = parseTime(expires); err != nil {
					return err
				}
			}
			secret, err := t.Session.NewToken(cmd.Context(), on, comment, until)
			if err != nil {
				return err
			}
			t.note("keep the secret in a file that only root may read; it is not shown again")
			if t.format == "json" {
				return t.json(tokenJSON{ID: core.TokenID(secret), On: on.String(), Secret: secret, Expires: until})
			}
			return writeTable(t.Stdout, [][]string{{secret}})
		},
	}
	c.Flags().StringVar(&comment, "comment", "", "what it is for")
	c.Flags().StringVar(&expires, "expires", "", "when it ends: 2027-01-31, an RFC 3339 time, or a duration such as 48h; never by default")
	return c
}

func (t *tree) tokenList() *cobra.Command {
	return &cobra.Command{
		Use:   "list [OBJECT]",
		Short: "List the tokens for what you administer",
		Args:  cobra.MaximumNArgs(1), ValidArgsFunction: t.complete(0, objectNames),
		RunE: func(cmd *cobra.Command, args []string) error {
			tokens, err := t.Session.Tokens(cmd.Context())
			if err != nil {
				return err
			}
			rows := tokens
			if len(args) == 1 {
				on, err := t.find(args[0])
				if err != nil {
					return err
				}
				rows = nil
				for _, k := range tokens {
					if k.On == on {
						rows = append(rows, k)
					}
				}
			}
			return list(t, rows, []string{"ID", "ON", "COMMENT", "BY", "CREATED", "EXPIRES"}, func(k core.Token) []string {
				end := stamp(k.Expires)
				if k.Expired(time.Now()) {
					end += " (ended)"
				}
				return []string{k.ID, k.On.String(), orDash(k.Comment), k.By, stamp(k.Created), end}
			})
		},
	}
}

func (t *tree) tokenRemove() *cobra.Command {
	return &cobra.Command{
		Use:   "remove ID",
		Short: "Remove a token: the machines that use it get no keys any more",
		Args:  cobra.ExactArgs(1),
		ValidArgsFunction: func(cmd *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
			var ids []string
			if tokens, err := t.Session.Tokens(cmd.Context()); err == nil && len(args) == 0 {
				for _, k := range tokens {
					ids = append(ids, k.ID)
				}
			}
			return ids, cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			return t.do(cmd.Context(), core.RemoveToken{ID: args[0]}, true)
		},
	}
}

func (t *tree) keyFeed() *cobra.Command {
	return &cobra.Command{
		Use:   "feed [OBJECT]",
		Short: "Print the keys of who may log in to the machines of a cluster, a VM or the site",
		Long: "Print the public keys of who may log in to the machines of OBJECT, the site by default, as lines of authorized_keys.\n" +
			"For the site that is who has any right on a cluster or VM, for a cluster who has any right on it or on a VM in it,\n" +
			"for a VM who holds admin on it; and the site administrators. It needs admin on OBJECT.",
		Args:              cobra.MaximumNArgs(1),
		ValidArgsFunction: t.complete(0, objectNames),
		RunE: func(cmd *cobra.Command, args []string) error {
			on := core.Site()
			if len(args) == 1 {
				var err error
				if on, err = t.find(args[0]); err != nil {
					return err
				}
			}
			feed, err := t.Session.KeyFeed(cmd.Context(), on)
			if err != nil {
				return err
			}
			if t.format == "json" {
				return t.json(feed)
			}
			rows := make([][]string, len(feed))
			for i, k := range feed {
				rows[i] = []string{k.Line()}
			}
			return writeTable(t.Stdout, rows)
		},
	}
}
