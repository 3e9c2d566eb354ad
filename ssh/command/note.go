package command

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"gwm/core"
)

func (t *tree) vmNote() *cobra.Command { return t.noteOn(core.KindVM, "VM", vmNames) }

func (t *tree) nodeNote() *cobra.Command { return t.noteOn(core.KindNode, "NODE", nodeNames) }

func (t *tree) clusterNote() *cobra.Command {
	return t.noteOn(core.KindCluster, "CLUSTER", clusterNames)
}

// noteOn makes the command that prints the note on an object of a kind, or writes it.
func (t *tree) noteOn(kind core.Kind, arg string, names func(*core.View) []string) *cobra.Command {
	var text string
	var empty bool
	c := &cobra.Command{
		Use:               "note " + arg,
		Short:             "Print the note on a " + strings.ToLower(arg) + ", or write it",
		Long:              "Print the note on it, which all read who see it, or write it. gwm keeps it; the cluster does not know of it.",
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: t.complete(0, names),
		RunE: func(cmd *cobra.Command, args []string) error {
			writes := empty || cmd.Flags().Changed("text")
			v := t.Session.View()
			on, err := v.Find(kind, args[0])
			switch {
			case err != nil && writes && kind == core.KindVM:
				return t.Session.Missed(cmd.Context(), core.EditNote{On: named(args[0])}, err)
			case err != nil:
				return err
			case !writes:
				return t.printNote(v, on)
			}
			op := core.EditNote{On: on}
			if note, ok := v.Note(on); ok {
				op.Was = &note.Text
			}
			if !empty {
				if op.Text, err = t.noteText(text); err != nil {
					return err
				}
			}
			return t.do(cmd.Context(), op, true)
		},
	}
	if kind == core.KindVM {
		c.Long = strings.TrimSuffix(c.Long, ".") + ".\nIt follows the VM to another name, and goes with it when it is deleted."
	}
	c.Example = fmt.Sprintf("  gwm %[1]s note %[2]s\n  gwm %[1]s note %[2]s --text 'ask ann before it is restarted'\n  gwm %[1]s note %[2]s --text - < note.txt",
		strings.ToLower(arg), map[core.Kind]string{core.KindVM: "web1", core.KindNode: "node3", core.KindCluster: "berlin"}[kind])
	c.Flags().StringVar(&text, "text", "", "what it is to say; - reads it from standard input")
	c.Flags().BoolVar(&empty, "clear", false, "remove the note")
	c.MarkFlagsMutuallyExclusive("text", "clear")
	return c
}

// noteText is the text of an argument without the space around it.
func (t *tree) noteText(arg string) (string, error) {
	if arg == "-" {
		data, err := t.readFile("-")
		if err != nil {
			return "", err
		}
		arg = string(data)
	}
	return strings.TrimSpace(strings.ReplaceAll(arg, "\r\n", "\n")), nil
}

func (t *tree) printNote(v *core.View, on core.Ref) error {
	note, ok := v.Note(on)
	switch {
	case t.format == "json":
		return t.json(note)
	case !ok:
		t.note("%s has no note", core.Printable(on.String()))
		return nil
	}
	for line := range strings.SplitSeq(note.Text, "\n") {
		if _, err := fmt.Fprintln(t.Stdout, core.Printable(line)); err != nil {
			return gone(err)
		}
	}
	t.note("by %s, %s", core.Printable(note.By), stamp(note.At))
	return nil
}
