package core

import (
	"context"
	"encoding/json"
	"strings"
	"time"
)

// logBatch is how many lines are written in one transaction.
const logBatch = 500

// maxLogText is the longest text of a log line that is kept, in bytes.
const maxLogText = 4 << 10

// logRecord is a stored log line. From is the job of the cluster that it was
// copied from, so that after a restart it is known which are still missing.
type logRecord struct {
	LogLine
	From string `json:"from,omitempty"`
}

// ownLine is a line that gwm itself writes into a job's log.
func ownLine(at time.Time, text string) logRecord {
	return logRecord{LogLine: LogLine{At: at, Step: -1, Text: logText(text)}}
}

// logText makes foreign text fit for a log line.
func logText(s string) string {
	s = Printable(strings.TrimRight(s, "\r\n"))
	if len(s) > maxLogText {
		s = strings.ToValidUTF8(s[:maxLogText], "") + "…"
	}
	return s
}

// appendLog numbers lines and writes them; j is stored by the caller.
func appendLog(tx *txn, j *Job, lines ...logRecord) error {
	for _, l := range lines {
		j.LogLines++
		l.Serial = j.LogLines
		if err := tx.put(jobLogKey(j.ID, l.Serial), l); err != nil {
			return err
		}
	}
	return nil
}

// copyLog appends what is new in the log of a cluster's job.
func (w *worker) copyLog(ctx context.Context, up *UpstreamJob) error {
	var lines []logRecord
	for i, step := range up.Steps {
		for _, l := range step.Log {
			l.Step, l.Text, l.Kind = i, logText(l.Text), Printable(l.Kind)
			if up.ID != w.job.Upstream {
				l.Step, l.Text = -1, "job "+Printable(up.ID)+": "+l.Text
			}
			lines = append(lines, logRecord{LogLine: l, From: up.ID})
		}
	}
	for w.copied[up.ID] < len(lines) {
		next := lines[w.copied[up.ID]:]
		next = next[:min(len(next), logBatch)]
		err := w.core.engine.runner.save(ctx, w.job, func(tx *txn, j *Job) error { return appendLog(tx, j, next...) })
		if err != nil {
			return err
		}
		w.copied[up.ID] += len(next)
	}
	return nil
}

// readCopied counts the lines that were copied before a restart.
func (w *worker) readCopied(ctx context.Context) error {
	w.copied = map[string]int{}
	err := w.core.store.List(ctx, jobLogPrefix(w.job.ID), "", func(it Item) bool {
		var l logRecord
		if json.Unmarshal(it.Value, &l) == nil && l.From != "" {
			w.copied[l.From]++
		}
		return true
	})
	if err != nil {
		return notRead(err)
	}
	return nil
}

// readLog returns the lines of a job's log after a serial, at most limit.
func (c *Core) readLog(ctx context.Context, id JobID, after int64, limit int) ([]LogLine, error) {
	var lines []LogLine
	err := c.store.List(ctx, jobLogPrefix(id), jobLogKey(id, max(after, 0)), func(it Item) bool {
		var l logRecord
		if json.Unmarshal(it.Value, &l) == nil {
			lines = append(lines, l.LogLine)
		}
		return len(lines) < limit
	})
	if err != nil {
		return nil, notRead(err)
	}
	return lines, nil
}
