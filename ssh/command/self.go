package command

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"gwm/core"
)

func (t *tree) whoami() *cobra.Command {
	return &cobra.Command{
		Use:   "whoami",
		Short: "Show who you are here, and what you hold",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			u := t.Session.User()
			out := struct {
				User     string       `json:"user"`
				Comment  string       `json:"comment"`
				Admin    bool         `json:"admin"`
				ActAs    string       `json:"act_as"`
				Personas []core.Ref   `json:"personas"`
				ReadOnly bool         `json:"read_only"`
				Session  string       `json:"session"`
				Groups   []string     `json:"groups"`
				Grants   []core.Grant `json:"grants"`
			}{u.Name, u.Comment, u.Admin, t.Session.ActAs().String(), t.Session.Personas(), t.Session.ReadOnly(), t.Session.ID(), nil, nil}
			groups, err := t.Session.Groups(cmd.Context())
			if err != nil {
				return err
			}
			subjects := []core.Ref{core.UserRef(u.Name)}
			out.Groups = groupsOf(groups, u.Name)
			for _, name := range out.Groups {
				subjects = append(subjects, core.GroupRef(name))
			}
			for _, who := range subjects {
				grants, err := t.Session.Grants(cmd.Context(), who, core.Ref{})
				if err != nil {
					return err
				}
				out.Grants = append(out.Grants, grants...)
			}
			fields := [][2]string{
				{"user", u.Name},
				{"comment", orDash(u.Comment)},
				{"site administrator", yesNo(u.Admin)},
				{"second factor", yesNo(u.TOTP)},
				{"acts as", out.ActAs},
				{"read-only", yesNo(out.ReadOnly)},
				{"groups", words(out.Groups)},
				{"session", out.Session},
			}
			for _, g := range out.Grants {
				fields = append(fields, [2]string{"grant", g.On.String() + " " + words(g.Verbs) + " (to " + g.Who.String() + ")"})
			}
			return object(t, out, fields)
		},
	}
}

func (t *tree) can() *cobra.Command {
	var user string
	c := &cobra.Command{
		Use:               "can VERB OBJECT",
		Short:             "Tell whether you, or somebody else, may do something, and why or why not",
		Example:           "  gwm can power berlin/web1\n  gwm can power berlin/web1 --user ann",
		Args:              cobra.ExactArgs(2),
		ValidArgsFunction: t.complete(1, objectNames),
		RunE: func(cmd *cobra.Command, args []string) error {
			on, err := t.find(args[1])
			if err != nil {
				return err
			}
			if on.Kind == core.KindUser {
				if err := t.knowsUser(cmd.Context(), on.Name); err != nil {
					return err
				}
			}
			verbs, err := askable(on.Kind, args[0])
			if err != nil {
				return err
			}
			var missing []string
			d := core.Decision{OK: true}
			for _, verb := range verbs {
				if d, err = t.decision(cmd.Context(), user, verb, on); err != nil {
					return err
				}
				if !d.OK {
					missing = append(missing, d.Why)
				}
			}
			if len(missing) > 0 {
				return core.Errorf(core.CodeDenied, "no: %s", strings.Join(missing, "; "))
			}
			return object(t, map[string]any{"ok": true, "verb": args[0], "object": on.String(), "rule": d.Rule, "why": d.Why},
				[][2]string{{"yes", d.Rule + ": " + d.Why}})
		},
	}
	c.Flags().StringVar(&user, "user", "", "ask about this user; for who may give rights on the object")
	return c
}

// decision tells whether a user, by default who asks, may do verb on an object.
func (t *tree) decision(ctx context.Context, user string, verb core.Verb, on core.Ref) (core.Decision, error) {
	if user == "" {
		return t.Session.View().Can(verb, on), nil
	}
	return t.Session.WhyOf(ctx, user, verb, on)
}

// askable is core.ParseVerbs, and for what nothing can be granted on the verbs
// that are judged there all the same.
func askable(k core.Kind, word string) ([]core.Verb, error) {
	var verbs []core.Verb
	switch k {
	case core.KindUser:
		verbs = []core.Verb{core.VerbSee, core.VerbModify, core.VerbAdmin}
	case core.KindNode, core.KindSite:
		verbs = []core.Verb{core.VerbSee, core.VerbAdmin}
	default:
		return core.ParseVerbs(k, []string{word})
	}
	if !slices.Contains(verbs, core.Verb(word)) {
		return nil, core.Errorf(core.CodeInvalid, "%q is not a verb for a %s", core.Printable(word), k).WithHint("verbs: %s", words(verbs))
	}
	return []core.Verb{core.Verb(word)}, nil
}

// knowsUser returns an error unless the person sees that user.
func (t *tree) knowsUser(ctx context.Context, name string) error {
	users, err := t.Session.Users(ctx)
	if err == nil && !slices.ContainsFunc(users, func(u core.User) bool { return u.Name == name }) {
		err = core.Unknown(core.KindUser, name)
	}
	return err
}

func (t *tree) sessions() *cobra.Command {
	return groupCommand("session", "Live sessions", &cobra.Command{
		Use:   "list",
		Short: "List live sessions: all for an administrator, else yours",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			now := time.Now()
			return list(t, t.Session.Sessions(), []string{"SESSION", "USER", "FROM", "VIA", "SINCE"}, func(s core.SessionInfo) []string {
				return []string{s.ID, s.User, orDash(s.Addr), s.Via, age(s.Since, now)}
			})
		},
	})
}

func (t *tree) version() *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print the version",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			return object(t, map[string]string{"version": t.Version}, [][2]string{{"gwm", t.Version}})
		},
	}
}
