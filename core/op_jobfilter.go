package core

import (
	"context"
	"crypto/sha256"
	"fmt"
	"strconv"
	"time"
)

// AddJobFilter, EditJobFilter and RemoveJobFilter manage the filters of a cluster's
// job queue. The cluster does it at once, without a job. An edit, and a removal
// with Was, is refused where the filter is no longer what the person saw.
type (
	AddJobFilter struct {
		Cluster string    `json:"cluster"`
		Filter  JobFilter `json:"filter"` // its ID and Watermark are left empty
		Asked   time.Time `json:"-"`      // when the request is sent, for the cluster's own records
	}
	EditJobFilter struct {
		Cluster string    `json:"cluster"`
		Filter  JobFilter `json:"filter"`
		Was     JobFilter `json:"was"`
		Asked   time.Time `json:"-"`
	}
	RemoveJobFilter struct {
		Cluster string     `json:"cluster"`
		ID      string     `json:"id"`
		Was     *JobFilter `json:"was,omitempty"`
	}
)

// DrainJobs is the filter that keeps every new job of a cluster from being begun.
func DrainJobs(action FilterAction, why string) JobFilter {
	return JobFilter{Action: action, Predicates: JobChoice{New: true}.Predicates(), Why: why}
}

// drainNote is what people must know who keep every job of a cluster back.
const drainNote = ". That holds for gwm too: nothing that is asked for there is done until the filter is removed"

func (f JobFilter) note() string {
	if f.Drains() {
		return drainNote
	}
	return ""
}

// Spec describes the addition.
func (o AddJobFilter) Spec() Spec {
	s := Spec{
		ID: "jobfilter.add", Title: "add a job filter to " + o.Cluster, Verb: VerbAdmin, Target: ClusterRef(o.Cluster), Danger: Disruptive, Remote: true,
		Effect:  "on " + o.Cluster + " " + o.Filter.Words() + o.Filter.note(),
		Command: append([]string{"cluster", "filter", "add", o.Cluster}, o.Filter.flags()...),
	}
	var d changes
	d.text("job filter", "", o.Filter.Words())
	d.text("reason", "", o.Filter.Why)
	s.Diff = d
	return s
}

// Spec describes the edit.
func (o EditJobFilter) Spec() Spec {
	s := Spec{
		ID: "jobfilter.edit", Title: "edit a job filter of " + o.Cluster, Verb: VerbAdmin, Target: ClusterRef(o.Cluster), Danger: Disruptive, Remote: true,
		Effect:  "on " + o.Cluster + " " + o.Filter.Words() + o.Filter.note(),
		Command: append([]string{"cluster", "filter", "edit", o.Cluster, o.Filter.ID}, o.Filter.flags()...),
	}
	var d changes
	d.text("job filter", o.Was.Words(), o.Filter.Words())
	d.text("priority", strconv.Itoa(o.Was.Priority), strconv.Itoa(o.Filter.Priority))
	d.text("reason", o.Was.Why, o.Filter.Why)
	s.Diff = d
	return s
}

// Spec describes the removal.
func (o RemoveJobFilter) Spec() Spec {
	s := Spec{
		ID: "jobfilter.remove", Title: "remove a job filter of " + o.Cluster, Verb: VerbAdmin, Target: ClusterRef(o.Cluster), Danger: Disruptive, Remote: true,
		Effect:  "the job filter " + o.ID + " of " + o.Cluster + " is gone; jobs that it kept back are begun",
		Command: []string{"cluster", "filter", "remove", o.Cluster, o.ID},
		Diff:    []Change{{Field: "job filter", From: o.ID}},
	}
	if o.Was != nil {
		s.Effect = "on " + o.Cluster + " it does not hold any more that " + o.Was.Words()
		s.Diff = []Change{{Field: "job filter", From: o.Was.Words()}}
	}
	return s
}

// flags are the words of the command that makes such a filter.
func (f JobFilter) flags() []string {
	words := []string{"--action", string(f.Action)}
	if f.Action == FilterLimit {
		words = append(words, "--limit", strconv.Itoa(f.Limit))
	}
	if c, ok := f.Choice(); ok {
		words = append(words, c.flags()...)
	} else {
		words = append(words, "--predicates", f.Predicates)
	}
	if f.Priority != 0 {
		words = append(words, "--priority", strconv.Itoa(f.Priority))
	}
	if f.Why != "" {
		words = append(words, "--why", f.Why)
	}
	return words
}

func (c JobChoice) flags() (words []string) {
	if c.New {
		words = append(words, "--new")
	}
	for _, k := range c.Kinds {
		words = append(words, "--kind", k)
	}
	if c.Reason != "" {
		words = append(words, "--reason", c.Reason)
	}
	if c.Begins != "" {
		words = append(words, "--reason-begins", c.Begins)
	}
	if c.Through {
		words = append(words, "--remote")
	}
	return words
}

func (o AddJobFilter) check() error {
	if o.Filter.ID != "" || o.Filter.Watermark != 0 {
		return Errorf(CodeInvalid, "a new job filter gets its id from gwm")
	}
	if err := checkKind(ClusterRef(o.Cluster), KindCluster); err != nil {
		return err
	}
	return o.Filter.check()
}

func (o EditJobFilter) check() error {
	if err := checkKind(ClusterRef(o.Cluster), KindCluster); err != nil {
		return err
	}
	if err := checkFilterID(o.Filter.ID); err != nil {
		return err
	}
	same := o.Was
	same.Watermark = o.Filter.Watermark
	switch {
	case o.Was.ID != o.Filter.ID:
		return Errorf(CodeInvalid, "the edit is of another job filter than what was seen")
	case same == o.Filter:
		return Errorf(CodeInvalid, "nothing of the job filter is to be changed")
	}
	return o.Filter.check()
}

func (o RemoveJobFilter) check() error {
	if err := checkKind(ClusterRef(o.Cluster), KindCluster); err != nil {
		return err
	}
	return checkFilterID(o.ID)
}

// run names the filter by the request, so that one whose answer was lost can be
// sent again and is there once.
func (o AddJobFilter) run(ctx context.Context, w *worker) error {
	return w.submit(ctx, func(p Platform, reason string) (string, error) {
		sum := sha256.Sum256([]byte(reason))
		sum[6], sum[8] = sum[6]&0x0f|0x80, sum[8]&0x3f|0x80 // a UUID that says it is made by the maker's own rules
		o.Filter.ID = fmt.Sprintf("%x-%x-%x-%x-%x", sum[:4], sum[4:6], sum[6:8], sum[8:10], sum[10:16])
		o.Asked = time.Now()
		if _, err := p.Submit(ctx, o, reason); err != nil {
			return "", err
		}
		w.say(ctx, "job filter "+o.Filter.ID+": "+o.Filter.Words())
		return "", nil
	})
}

func (o EditJobFilter) run(ctx context.Context, w *worker) error {
	sent := false
	return w.submit(ctx, func(p Platform, reason string) (string, error) {
		now, err := theFilter(ctx, p, o.Cluster, o.Was.ID)
		if err != nil {
			return "", err
		}
		asked := o.Filter
		if asked.Watermark = now.Watermark; sent && now == asked {
			return "", nil // the answer that was lost said so
		}
		if err := now.changedSince(o.Was, o.Cluster); err != nil {
			return "", err
		}
		sent, o.Asked = true, time.Now()
		return p.Submit(ctx, o, reason)
	})
}

func (o RemoveJobFilter) run(ctx context.Context, w *worker) error {
	sent := false
	return w.submit(ctx, func(p Platform, reason string) (string, error) {
		now, err := theFilter(ctx, p, o.Cluster, o.ID)
		if sent && CodeOf(err) == CodeNotFound {
			return "", nil // the answer that was lost said so
		}
		if err == nil && o.Was != nil {
			err = now.changedSince(*o.Was, o.Cluster)
		}
		if err != nil {
			return "", err
		}
		sent = true
		return p.Submit(ctx, o, reason)
	})
}

// theFilter asks the cluster for one of its filters.
func theFilter(ctx context.Context, p Platform, cluster, id string) (JobFilter, error) {
	list, err := p.JobFilters(ctx)
	if err != nil {
		return JobFilter{}, err
	}
	for _, f := range list {
		if f.ID == id {
			return f, nil
		}
	}
	return JobFilter{}, Errorf(CodeNotFound, "%s has no job filter %s", cluster, Printable(id)).
		WithHint("somebody removed it meanwhile; cluster filter list %s shows those that are there", cluster)
}

// changedSince is the refusal where the filter is not what it was.
func (f JobFilter) changedSince(was JobFilter, cluster string) error {
	if f == was {
		return nil
	}
	var news changes
	news.text("job filter", was.Words(), f.Words())
	news.text("priority", strconv.Itoa(was.Priority), strconv.Itoa(f.Priority))
	news.text("reason", was.Why, f.Why)
	if len(news) == 0 {
		news.text("holds for jobs after", strconv.FormatInt(was.Watermark, 10), strconv.FormatInt(f.Watermark, 10))
	}
	return news.overtaken("the job filter " + f.ID + " of " + cluster)
}

// JobFilters returns the filters of a cluster's job queue in the order in which it
// looks at them: for who administers the cluster, which is asked each time.
func (s *Session) JobFilters(ctx context.Context, cluster string) ([]JobFilter, error) {
	if err := s.holdsOn(ctx, VerbAdmin, cluster, "the job filters of "+cluster+" are for who administers it"); err != nil {
		return nil, err
	}
	client, err := s.core.engine.inventory.Platform(cluster)
	if err != nil {
		return nil, err
	}
	list, err := client.JobFilters(ctx)
	sortFilters(list)
	return list, err
}

func (AddJobFilter) request()    {}
func (EditJobFilter) request()   {}
func (RemoveJobFilter) request() {}
