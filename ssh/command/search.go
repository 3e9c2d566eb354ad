package command

import (
	"strings"

	"github.com/spf13/cobra"

	"gwm/core"
)

// hitJSON is what a search found for programs.
type hitJSON struct {
	Kind core.Kind  `json:"kind"`
	Name string     `json:"name"`
	By   []core.Why `json:"by"`
}

// search finds objects of all kinds and clusters by whatever holds some words.
func (t *tree) search() *cobra.Command {
	var limit int
	c := &cobra.Command{
		Use:   "find WORDS...",
		Short: "Find clusters, nodes and VMs by name, address, MAC, owner, tag, OS, node, network or note",
		Long: "Find clusters, nodes and VMs that hold every word somewhere: in their name, address, MAC, owner, tag, OS, node, network, note or UUID,\n" +
			"in a description. It says in which field each word was found; the best come first.",
		Example: "  gwm find web\n  gwm find aa:00:00:12\n  gwm find ops debian --limit 0",
		Args:    cobra.MinimumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			v := t.Session.View()
			room := limit
			if room <= 0 {
				room = len(v.VMs()) + len(v.Nodes()) + len(v.Clusters())
			}
			hits, more := v.Search(strings.Join(args, " "), room)
			rows := make([]hitJSON, 0, len(hits))
			for _, h := range hits {
				rows = append(rows, hitJSON{h.On.Kind, h.On.String(), h.By})
			}
			t.staleNote(v, "")
			if more > 0 {
				t.note("%d more; --limit 0 lists them all, more words find fewer", more)
			}
			return list(t, rows, []string{"KIND", "NAME", "FOUND BY"}, func(h hitJSON) []string {
				by := make([]string, 0, len(h.By))
				for _, w := range h.By {
					by = append(by, w.Field+" "+w.Value)
				}
				return []string{string(h.Kind), h.Name, strings.Join(by, ", ")}
			})
		},
	}
	c.Flags().IntVar(&limit, "limit", 50, "how many at most; 0: all")
	return c
}
