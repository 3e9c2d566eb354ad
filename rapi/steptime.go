package rapi

import (
	"context"
	"encoding/json"
	"strconv"

	"gwm/core"
)

// StepTimes returns when the steps of a job went on; none for a job that the
// cluster does not know. The error is CodeUnsupported where the cluster refuses
// queries.
func (c *Client) StepTimes(ctx context.Context, id string) ([]core.StepTime, error) {
	n, err := strconv.ParseUint(id, 10, 63)
	if err != nil {
		return nil, core.Errorf(core.CodeInvalid, "%q is not the number of a job", core.Printable(id))
	}
	var times []core.StepTime
	fields := []string{"opstart", "opexec", "opend"}
	err = c.Query(ctx, "job", fields, []any{"=", "id", n}, func(row []Cell) error {
		began, ran, ended := moments(at(row, 0)), moments(at(row, 1)), moments(at(row, 2))
		times = make([]core.StepTime, max(len(began), len(ran), len(ended)))
		for i := range times {
			times[i] = core.StepTime{Began: at(began, i).Time, Ran: at(ran, i).Time, Ended: at(ended, i).Time}
		}
		return nil
	})
	return times, err
}

// moments reads a list of times; none where there is none.
func moments(c Cell) []moment {
	var list []moment
	if c.Code != 0 || json.Unmarshal(c.Value, &list) != nil {
		return nil
	}
	return list
}
