package inventory

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"gwm/core"
)

// dated makes jobs from words: ID@HOURS of how long ago they came, with "+" at the
// end while they run, "gwm" where they are ours.
func dated(text string) (jobs []*core.UpstreamJob) {
	for _, w := range strings.Fields(text) {
		id, rest, _ := strings.Cut(w, "@")
		rest, ours := strings.CutSuffix(rest, "gwm")
		rest, runs := strings.CutSuffix(rest, "+")
		hours, err := strconv.Atoi(rest)
		if err != nil {
			panic(err)
		}
		j := &core.UpstreamJob{ID: id, State: core.JobRunning, Received: time.Now().Add(-time.Duration(hours) * time.Hour)}
		if !runs {
			j.State, j.Ended = core.JobDone, j.Received.Add(time.Minute)
		}
		if ours {
			j.Reason = "gwm"
		}
		jobs = append(jobs, j)
	}
	return jobs
}

// archived makes archived jobs, found archived just now.
func archived(text string) (jobs []*core.UpstreamJob) {
	for _, j := range dated(text) {
		jobs = append(jobs, j.Archive(time.Now()))
	}
	return jobs
}

func told(jobs []*core.UpstreamJob) string {
	var words []string
	for _, j := range jobs {
		w := fmt.Sprintf("%s@%d", j.ID, time.Since(j.Received)/time.Hour)
		if j.State == core.JobUnseen {
			w += "?"
		}
		words = append(words, w)
	}
	return strings.Join(words, " ")
}

func TestHistory(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, kept, before, now, want string }{
		{"nothing known yet", "", "", "3@1 2@2", ""},
		{"all listed", "", "3@1 2@2", "4@0 3@1 2@2", ""},
		{"archived", "1@9", "3@1 2@2", "3@1", "2@2 1@9"},
		{"the queue is empty", "", "3@1+ 2@2", "", "3@1? 2@2"},
		{"ended unseen", "", "2@2+", "3@1", "2@2?"},
		{"ours", "", "3@1 2@2gwm", "", "3@1"},
		{"listed again", "2@2? 1@9", "3@1", "3@1 2@2", "1@9"},
		{"its number belongs to another", "2@900 1@901", "3@899", "2@0 1@1", "3@899 "},
		{"its number belongs to another at once", "", "2@900 1@901", "2@0", "1@901"},
		{"too old", "2@719 1@722", "", "", "2@719"},
		{"unseen long ago, found today", "1@722+", "", "", "1@722?"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				v := &inventory{InventoryConfig: core.InventoryConfig{
					Tuning: core.Tuning{JobKeep: 30 * 24 * time.Hour},
					Ours:   func(up *core.UpstreamJob) bool { return up.Reason == "gwm" },
				}}
				if strings.Contains(tt.name, "belongs") {
					v.Tuning.JobKeep *= 2
				}
				kept := archived(strings.ReplaceAll(tt.kept, "?", "+"))
				next, changed := v.history(kept, dated(tt.before), dated(tt.now))
				if got, want := told(next), strings.TrimSpace(tt.want); got != want {
					t.Errorf("keeps %q, want %q", got, want)
				}
				if changed == slices.Equal(kept, next) {
					t.Errorf("changed is %t, from %q to %q", changed, told(kept), told(next))
				}
			})
		})
	}
}

// A cluster that runs thousands of jobs a day does not fill the memory with them.
func TestHistoryIsBounded(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		v := &inventory{InventoryConfig: core.InventoryConfig{
			Tuning: core.Tuning{JobKeep: 30 * 24 * time.Hour}, Ours: func(*core.UpstreamJob) bool { return false },
		}}
		var kept []*core.UpstreamJob
		for i := range 12 {
			var before []*core.UpstreamJob
			for k := range 100 {
				n := 100*i + k
				before = append(before, &core.UpstreamJob{ID: strconv.Itoa(n), State: core.JobDone, Received: time.Now().Add(time.Duration(n) * time.Second), Ended: time.Now()})
			}
			kept, _ = v.history(kept, before, nil)
		}
		if len(kept) != maxArchived || kept[0].ID != "1199" || kept[maxArchived-1].ID != "200" {
			t.Errorf("keeps %d jobs, %s to %s; want the newest %d", len(kept), kept[0].ID, kept[len(kept)-1].ID, maxArchived)
		}
	})
}

// What explains the failure of a job does not pass to another of the same number.
func TestReasonsStayWithTheirJob(t *testing.T) {
	t.Parallel()
	at := time.Unix(1_795_344_790, 0)
	job := func(received time.Time, why string) *core.UpstreamJob {
		return &core.UpstreamJob{ID: "7", State: core.JobFailed, Received: received, Error: why}
	}
	same, other := job(at, ""), job(at.Add(time.Hour), "")
	known := []*core.UpstreamJob{job(at, "no space")}
	keepReasons(known, []*core.UpstreamJob{same})
	keepReasons(known, []*core.UpstreamJob{other})
	if same.Error != "no space" || other.Error != "" {
		t.Errorf("the same job failed because of %q and another because of %q", same.Error, other.Error)
	}
}
