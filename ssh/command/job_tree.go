package command

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"gwm/core"
)

// branch is a job or a step of one, with what it consists of.
type branch struct {
	Name     string        `json:"name"` // "12", "berlin/job/4711"; empty: a step
	Title    string        `json:"title"`
	State    core.JobState `json:"state"`
	Waited   float64       `json:"waited_seconds,omitempty"` // for what it works on
	Took     float64       `json:"took_seconds,omitempty"`
	Error    string        `json:"error,omitempty"`
	Children []branch      `json:"children,omitempty"`
}

// jobTree prints a job with its parts, the jobs of its cluster and their steps.
func (t *tree) jobTree(ctx context.Context, r core.JobRow) error {
	b, err := t.branchOf(ctx, r)
	if err != nil {
		return err
	}
	if t.format == "json" {
		return t.json(b)
	}
	printBranch(t.Stdout, b, "", "")
	return nil
}

func (t *tree) branchOf(ctx context.Context, r core.JobRow) (branch, error) {
	if r.Ours == nil {
		return t.upstreamBranch(ctx, r.Cluster, r.Upstream.ID)
	}
	job := r.Ours
	b := branch{Name: r.Name, Title: r.Title, State: r.State, Took: between(job.Started, job.Ended)}
	if job.Error != nil {
		b.Error = job.Error.Error()
	}
	for _, id := range job.Children {
		part, err := t.Session.Job(ctx, id)
		if core.CodeOf(err) == core.CodeNotFound {
			continue // no longer kept
		}
		if err != nil {
			return b, err
		}
		child, err := t.branchOf(ctx, ownRow(part))
		if err != nil {
			return b, err
		}
		b.Children = append(b.Children, child)
	}
	if job.Upstream == "" {
		return b, nil
	}
	up, err := t.upstreamBranch(ctx, r.Cluster, job.Upstream)
	switch core.CodeOf(err) {
	case "":
	case core.CodeNotFound, core.CodeUnreachable: // ours is known without the cluster
		up = branch{Name: r.Cluster + "/job/" + job.Upstream, Title: "no longer known to the cluster", State: job.State}
		if core.CodeOf(err) == core.CodeUnreachable {
			up.Title = "the cluster does not answer"
		}
	default:
		return b, err
	}
	b.Children = append(b.Children, up)
	return b, nil
}

func (t *tree) upstreamBranch(ctx context.Context, cluster, id string) (branch, error) {
	whole, err := t.Session.JobTree(ctx, cluster, id)
	if err != nil {
		return branch{}, err
	}
	return treeBranch(cluster, whole), nil
}

func treeBranch(cluster string, whole core.JobTree) branch {
	up := whole.Job
	b := branch{
		Name: cluster + "/job/" + up.ID, Title: up.Summary, State: up.State,
		Waited: between(up.Received, up.Started), Took: between(up.Started, up.Ended), Error: up.Error,
	}
	for i, s := range up.Steps {
		step := branch{Title: s.Name, State: s.State}
		if i < len(whole.Times) {
			at := whole.Times[i]
			step.Waited, step.Took = between(at.Began, at.Ran), between(at.Ran, at.Ended)
		}
		b.Children = append(b.Children, step)
	}
	for _, why := range up.Refused {
		b.Children = append(b.Children, branch{Title: "one more", State: core.JobFailed, Error: why})
	}
	for _, child := range whole.Children {
		b.Children = append(b.Children, treeBranch(cluster, child))
	}
	return b
}

// between is the time from a to b in seconds, 0 where one of them is not known.
func between(a, b time.Time) float64 {
	if a.IsZero() || b.IsZero() || b.Before(a) {
		return 0
	}
	return b.Sub(a).Round(10 * time.Millisecond).Seconds()
}

// printBranch draws a branch; first begins its own line, rest those below.
func printBranch(w io.Writer, b branch, first, rest string) {
	var parts []string
	if b.Name != "" {
		parts = append(parts, "job "+b.Name)
	}
	if b.Title != "" {
		parts = append(parts, b.Title)
	}
	if b.State != "" {
		parts = append(parts, string(b.State))
	}
	if b.Waited > 0 {
		parts = append(parts, fmt.Sprintf("waited %.3gs", b.Waited))
	}
	if b.Took > 0 {
		parts = append(parts, fmt.Sprintf("took %.3gs", b.Took))
	}
	fmt.Fprintln(w, first+core.Printable(strings.Join(parts, "  ")))
	if b.Error != "" {
		fmt.Fprintln(w, rest+"  ! "+core.Printable(b.Error))
	}
	for i, child := range b.Children {
		if i == len(b.Children)-1 {
			printBranch(w, child, rest+"└ ", rest+"  ")
		} else {
			printBranch(w, child, rest+"├ ", rest+"│ ")
		}
	}
}
