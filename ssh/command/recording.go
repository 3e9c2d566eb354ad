package command

import (
	"context"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"gwm/core"
)

func (t *tree) recording() *cobra.Command {
	return groupCommand("recording", "What was recorded of serial consoles",
		t.recordingList(), t.recordingShow(), t.recordingExport(), t.recordingRemove())
}

func (t *tree) recordingList() *cobra.Command {
	var q core.RecordingQuery
	var since, until string
	c := &cobra.Command{
		Use:   "list [CLUSTER|VM]",
		Short: "List recordings, newest first",
		Long: "List the recordings of the VMs that you administer, and those of consoles that you may use and at which\n" +
			"nobody but you sat, newest first.",
		Example:           "  gwm recording list berlin/web1\n  gwm recording list --user ann --since 2026-11-01",
		Args:              cobra.MaximumNArgs(1),
		ValidArgsFunction: t.complete(0, objectNames),
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			if len(args) == 1 {
				if err := t.recordingsOf(args[0], &q); err != nil {
					return err
				}
			}
			if q.Since, err = optional(since, parseSince); err != nil {
				return err
			}
			if q.Until, err = optional(until, parseUntil); err != nil {
				return err
			}
			found, err := t.Session.Recordings(cmd.Context(), q)
			if err != nil {
				return err
			}
			return list(t, found, []string{"ID", "VM", "BEGAN", "LASTED", "BYTES", "PEOPLE", "PROBLEM"}, recordingRow)
		},
	}
	c.Flags().StringVar(&q.User, "user", "", "only those at which this person sat")
	c.Flags().StringVar(&since, "since", "", "only those begun from this time on: 2026-12-31 or an RFC 3339 time")
	c.Flags().StringVar(&until, "until", "", "only those begun before this time")
	c.Flags().StringVar(&q.Before, "before", "", "only those older than the recording with this ID: the next page")
	c.Flags().IntVar(&q.Limit, "limit", 100, "how many")
	return c
}

// optional reads a time that may be left out.
func optional(text string, parse func(string) (time.Time, error)) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	return parse(text)
}

// recordingsOf has q ask for one cluster or one VM. It may be one that is gone.
func (t *tree) recordingsOf(text string, q *core.RecordingQuery) error {
	on, err := t.find(text)
	if err != nil {
		gone, fault := core.ParseRef(text)
		if fault != nil || gone.Cluster == "" {
			return err
		}
		on = gone
	}
	switch on.Kind {
	case core.KindVM:
		q.VM = on
	case core.KindCluster:
		q.Cluster = on.Cluster
	default:
		return core.Errorf(core.CodeInvalid, "%s is neither a cluster nor a VM", on)
	}
	return nil
}

func recordingRow(r core.Recording) []string {
	lasted := "goes on"
	if !r.Ended.IsZero() {
		lasted = r.Ended.Sub(r.Began).Round(time.Second).String()
	}
	return []string{r.ID, r.VM.String(), stamp(r.Began), lasted, strconv.FormatInt(r.Bytes, 10), strings.Join(r.People, ", "), orDash(core.Printable(r.Failure))}
}

// recordingNames completes the IDs of recordings.
func (t *tree) recordingNames(cmd *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	var ids []string
	if found, err := t.Session.Recordings(cmd.Context(), core.RecordingQuery{}); err == nil && len(args) == 0 {
		for _, r := range found {
			ids = append(ids, r.ID)
		}
	}
	return ids, cobra.ShellCompDirectiveNoFileComp
}

func (t *tree) recordingShow() *cobra.Command {
	return &cobra.Command{
		Use:               "show ID|VM",
		Short:             "Print the text of a recording, or of the newest one of a VM, without colours and cursor movements",
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: t.recordingNames,
		RunE: func(cmd *cobra.Command, args []string) error {
			return t.replay(cmd, args[0], showCast)
		},
	}
}

func (t *tree) recordingExport() *cobra.Command {
	return &cobra.Command{
		Use:               "export ID|VM",
		Short:             "Print a recording, or the newest one of a VM, as asciicast v2, which asciinema plays",
		Long:              "Print a recording, or the newest one of a VM, as asciicast v2. It holds what the guest wrote as it was: look at it with a player only.",
		Example:           "  gwm recording export 20261122-101500-k3j2h1g4f5d6 > web1.cast && asciinema play web1.cast",
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: t.recordingNames,
		RunE: func(cmd *cobra.Command, args []string) error {
			return t.replay(cmd, args[0], exportCast)
		},
	}
}

// reel is the recording that a text names: by its ID, or the newest one of a VM.
func (t *tree) reel(ctx context.Context, text string) (id string, err error) {
	vm, err := t.Session.View().Find(core.KindVM, text)
	if err != nil {
		return text, nil //nolint:nilerr // then it is an ID
	}
	found, err := t.Session.Recordings(ctx, core.RecordingQuery{VM: vm, Limit: 1})
	switch {
	case err != nil:
		return "", err
	case len(found) == 0:
		return "", core.Errorf(core.CodeNotFound, "there is no recording of %s that you may see", vm).WithHint("gwm recording list shows those that you may")
	}
	return found[0].ID, nil
}

// replay hands a recording to show.
func (t *tree) replay(cmd *cobra.Command, text string, show func(to io.Writer, from io.Reader) error) error {
	id, err := t.reel(cmd.Context(), text)
	if err != nil {
		return err
	}
	rec, cast, err := t.Session.Replay(cmd.Context(), id)
	if err != nil {
		return err
	}
	defer func() { _ = cast.Close() }() // it was only read
	if rec.Failure != "" {
		t.note("this recording is not complete: %s", core.Printable(rec.Failure))
	}
	return show(t.Stdout, cast)
}

func (t *tree) recordingRemove() *cobra.Command {
	var yes bool
	c := &cobra.Command{
		Use:               "remove ID",
		Short:             "Remove a recording for good",
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: t.recordingNames,
		RunE: func(cmd *cobra.Command, args []string) error {
			return t.do(cmd.Context(), core.RemoveRecording{ID: args[0]}, yes)
		},
	}
	c.Flags().BoolVar(&yes, "yes", false, "do not ask")
	return c
}
