package rapi

import (
	"context"
	"encoding/json"
	"slices"

	"gwm/core"
)

// Locks returns what the cluster's jobs hold or wait for. Ganeti lists also locks
// that nobody has: those are left out. The error is CodeUnsupported where the
// cluster refuses queries.
func (c *Client) Locks(ctx context.Context) ([]core.JobLock, error) {
	locks := []core.JobLock{}
	err := c.Query(ctx, "lock", []string{"name", "mode", "owner", "pending"}, nil, func(row []Cell) error {
		l := core.JobLock{Owners: lockJobs(at(row, 2).Value)}
		if len(row) != 4 {
			return nil
		}
		if err := json.Unmarshal(row[0].Value, &l.Name); err != nil {
			return nil //nolint:nilerr // a lock without a name that is text tells nothing
		}
		var pending [][]json.RawMessage // [mode, [job, ...]]
		if json.Unmarshal(row[3].Value, &pending) == nil {
			for _, p := range pending {
				l.Waiting = slices.Concat(l.Waiting, lockJobs(at(p, 1)))
			}
		}
		if len(l.Owners)+len(l.Waiting) > 0 {
			locks = append(locks, l)
		}
		return nil
	})
	return locks, err
}

// lockJobs reads the numbers of jobs, "38". Any other text names a part of Ganeti.
func lockJobs(raw json.RawMessage) []string {
	var list []json.RawMessage
	if len(raw) == 0 || json.Unmarshal(raw, &list) != nil {
		return nil
	}
	var out []string
	for _, item := range list {
		var id jobID
		if json.Unmarshal(item, &id) == nil && id != "" {
			out = append(out, string(id))
		}
	}
	return out
}
