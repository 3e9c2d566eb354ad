package core

import (
	"context"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"
)

// logBatch is how many lines are written in one transaction.
const logBatch = 500

// maxLogText is the longest text of a log line that is kept, in bytes.
const maxLogText = 4 << 10

// A job's log holds the beginning of what its cluster's jobs wrote, up to this
// many lines and bytes of text, and the last lines of each. A quarter more has
// room for those.
const (
	maxLogLines = 20_000
	maxLogBytes = 4 << 20
	logTail     = 100
)

// logRecord is a stored log line. From is the job of the cluster that it was
// copied from, so that after a restart it is known which are still missing.
// LeftOut counts the lines of that job in whose place it stands.
type logRecord struct {
	LogLine
	From    string `json:"from,omitempty"`
	LeftOut int    `json:"left_out,omitempty"`
}

// logCopy is how much of the cluster's logs a job's log has.
type logCopy struct {
	read  map[string]int // lines that were copied or left out, by the cluster's job
	lines int            // that were copied
	bytes int
}

// add counts a record that was stored.
func (c *logCopy) add(l logRecord) {
	switch {
	case l.From == "":
	case l.LeftOut > 0:
		c.read[l.From] += l.LeftOut
	default:
		c.read[l.From]++
		c.lines++
		c.bytes += len(l.Text)
	}
}

func (c *logCopy) full() bool { return c.lines >= maxLogLines || c.bytes >= maxLogBytes }

// fits returns how many of lines have room.
func (c *logCopy) fits(lines []logRecord) int {
	after := *c
	for i, l := range lines {
		if after.full() {
			return i
		}
		after.lines++
		after.bytes += len(l.Text)
	}
	return len(lines)
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
	lines := w.foreign(up)
	for {
		rest := lines[min(w.copied.read[up.ID], len(lines)):]
		next := rest[:w.copied.fits(rest[:min(len(rest), logBatch)])]
		switch {
		case len(next) > 0:
			if w.copied.fits(append(slices.Clip(next), logRecord{})) == len(next) {
				full := "the log is full: of what follows only the end is kept, once there is one"
				next = append(slices.Clip(next), ownLine(time.Now(), full))
			}
		case len(rest) > 0 && up.State.Final():
			next = w.tail(rest)
		default:
			return nil
		}
		if err := w.write(ctx, next); err != nil {
			return err
		}
	}
}

// foreign turns the log of a cluster's job into lines of ours.
func (w *worker) foreign(up *UpstreamJob) (lines []logRecord) {
	for i, step := range up.Steps {
		for _, l := range step.Log {
			l.Step, l.Text, l.Kind = i, logText(l.Text), Printable(l.Kind)
			if up.ID != w.job.Upstream {
				l.Step, l.Text = -1, "job "+Printable(up.ID)+": "+l.Text
			}
			lines = append(lines, logRecord{LogLine: l, From: up.ID})
		}
	}
	return lines
}

// tail is what is kept of lines for which the log has no room.
func (w *worker) tail(lines []logRecord) []logRecord {
	left := max(len(lines)-logTail, 0)
	if w.copied.lines >= maxLogLines+maxLogLines/4 || w.copied.bytes >= maxLogBytes+maxLogBytes/4 {
		left = len(lines)
	}
	if left == 0 {
		return lines
	}
	text := strconv.Itoa(left) + " lines of job " + Printable(lines[0].From) + " are left out here"
	note := logRecord{LogLine: ownLine(lines[left-1].At, text).LogLine, From: lines[0].From, LeftOut: left}
	return append([]logRecord{note}, lines[left:]...)
}

// write appends lines in one transaction and counts them.
func (w *worker) write(ctx context.Context, lines []logRecord) error {
	err := w.core.engine.runner.save(ctx, w.job, func(tx *txn, j *Job) error { return appendLog(tx, j, lines...) })
	if err != nil {
		return err
	}
	for _, l := range lines {
		w.copied.add(l)
	}
	return nil
}

// readCopied counts the lines that were copied before a restart.
func (w *worker) readCopied(ctx context.Context) error {
	w.copied = logCopy{read: map[string]int{}}
	err := w.core.store.List(ctx, jobLogPrefix(w.job.ID), "", func(it Item) bool {
		var l logRecord
		if json.Unmarshal(it.Value, &l) == nil {
			w.copied.add(l)
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
