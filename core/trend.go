package core

import (
	"context"
	"time"
)

const (
	// TrendStep is the time from one sample of what objects use to the next.
	TrendStep = 5 * time.Minute
	// TrendSpan is how long samples are kept.
	TrendSpan = 24 * time.Hour
)

// Measure is what a sample counts.
type Measure string

// The measures. Sizes are in MiB.
const (
	MeasureMemory     Measure = "memory"     // in use, as the nodes or the VM tell it
	MeasureConfigured Measure = "configured" // memory of the VMs that run, at most
	MeasureDisk       Measure = "disk"       // in use, as the nodes tell it
	MeasureRunning    Measure = "running"    // VMs that run
)

// Trend is what an object used over the last day. A cluster and a node have all
// measures, a VM its memory.
type Trend struct {
	Until  time.Time `json:"until"`  // of the last sample's slot; slots begin at whole TrendSteps
	Series []Series  `json:"series"` // all of the same length; none where no sample is kept
}

// Series are the samples of one measure, oldest first, one for each TrendStep up
// to Trend.Until. A value is -1 where nothing is known: the cluster did not
// answer, gwm did not run, or the object did not tell.
type Series struct {
	Measure Measure `json:"measure"`
	Values  []int   `json:"values"`
}

// Len is the number of slots from the first sample to the last.
func (t Trend) Len() int {
	if len(t.Series) == 0 {
		return 0
	}
	return len(t.Series[0].Values)
}

// Since is when the slot of the first sample began; zero where there is none.
func (t Trend) Since() time.Time {
	if t.Len() == 0 {
		return time.Time{}
	}
	return t.Until.Add(-time.Duration(t.Len()-1) * TrendStep)
}

// Of returns the samples of a measure, nil where there are none.
func (t Trend) Of(m Measure) []int {
	for _, s := range t.Series {
		if s.Measure == m {
			return s.Values
		}
	}
	return nil
}

// Trend returns what a cluster, node or VM used over the last day. It does not
// wait. The numbers of a cluster are for who sees it as a whole.
func (s *Session) Trend(ctx context.Context, on Ref) (Trend, error) {
	if _, err := s.reader(ctx); err != nil {
		return Trend{}, err
	}
	v, seen := s.View(), false
	switch on.Kind {
	case KindCluster:
		c, ok := v.Cluster(on.Cluster)
		if ok && c.Partial {
			return Trend{}, Errorf(CodeDenied, "what %s uses is told to who may see the whole cluster", on.Cluster).
				WithHint("ask for a VM or a node that you may see")
		}
		seen = ok
	case KindNode:
		_, seen = v.Node(on)
	case KindVM:
		_, seen = v.VM(on)
	case KindSite, KindUser, KindGroup, KindJob, kindTemplate:
	}
	if !seen {
		return Trend{}, Unknown(on.Kind, on.String())
	}
	return s.core.engine.inventory.Trend(on), nil
}
