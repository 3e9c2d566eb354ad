package command

import (
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"gwm/core"
)

// trendRow is what the samples of one measure come to. Numbers are MiB, or VMs.
type trendRow struct {
	Measure core.Measure `json:"measure"`
	Now     int          `json:"now"` // -1: not known
	Least   int          `json:"least"`
	Most    int          `json:"most"`
	Mean    int          `json:"mean"`
	Known   int          `json:"samples"` // in which it was told
	Unknown int          `json:"gaps"`    // in which it was not
	Since   time.Time    `json:"since"`
	Until   time.Time    `json:"until"`
	Values  []int        `json:"values"` // oldest first, one every five minutes; -1: not known
}

// trend tells what an object used over a day.
func (t *tree) trend() *cobra.Command {
	return &cobra.Command{
		Use:   "trend OBJECT",
		Short: "Show what a cluster, node or VM used over the last day",
		Long: "Show what a cluster, node or VM used over the last day, from samples that are taken every five minutes.\n" +
			"GAPS counts those in which nothing was known: the cluster did not answer, or gwm did not run.",
		Example:           "  gwm trend berlin\n  gwm trend node1\n  gwm trend berlin/web1 --output json",
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: t.complete(0, placeNames),
		RunE: func(cmd *cobra.Command, args []string) error {
			on, err := findPlace(t.Session.View(), args[0])
			if err != nil {
				return err
			}
			tr, err := t.Session.Trend(cmd.Context(), on)
			if err != nil {
				return err
			}
			if tr.Len() == 0 {
				t.note("no samples yet; one is taken every %d minutes", int(core.TrendStep/time.Minute))
			}
			rows := make([]trendRow, 0, len(tr.Series))
			for _, s := range tr.Series {
				rows = append(rows, trendOf(s, tr))
			}
			return list(t, rows, []string{"MEASURE", "NOW", "LEAST", "MOST", "MEAN", "SAMPLES", "GAPS", "SINCE"}, trendCells)
		},
	}
}

// placeNames are the names of what has samples.
func placeNames(v *core.View) []string { return append(objectNames(v), nodeNames(v)...) }

// findPlace finds a cluster, a VM or a node by what was typed.
func findPlace(v *core.View, text string) (core.Ref, error) {
	for _, kind := range []core.Kind{core.KindCluster, core.KindVM, core.KindNode} {
		r, err := v.Find(kind, text)
		if err == nil || core.CodeOf(err) == core.CodeInvalid {
			return r, err
		}
	}
	return core.Ref{}, core.Errorf(core.CodeNotFound, "no cluster, node or VM named %q that you may see", core.Printable(text))
}

// trendOf sums up samples.
func trendOf(s core.Series, tr core.Trend) trendRow {
	r := trendRow{Measure: s.Measure, Now: -1, Least: -1, Most: -1, Mean: -1, Since: tr.Since(), Until: tr.Until, Values: s.Values}
	sum := 0
	for i, v := range s.Values {
		if v < 0 {
			r.Unknown++
			continue
		}
		if r.Known++; r.Least < 0 || v < r.Least {
			r.Least = v
		}
		if i == len(s.Values)-1 {
			r.Now = v
		}
		r.Most = max(r.Most, v)
		sum += v
	}
	if r.Known > 0 {
		r.Mean = sum / r.Known
	}
	return r
}

func trendCells(r trendRow) []string {
	write := mib
	if r.Measure == core.MeasureRunning {
		write = numberOr
	}
	return []string{
		string(r.Measure), write(r.Now), write(r.Least), write(r.Most), write(r.Mean), fmt.Sprint(r.Known), fmt.Sprint(r.Unknown), stamp(r.Since),
	}
}
