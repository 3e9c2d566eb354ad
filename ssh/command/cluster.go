package command

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"gwm/core"
)

func (t *tree) cluster() *cobra.Command {
	return groupCommand("cluster", "Clusters", t.clusterList(), t.clusterShow(), t.clusterOffer(), t.clusterAdd(), t.clusterEdit(),
		t.clusterRemove(), t.clusterRefresh(), t.clusterRedistribute(), t.clusterTag(), t.clusterUntag(),
		t.clusterNote(), t.clusterParams(), t.clusterSet(), t.clusterFilter(), t.clusterDrain(), t.clusterUndrain())
}

// clusterJSON is a cluster for programs.
type clusterJSON struct {
	Cluster       string            `json:"cluster"`
	Name          string            `json:"name"`
	Description   string            `json:"description"`
	Colour        string            `json:"colour,omitempty"`
	URL           string            `json:"url"`
	User          string            `json:"user,omitempty"`
	Software      string            `json:"software"`
	Reachable     bool              `json:"reachable"`
	Error         *core.Error       `json:"error,omitempty"`
	Fetched       string            `json:"fetched,omitempty"`
	Since         string            `json:"unreachable_since,omitempty"`
	Insecure      bool              `json:"insecure"`
	Fingerprint   string            `json:"fingerprint,omitempty"`
	ReadOnly      bool              `json:"read_only"`
	Protected     bool              `json:"protected"`
	Partial       bool              `json:"partial"`
	Nodes         int               `json:"nodes"`
	NodesDown     int               `json:"nodes_down"`
	VMs           int               `json:"vms"`
	Running       int               `json:"vms_running"`
	Errors        int               `json:"vms_error"`
	MemoryMiB     int               `json:"memory_mib"`
	MemoryFreeMiB int               `json:"memory_free_mib"`
	DiskMiB       int               `json:"disk_mib"`
	DiskFreeMiB   int               `json:"disk_free_mib"`
	JobsRunning   int               `json:"jobs_running"`
	JobsFailed    int               `json:"jobs_failed"`
	LeftOut       string            `json:"left_out,omitempty"`
	Info          *core.ClusterInfo `json:"info,omitempty"`
}

func clusterOut(c core.ClusterSummary) clusterJSON {
	out := clusterJSON{
		Cluster: c.Cluster.Name, Name: c.Cluster.Name, Description: c.Cluster.Description, Colour: c.Cluster.Colour, URL: c.Cluster.URL, User: c.Cluster.User,
		Software: c.Info.Software, Reachable: c.Health.Reachable(), Error: c.Health.Error,
		Insecure: c.Cluster.Insecure, Fingerprint: c.Cluster.Fingerprint, ReadOnly: c.Cluster.ReadOnly,
		Protected: c.Cluster.Protected, Partial: c.Partial,
		Nodes: c.Nodes, NodesDown: c.NodesDown, VMs: c.VMs, Running: c.Running, Errors: c.Errors,
		MemoryMiB: c.MemoryMiB, MemoryFreeMiB: c.MemoryFreeMiB, DiskMiB: c.DiskMiB, DiskFreeMiB: c.DiskFreeMiB,
		JobsRunning: c.JobsRunning, JobsFailed: c.JobsFailed, LeftOut: c.Health.LeftOut.String(),
	}
	if !c.Health.Fetched.IsZero() {
		out.Fetched = stamp(c.Health.Fetched)
	}
	if !c.Health.Since.IsZero() {
		out.Since = stamp(c.Health.Since)
	}
	return out
}

// healthWord says in a few words how a cluster is.
func healthWord(c core.ClusterSummary, v *core.View) string {
	var w []string
	switch {
	case !c.Health.Since.IsZero():
		w = append(w, "unreachable since "+stamp(c.Health.Since))
	case c.Health.Fetched.IsZero():
		w = append(w, "loading")
	default:
		w = append(w, "ok "+age(c.Health.Fetched, v.Now()))
	}
	if c.Lock != nil {
		w = append(w, "read-only")
	}
	if c.Cluster.Insecure {
		w = append(w, "INSECURE")
	}
	return strings.Join(w, ", ")
}

func (t *tree) clusterList() *cobra.Command {
	return &cobra.Command{
		Use:   "list",
		Short: "List clusters with their health",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			v := t.Session.View()
			byName := map[string]core.ClusterSummary{}
			var rows []clusterJSON
			for _, c := range v.Clusters() {
				byName[c.Cluster.Name] = c
				rows = append(rows, clusterOut(c))
			}
			header := []string{"NAME", "SOFTWARE", "NODES", "VMS", "MEMORY FREE", "DISK FREE", "JOBS", "HEALTH"}
			return list(t, rows, header, func(c clusterJSON) []string {
				nodes, memory, disk := "-", "-", "-"
				if !c.Partial {
					nodes = number(c.Nodes)
					memory = mib(c.MemoryFreeMiB) + "/" + mib(c.MemoryMiB)
					disk = mib(c.DiskFreeMiB) + "/" + mib(c.DiskMiB)
				}
				return []string{
					c.Name, orDash(c.Software), nodes, fmt.Sprintf("%d/%d", c.Running, c.VMs), memory, disk,
					number(c.JobsRunning), healthWord(byName[c.Name], v),
				}
			})
		},
	}
}

func (t *tree) clusterShow() *cobra.Command {
	return &cobra.Command{
		Use:               "show CLUSTER",
		Short:             "Show a cluster",
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: t.complete(0, clusterNames),
		RunE: func(_ *cobra.Command, args []string) error {
			v := t.Session.View()
			c, err := findCluster(v, args[0])
			if err != nil {
				return err
			}
			out := clusterOut(c)
			out.Info = &c.Info
			fields := [][2]string{
				{"name", c.Cluster.Name},
				{"description", orDash(c.Cluster.Description)},
				{"colour", orDash(c.Cluster.Colour)},
				{"address", orDash(c.Cluster.URL)},
				{"user", orDash(c.Cluster.User)},
				{"health", healthWord(c, v)},
				{"software", orDash(c.Info.Software)},
				{"own name", orDash(c.Info.Name)},
				{"master", orDash(c.Info.Master)},
				{"hypervisors", words(c.Info.Hypervisors)},
				{"disk templates", words(c.Info.DiskTemplates)},
				{"operating systems", words(c.Info.OSes)},
				{"tags", words(c.Info.Tags)},
				{"certificate", trustWord(c)},
				{"read-only", yesNo(c.Lock != nil)},
				{"protected", yesNo(c.Cluster.Protected)},
				{"VMs", fmt.Sprintf("%d, %d running, %d with errors", c.VMs, c.Running, c.Errors)},
			}
			if c.Partial {
				fields = append(fields, [2]string{"the rest", "is for who may see the cluster as a whole"})
			} else {
				fields = append(fields, [][2]string{
					{"nodes", fmt.Sprintf("%d, %d down", c.Nodes, c.NodesDown)},
					{"if a node failed", core.SpareWords(v.Spares(c.Cluster.Name))},
					{"memory free", mib(c.MemoryFreeMiB) + " of " + mib(c.MemoryMiB)},
					{"disk free", mib(c.DiskFreeMiB) + " of " + mib(c.DiskMiB)},
				}...)
			}
			if c.Health.Error != nil {
				fields = append(fields, [2]string{"error", c.Health.Error.Error()})
			}
			if out.LeftOut != "" {
				fields = append(fields, [2]string{"left out", out.LeftOut})
			}
			return object(t, out, fields)
		},
	}
}

func trustWord(s core.ClusterSummary) string {
	c := s.Cluster
	switch {
	case c.Insecure:
		return "NOT VERIFIED (insecure)"
	case c.Fingerprint != "":
		return "pinned " + c.Fingerprint
	case c.CA != "":
		return "signed by the given authority"
	case !s.Managed: // which authority is for others to know
		return "verified"
	default:
		return "signed by an authority of this system"
	}
}

func findCluster(v *core.View, name string) (core.ClusterSummary, error) {
	ref, err := v.Find(core.KindCluster, name)
	if err != nil {
		return core.ClusterSummary{}, err
	}
	c, _ := v.Cluster(ref.Cluster)
	return c, nil
}

// selection is what a list shows of VMs, nodes or jobs.
type selection struct {
	cluster string // its full name; empty: all
	filter  *core.Filter
}

// selected reads --cluster and the words of a filter.
func selected(v *core.View, cluster string, filter []string) (selection, error) {
	var s selection
	var err error
	if s.filter, err = core.ParseFilter(strings.Join(filter, " ")); err != nil || cluster == "" {
		return s, err
	}
	c, err := findCluster(v, cluster)
	s.cluster = c.Cluster.Name
	return s, err
}

func (s selection) has(cluster string, row core.Row) bool {
	return (s.cluster == "" || cluster == s.cluster) && s.filter.Match(row)
}

func (t *tree) clusterFlag(c *cobra.Command, p *string) {
	c.Flags().StringVar(p, "cluster", "", "only this cluster")
	_ = c.RegisterFlagCompletionFunc("cluster", t.complete(-1, clusterNames))
}

// staleNote tells beside a list which clusters it shows as they were, or not whole.
func (t *tree) staleNote(v *core.View, cluster string) {
	for _, c := range v.Clusters() {
		if cluster != "" && c.Cluster.Name != cluster {
			continue
		}
		if left := c.Health.LeftOut.String(); left != "" {
			t.note("gwm: %s: %s", c.Cluster.Name, left)
		}
		switch {
		case !c.Health.Since.IsZero():
			t.note("gwm: %s is unreachable since %s; shown as of %s ago", c.Cluster.Name, stamp(c.Health.Since), age(c.Health.Fetched, v.Now()))
		case c.Health.Fetched.IsZero():
			t.note("gwm: %s has not answered yet", c.Cluster.Name)
		}
	}
}

func (t *tree) clusterRefresh() *cobra.Command {
	return &cobra.Command{
		Use:               "refresh [CLUSTER]",
		Short:             "Ask a cluster, or all, for new data now",
		Args:              cobra.MaximumNArgs(1),
		ValidArgsFunction: t.complete(0, clusterNames),
		RunE: func(cmd *cobra.Command, args []string) error {
			name := ""
			if len(args) == 1 {
				c, err := findCluster(t.Session.View(), args[0])
				if err != nil {
					return err
				}
				name = c.Cluster.Name
			}
			return t.Session.Refresh(cmd.Context(), name)
		},
	}
}

func (t *tree) clusterRemove() *cobra.Command {
	var yes bool
	c := &cobra.Command{
		Use:               "remove CLUSTER",
		Short:             "Forget a cluster, what is cached of it and the rights on it",
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: t.complete(0, clusterNames),
		RunE: func(cmd *cobra.Command, args []string) error {
			return t.do(cmd.Context(), core.RemoveCluster{Name: args[0]}, yes)
		},
	}
	c.Flags().BoolVar(&yes, "yes", false, "do not ask")
	return c
}

// tryCluster connects with new settings before they are stored.
func (t *tree) tryCluster(ctx context.Context, c core.Cluster, password core.Secret) error {
	info, err := t.Session.TestCluster(ctx, c, password)
	if err != nil {
		e := core.AsError(err)
		hint := strings.TrimSpace(e.Hint)
		if hint != "" {
			hint += "; "
		}
		return core.Errorf(e.Code, "%s: nothing was stored: %s", c.Name, e.Message).WithHint("%s--no-check stores it all the same", hint)
	}
	t.note("%s answers: %s, master %s", c.Name, core.Printable(info.Software), core.Printable(info.Master))
	return nil
}
